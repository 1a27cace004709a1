"""Roles: what a Lambda may do under v1, and why v2 refuses it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from amplikit_client import GraphQLError

from amplikit.demo.server import Server, command
from amplikit.demo.stage import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit_client import AppSyncClient

    from amplikit.demo.stage import Stage

__all__ = ["role_limits", "the_same_in_v2"]

_ROLE = "post-confirmation-role"
_UNLIMITED_ROLE = "admin-tools"
_CREATE = 'mutation { createUser(input: { id: "m-1", username: "machine" }) { id } }'
_UPDATE = 'mutation { updateUser(input: { id: "m-1", bio: "made of tin" }) { bio } }'
_DELETE = 'mutation { deleteUser(input: { id: "m-1" }) { id } }'


def role_limits(stage: Stage) -> Iterator[Line]:
    """The role of the Lambda creates and updates; nobody's IAM role deletes."""
    role = stage.role(_ROLE)
    created = role.execute(_CREATE)["createUser"]["id"]
    updated = role.execute(_UPDATE)["updateUser"]["bio"]
    yield Line(
        "createUser, updateUser, signed with SigV4",
        f"role {_ROLE}",
        f"{created}: {updated}",
        "{ allow: private, provider: iam, operations: [create, update] }",
        updated == "made of tin",
    )
    refusal = _refusal(role, _DELETE)
    yield Line(
        "deleteUser",
        f"role {_ROLE}",
        f"refused: {refusal}",
        "layer policy: the role's policy does not name deleteUser",
        bool(refusal),
    )
    refusal = _refusal(stage.role(_UNLIMITED_ROLE), _DELETE)
    yield Line(
        "deleteUser",
        f"role {_UNLIMITED_ROLE}",
        f"refused: {refusal}",
        "layer directive: its policy allows everything, but no rule opens deleteUser "
        "to IAM",
        "Not Authorized to access deleteUser" in refusal,
    )


def the_same_in_v2(stage: Stage) -> Iterator[Line]:
    """Serve the v2 twin: the same Lambda is refused, until the project says so."""
    project = _twin(stage)
    server = Server(project, stage.folder / "data-v2", stage.folder / "v2.log")
    server.start()
    try:
        refusal = _refusal(stage.role(_ROLE, server), _CREATE)
        explained = command(
            "explain",
            *("--project", str(project), "--data", str(server.data)),
            *("--as", f"role:{_ROLE}", "--json", _CREATE),
        )
        decisions = json.loads(explained)["decisions"]
        denied = next(d for d in decisions if d["verdict"] == "deny")
        yield Line(
            "createUser under v2",
            f"role {_ROLE}",
            f"refused: {refusal}",
            f"layer {denied['layer']}, {denied['rule']['file']}:"
            f"{denied['rule']['line']}: {denied['hint']}",
            "Not Authorized" in refusal and "admin_role_names" in denied["hint"],
        )
    finally:
        server.stop()
    _let_in(project, _ROLE)
    server.start()
    try:
        created = stage.role(_ROLE, server).execute(_CREATE)["createUser"]["id"]
    finally:
        server.stop()
    yield Line(
        "the same, as an admin role",
        f"role {_ROLE}",
        f"created {created}",
        f'admin_role_names = ["{_ROLE}"]: no rule applies, only the IAM policy',
        created == "m-1",
    )


def _twin(stage: Stage) -> Path:
    """Copy the project with the v2 twin of its schema."""
    project = stage.folder / "community-v2"
    for name in ("amplify-config", "lambdas"):
        shutil.copytree(stage.project / name, project / name)
    shutil.copytree(stage.project / "tests" / "community_v2", project / "schema")
    api = project / "amplify-config" / "api.toml"
    api.write_text(api.read_text().replace('transformer = "v1"', 'transformer = "v2"'))
    return project


def _let_in(project: Path, role: str) -> None:
    identities = project / "amplify-config" / "identities.toml"
    identities.write_text(f'admin_role_names = ["{role}"]\n' + identities.read_text())


def _refusal(client: AppSyncClient, query: str) -> str:
    try:
        client.execute(query)
    except GraphQLError as error:
        return str(error)
    return ""
