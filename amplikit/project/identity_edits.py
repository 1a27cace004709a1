"""Edits of ``amplify-config/identities.toml`` that leave the rest of it as it is."""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence
from typing import TYPE_CHECKING, assert_never

import tomlkit

from amplikit.blueprint.fixes import AdminRole, AllowField, IamAccess, StopDenying
from amplikit.blueprint.policies import matches_wildcard
from amplikit.blueprint.resources import GRAPHQL_ACTION
from amplikit.project.find import CONFIG_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.fixes import ConfigEdit

__all__ = ["IDENTITIES_FILE", "edited_identities"]

IDENTITIES_FILE = f"{CONFIG_FOLDER}/identities.toml"
_ADMIN = "admin_role_names"
_ACCESS = "iam_access"


def edited_identities(text: str, edits: Iterable[ConfigEdit]) -> str:
    """Return the file's text after the edits.

    A key that is new goes to the top, where it is no part of a table.
    """
    for edit in edits:
        document = tomlkit.parse(text)
        match edit:
            case AdminRole(name):
                names = document.get(_ADMIN)
                if isinstance(names, MutableSequence):
                    names.append(name)
                    text = tomlkit.dumps(document)
                else:
                    line = tomlkit.dumps({_ADMIN: [name]})
                    text = f"{line}{text}"
            case IamAccess():
                if _ACCESS in document:
                    document[_ACCESS] = True
                    text = tomlkit.dumps(document)
                else:
                    text = f"{_ACCESS} = true\n{text}"
            case AllowField(role, resource):
                _allow(document, role, resource)
                text = tomlkit.dumps(document)
            case StopDenying(role, resource):
                _stop_denying(document, role, resource)
                text = tomlkit.dumps(document)
            case _:
                assert_never(edit)
    return text


def _allow(document: MutableMapping[str, object], role: str, resource: str) -> None:
    """Add the resource to a statement of AppSync's, or a statement for it."""
    for row in _statements(document, role):
        actions, resources = row.get("actions"), row.get("resources")
        if row.get("effect", "Allow") != "Allow":
            continue
        if not isinstance(actions, list) or not isinstance(resources, list):
            continue
        asked = GRAPHQL_ACTION.lower()
        if any(matches_wildcard(str(one).lower(), asked) for one in actions):
            resources.append(resource)
            return
    rows = _rows(document, role)
    if rows is not None:
        statement = {
            "effect": "Allow",
            "actions": [GRAPHQL_ACTION],
            "resources": [resource],
        }
        rows.append(tomlkit.item(statement))


def _stop_denying(
    document: MutableMapping[str, object], role: str, resource: str
) -> None:
    """Take the resource out of what is denied, and a statement that denied no other."""
    rows = _rows(document, role) or []
    for number, row in reversed([*enumerate(rows)]):
        if not isinstance(row, MutableMapping) or row.get("effect") != "Deny":
            continue
        resources = row.get("resources")
        if isinstance(resources, list) and resource in resources:
            resources.remove(resource)
            if not resources:
                del rows[number]


def _statements(
    document: MutableMapping[str, object], role: str
) -> Iterator[MutableMapping[str, object]]:
    for row in _rows(document, role) or ():
        if isinstance(row, MutableMapping):
            yield row


def _rows(
    document: MutableMapping[str, object], role: str
) -> MutableSequence[object] | None:
    roles = document.get("roles")
    known = roles.get(role) if isinstance(roles, MutableMapping) else None
    rows = known.get("statements") if isinstance(known, MutableMapping) else None
    return rows if isinstance(rows, MutableSequence) else None
