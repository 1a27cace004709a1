"""What an update makes of an item.

Source: DynamoDB developer guide, "Update expressions"; which of two faults is told, and
what happens to lists: answers of DynamoDB Local 2.x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, assert_never

from amplikit.store import refusals
from amplikit.store.codec import own_copy
from amplikit.store.conditions import Given, Path
from amplikit.store.evaluate import follow
from amplikit.store.interface import AttributeValue, Item
from amplikit.store.numbers import canonical_number
from amplikit.store.projecting import mentioned_paths
from amplikit.store.refusals import Invalid
from amplikit.store.updates import Arithmetic, IfNotExists, ListAppend
from amplikit.store.values import canonical_item, canonical_value, type_of

if TYPE_CHECKING:
    from amplikit.store.updates import Added, Deleted, Update, UpdateOperand
    from amplikit.store.values import Measured

__all__ = ["CompiledUpdate", "compile_update"]

_INVALID_PATH = (
    "The document path provided in the update expression is invalid for update"
)
_MISSING = (
    "The provided expression refers to an attribute that does not exist in the item"
)
_TOO_PRECISE = "DynamoDB only supports precision up to 38 digits"
# The largest number against the smallest; what is cut off there would be refused.
_EXACT = Context(prec=300)


class _Nothing(Enum):
    """No value: an operand that is absent, or an attribute to be removed."""

    NOTHING = "nothing"


_NOTHING: Final = _Nothing.NOTHING
_Outcome = AttributeValue | _Nothing
_Read = Callable[[Item], _Outcome]


@dataclass(frozen=True, slots=True)
class _Edit:
    """One path of an update, and what its value becomes; ``read`` may refuse."""

    path: Path
    read: _Read
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
            edits.append(_Edit(one.path, _reader(value), needs_value=True))
    edits += (_Edit(added.path, _sum_reader(added)) for added in update.add)
    edits += (_Edit(deleted.path, _rest_reader(deleted)) for deleted in update.delete)
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
            if outcome is _NOTHING:
                place.pop(last, None)
            else:
                place[last] = outcome
    lists.finish()


def _outcome(edit: _Edit, item: Item) -> _Outcome:
    *way, last = edit.path.parts
    place = follow(item, tuple(way), None)
    if not isinstance(place, dict if isinstance(last, str) else list):
        raise Invalid(_INVALID_PATH)
    outcome = edit.read(item)
    if edit.needs_value and outcome is _NOTHING:
        raise Invalid(_MISSING)
    return outcome


class _Lists:
    """Changes to lists, whose positions are those before the update."""

    def __init__(self) -> None:
        self._changes: dict[int, tuple[list[AttributeValue], dict[int, _Outcome]]] = {}

    def put(self, place: list[AttributeValue], index: int, outcome: _Outcome) -> None:
        """Note what becomes of a position; beyond the end it is appended."""
        self._changes.setdefault(id(place), (place, {}))[1][index] = outcome

    def finish(self) -> None:
        """Do the changes."""
        for place, changes in self._changes.values():
            whole: dict[int, _Outcome] = {**dict(enumerate(place)), **changes}
            place[:] = [
                value for _, value in sorted(whole.items()) if value is not _NOTHING
            ]


def _nothing(_: Item) -> _Outcome:
    return _NOTHING


def _reader(operand: UpdateOperand) -> _Read:
    match operand:
        case Given(value):
            canonical = canonical_value(value)
            return lambda _: canonical
        case Path(parts):
            return lambda item: follow(item, parts, _NOTHING)
        case IfNotExists(path, otherwise):
            return _existing(_reader(path), _reader(otherwise))
        case ListAppend(first_list, second_list):
            return _appended(_reader(first_list), _reader(second_list))
        case Arithmetic(left, operator, right):
            return _calculated(_reader(left), _reader(right), minus=operator == "-")
        case _:
            assert_never(operand)


def _existing(first: _Read, otherwise: _Read) -> _Read:
    def read(item: Item) -> _Outcome:
        found, other = first(item), otherwise(item)
        if other is _NOTHING:
            raise Invalid(_MISSING)  # also when it is not needed
        return other if found is _NOTHING else found

    return read


def _appended(first: _Read, second: _Read) -> _Read:
    def read(item: Item) -> _Outcome:
        return [*_list(first(item)), *_list(second(item))]

    return read


def _calculated(left: _Read, right: _Read, *, minus: bool) -> _Read:
    def read(item: Item) -> _Outcome:
        first, second = _number(left(item)), _number(right(item))
        return _sum(first, second.copy_negate() if minus else second)

    return read


def _sum_reader(added: Added) -> _Read:
    given = canonical_value(added.value.value)

    def read(item: Item) -> _Outcome:
        found = follow(item, added.path.parts, _NOTHING)
        if found is _NOTHING:
            return given
        if type_of(found) != type_of(given):
            raise Invalid(refusals.UPDATE_OPERAND_TYPE)
        if isinstance(given, frozenset):
            return _elements(found) | _elements(given)
        return _sum(_number(found), _number(given))

    return read


def _rest_reader(deleted: Deleted) -> _Read:
    given = canonical_value(deleted.value.value)

    def read(item: Item) -> _Outcome:
        found = follow(item, deleted.path.parts, _NOTHING)
        if found is _NOTHING:
            return _NOTHING
        if type_of(found) != type_of(given):
            raise Invalid(refusals.UPDATE_OPERAND_TYPE)
        return (_elements(found) - _elements(given)) or _NOTHING

    return read


def _list(value: _Outcome) -> list[AttributeValue]:
    if value is _NOTHING:
        raise Invalid(_MISSING)
    if isinstance(value, list):
        return value
    raise Invalid(refusals.UPDATE_OPERAND_TYPE)


def _number(value: _Outcome) -> Decimal:
    if value is _NOTHING:
        raise Invalid(_MISSING)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise Invalid(refusals.UPDATE_OPERAND_TYPE)


def _elements(value: _Outcome) -> frozenset[Any]:
    # Both are of one type when they meet, which mypy cannot see.
    if isinstance(value, frozenset):
        return value
    raise Invalid(refusals.UPDATE_OPERAND_TYPE)


def _sum(first: Decimal, second: Decimal) -> int | Decimal:
    total = _EXACT.add(first, second)
    try:
        return canonical_number(total)
    except Invalid as invalid:
        if invalid.refused.message == refusals.NUMBER_TOO_PRECISE:
            raise Invalid(_TOO_PRECISE) from None
        raise
