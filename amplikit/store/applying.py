"""What an update makes of an item.

Source: DynamoDB developer guide, "Update expressions"; which of two faults is told, and
what happens to lists: answers of DynamoDB Local 2.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.store.calculating import (
    MISSING,
    NOTHING,
    Outcome,
    Read,
    reader,
    rest_reader,
    sum_reader,
)
from amplikit.store.codec import own_copy
from amplikit.store.conditions import Given, Path
from amplikit.store.projecting import follow, mentioned_paths
from amplikit.store.refusals import Invalid
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item
    from amplikit.store.updates import Update
    from amplikit.store.values import Measured

__all__ = ["CompiledUpdate", "compile_update"]

_INVALID_PATH = (
    "The document path provided in the update expression is invalid for update"
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """One path of an update, and what its value becomes; ``read`` may refuse."""

    path: Path
    read: Read
    needs_value: bool = False


@dataclass(frozen=True, slots=True)
class CompiledUpdate:
    """An update that is sound whatever the item.

    ``given`` are the values of whole attributes that need no item, ``removed`` the
    whole attributes that go; ``names`` are all the attributes that it touches, and
    ``nested_paths`` the paths into attributes that it reads or writes.
    """

    given: Measured
    removed: tuple[str, ...]
    names: tuple[str, ...]
    nested_paths: tuple[Path, ...]
    edits: tuple[_Edit, ...]

    def applied(self, before: Item) -> Item:
        """Return the item after the update; shares unchanged values with ``before``.

        Raises ``Invalid`` when the item is not what the update needs.
        """
        after = {**before, **self.given.item}
        if self.edits:
            _apply(self.edits, before, after)
        for name in self.removed:
            after.pop(name, None)
        return after


def compile_update(update: Update) -> CompiledUpdate:
    """Check the values of an update and return it ready to be applied.

    That no two of its paths overlap is for whoever makes the update to see to.
    """
    given: Item = {}
    edits: list[_Edit] = []
    for one in update.set:
        parts, value = one.path.parts, one.value
        if len(parts) == 1 and isinstance(value, Given):
            given[str(parts[0])] = value.value
        else:
            edits.append(_Edit(one.path, reader(value), needs_value=True))
    edits += (_Edit(added.path, sum_reader(added)) for added in update.add)
    edits += (_Edit(deleted.path, rest_reader(deleted)) for deleted in update.delete)
    removed: list[str] = []
    for path in update.remove:
        if len(path.parts) == 1:
            removed.append(str(path.parts[0]))
        else:
            edits.append(_Edit(path, _nothing))
    return CompiledUpdate(
        canonical_item(given),
        tuple(removed),
        (*given, *removed, *(str(edit.path.parts[0]) for edit in edits)),
        _nested(update) if edits else (),
        tuple(edits),
    )


def _nested(update: Update) -> tuple[Path, ...]:
    return tuple(path for path in mentioned_paths(update) if len(path.parts) > 1)


def _apply(edits: tuple[_Edit, ...], before: Item, after: Item) -> None:
    outcomes = [_outcome(edit, before) for edit in edits]
    for name in {edit.path.parts[0] for edit in edits if len(edit.path.parts) > 1}:
        after[str(name)] = own_copy(after[str(name)])
    lists = _Lists()
    for edit, outcome in zip(edits, outcomes, strict=True):
        *way, last = edit.path.parts
        place = follow(after, tuple(way), None)
        if isinstance(place, list) and isinstance(last, int):
            lists.put(place, last, outcome)
        elif isinstance(place, dict) and isinstance(last, str):
            if outcome is NOTHING:
                place.pop(last, None)
            else:
                place[last] = outcome
    lists.finish()


def _outcome(edit: _Edit, item: Item) -> Outcome:
    *way, last = edit.path.parts
    place = follow(item, tuple(way), None)
    if not isinstance(place, dict if isinstance(last, str) else list):
        raise Invalid(_INVALID_PATH)
    outcome = edit.read(item)
    if edit.needs_value and outcome is NOTHING:
        raise Invalid(MISSING)
    return outcome


class _Lists:
    """Changes to lists, whose positions are those before the update."""

    def __init__(self) -> None:
        self._changes: dict[int, tuple[list[AttributeValue], dict[int, Outcome]]] = {}

    def put(self, place: list[AttributeValue], index: int, outcome: Outcome) -> None:
        """Note what becomes of a position; beyond the end it is appended."""
        self._changes.setdefault(id(place), (place, {}))[1][index] = outcome

    def finish(self) -> None:
        """Do the changes."""
        for place, changes in self._changes.values():
            whole: dict[int, Outcome] = {**dict(enumerate(place)), **changes}
            place[:] = [
                value for _, value in sorted(whole.items()) if value is not NOTHING
            ]


def _nothing(_: Item) -> Outcome:
    return NOTHING
