"""The operands of an update: what each comes to for an item.

Source: DynamoDB developer guide, "Update expressions"; answers of DynamoDB Local 2.x.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, assert_never

from amplikit.store import refusals
from amplikit.store.conditions import Given, Path
from amplikit.store.interface import AttributeValue, Item
from amplikit.store.numbers import canonical_number
from amplikit.store.projecting import follow
from amplikit.store.refusals import Invalid
from amplikit.store.updates import Arithmetic, IfNotExists, ListAppend
from amplikit.store.values import canonical_value, type_of

if TYPE_CHECKING:
    from amplikit.store.updates import Added, Deleted, UpdateOperand

__all__ = [
    "MISSING",
    "NOTHING",
    "Outcome",
    "Read",
    "reader",
    "rest_reader",
    "sum_reader",
]

MISSING = (
    "The provided expression refers to an attribute that does not exist in the item"
)
_TOO_PRECISE = "DynamoDB only supports precision up to 38 digits"
# The largest number against the smallest; what is cut off there would be refused.
_EXACT = Context(prec=300)


class Nothing(Enum):
    """No value: an operand that is absent, or an attribute to be removed."""

    NOTHING = "nothing"


NOTHING: Final = Nothing.NOTHING
Outcome = AttributeValue | Nothing
Read = Callable[[Item], Outcome]


def reader(operand: UpdateOperand) -> Read:
    """Return the function that reads the operand of an update."""
    match operand:
        case Given(value):
            canonical = canonical_value(value)
            return lambda _: canonical
        case Path(parts):
            return lambda item: follow(item, parts, NOTHING)
        case IfNotExists(path, otherwise):
            return _existing(reader(path), reader(otherwise))
        case ListAppend(first_list, second_list):
            return _appended(reader(first_list), reader(second_list))
        case Arithmetic(left, operator, right):
            return _calculated(reader(left), reader(right), minus=operator == "-")
        case _:
            assert_never(operand)


def _existing(first: Read, otherwise: Read) -> Read:
    def read(item: Item) -> Outcome:
        found, other = first(item), otherwise(item)
        if other is NOTHING:
            raise Invalid(MISSING)  # also when it is not needed
        return other if found is NOTHING else found

    return read


def _appended(first: Read, second: Read) -> Read:
    def read(item: Item) -> Outcome:
        return [*_list(first(item)), *_list(second(item))]

    return read


def _calculated(left: Read, right: Read, *, minus: bool) -> Read:
    def read(item: Item) -> Outcome:
        first, second = _number(left(item)), _number(right(item))
        return _sum(first, second.copy_negate() if minus else second)

    return read


def sum_reader(added: Added) -> Read:
    """Return the function that reads what ``ADD`` makes of its path."""
    given = canonical_value(added.value.value)

    def read(item: Item) -> Outcome:
        found = follow(item, added.path.parts, NOTHING)
        if found is NOTHING:
            return given
        if type_of(found) != type_of(given):
            raise Invalid(refusals.UPDATE_OPERAND_TYPE)
        if isinstance(given, frozenset):
            return _elements(found) | _elements(given)
        return _sum(_number(found), _number(given))

    return read


def rest_reader(deleted: Deleted) -> Read:
    """Return the function that reads what ``DELETE`` leaves of its path."""
    given = canonical_value(deleted.value.value)

    def read(item: Item) -> Outcome:
        found = follow(item, deleted.path.parts, NOTHING)
        if found is NOTHING:
            return NOTHING
        if type_of(found) != type_of(given):
            raise Invalid(refusals.UPDATE_OPERAND_TYPE)
        return (_elements(found) - _elements(given)) or NOTHING

    return read


def _list(value: Outcome) -> list[AttributeValue]:
    if value is NOTHING:
        raise Invalid(MISSING)
    if isinstance(value, list):
        return value
    raise Invalid(refusals.UPDATE_OPERAND_TYPE)


def _number(value: Outcome) -> Decimal:
    if value is NOTHING:
        raise Invalid(MISSING)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise Invalid(refusals.UPDATE_OPERAND_TYPE)


def _elements(value: Outcome) -> frozenset[Any]:
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
