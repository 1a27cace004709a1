"""Whether a fix for one caller would shut somebody else out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.inspect.changes.access import Gates, access_changes
from amplikit.inspect.who import EVERYBODY, NOBODY

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint

__all__ = ["takes_away"]

_POLICY = "policy"


def takes_away(before: Blueprint, after: Blueprint) -> bool:
    """Whether some callers of some field are not let in any more.

    What nobody could get to is no loss, such as a page that no field had for them.
    """
    reached: dict[str, frozenset[str]] = {}
    gates = Gates(before)
    for change in access_changes(before, after):
        left = {_who(text) for text in change.after}
        had = {_who(text) for text in change.before} - {*NOBODY}
        if EVERYBODY[0] in left or had <= left:
            continue
        if change.mode == _POLICY:
            return True
        if change.mode not in reached:
            reached[change.mode] = gates.reachable(AuthMode(change.mode))
        if change.coordinate.partition(".")[0] in reached[change.mode]:
            return True
    return False


def _who(text: str) -> str:
    """Return whom a text names, without the fields that it is limited to."""
    return text.partition(", field")[0]
