"""What to do about each refusal of a request: a proven patch, or something instead."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amplikit.blueprint.denials import ByPolicy
from amplikit.blueprint.fixes import AdminRole, IamAccess
from amplikit.cli._patches import denial_key, patch_for
from amplikit.cli._rewriting import FileChange, diff_of, file_changes
from amplikit.compiler.rewrite.edits import between
from amplikit.inspect.changes.access import access_changes
from amplikit.inspect.fixes import instead
from amplikit.project.identity_edits import IDENTITIES_FILE, edited_identities
from amplikit.project.sources import source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.denials import Denial
    from amplikit.cli._patches import Patch, Stage
    from amplikit.cli._rehearsal import Rehearsal, Rehearsed
    from amplikit.emulator.trace import Path as FieldPath
    from amplikit.inspect.changes import AccessChange
    from amplikit.inspect.fixes import Instead

__all__ = ["Place", "Remedy", "remedies"]

_MOST = 3
"""How many refusals of one request are looked at; each is asked again many times."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where files are: ``base`` is what schema files are named relative to.

    ``configured``: it is a project, whose configuration can be edited.
    """

    base: Path
    configured: bool


@dataclass(frozen=True, slots=True)
class Remedy:
    """One refusal, and what to do about it; without a patch it says why there is none.

    ``diff`` is the patch of the files; ``option`` what to write on the command line
    where there is no configuration. ``opens`` is what else the patch changes.
    """

    path: FieldPath
    coordinate: str
    instead: Instead | None
    patch: Patch | None
    diff: str = ""
    option: str = ""
    opens: tuple[AccessChange, ...] = ()
    why_not: str = ""


def remedies(
    now: Stage, rehearsal: Rehearsal, refused: Rehearsed, place: Place
) -> Iterator[Remedy]:
    """Yield what to do about the first refusals, one a field and kind."""
    seen: set[tuple[object, ...]] = set()
    for decision in refused.trace.decisions:
        denial = decision.denial
        if denial is None or denial_key(denial) in seen:
            continue
        seen.add(denial_key(denial))
        if len(seen) > _MOST:
            return
        yield _remedy(now, rehearsal, denial, decision.path, place)


def _remedy(
    now: Stage, rehearsal: Rehearsal, denial: Denial, path: FieldPath, place: Place
) -> Remedy:
    def again(stage: Stage) -> Denial | None:
        found = stage.situation
        asked = rehearsal.of(found.blueprint, found.config)
        return asked.denial_at(denial.coordinate)

    other = instead(denial, now.situation.api)
    patch = patch_for(now, denial, again)
    if patch is None:
        why = _why_not(denial, other)
        return Remedy(path, denial.coordinate, other, None, why_not=why)
    before, after = now.situation.blueprint, patch.after.situation.blueprint
    return Remedy(
        path,
        denial.coordinate,
        other,
        patch,
        diff_of(_changed(now, patch, place)),
        "" if place.configured else _option(patch),
        tuple(access_changes(before, after)),
    )


def _why_not(denial: Denial, other: Instead | None) -> str:
    if other is not None and other.alone:
        return "The request is to be changed, not the schema."
    if isinstance(denial.cause, ByPolicy) and denial.cause.explicit:
        return "A statement denies more than this field: narrow it by hand."
    return (
        "No rule for this caller was found that turns the verdict and shuts nobody "
        "else out."
    )


def _changed(now: Stage, patch: Patch, place: Place) -> Iterator[FileChange]:
    edits = tuple(
        edit
        for old, new in zip(now.sources, patch.after.sources, strict=True)
        for edit in between(old.file, old.text, new.text)
    )
    yield from file_changes(edits, place.base)
    if patch.config_edits and place.configured:
        path = Path(os.path.realpath(place.base / IDENTITIES_FILE))
        before = path.read_bytes() if path.exists() else b""
        text = source_of(before, IDENTITIES_FILE).text
        after = edited_identities(text, patch.config_edits)
        if before:
            yield from file_changes(between(IDENTITIES_FILE, text, after), place.base)
        else:
            yield FileChange(IDENTITIES_FILE, path, before, after.encode())


def _option(patch: Patch) -> str:
    """Return the option that says what a project's configuration would."""
    flags: dict[str, object] = {}
    config = patch.after.situation.config
    for edit in patch.config_edits:
        if isinstance(edit, AdminRole):
            flags["adminRoles"] = [*config.admin_role_names]
        elif isinstance(edit, IamAccess):
            flags["enableIamAccess"] = True
    return f"--flags '{json.dumps(flags)}'" if flags else ""
