"""Whether an event is one that a subscription asked for.

Source: AppSync developer guide, "Filtering" (arguments) and "Enhanced subscription
filtering" (operators, limits).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amplikit.emulator.calls import FilterGroups

__all__ = ["by_arguments", "found_at", "matches"]

_MAX_LEVELS: Final = 5
_BOUNDS: Final = 2
_NEGATIONS: Final = frozenset({"ne", "notIn", "notContains"})


def by_arguments(arguments: Mapping[str, object]) -> FilterGroups:
    """Return arguments as a filter: each that was given equals the field of its name.

    An explicit null asks for a field that is null or absent; an omitted argument, which
    is not in ``arguments``, asks for nothing.
    """
    return (tuple((name, "eq", value) for name, value in arguments.items()),)


def matches(event: Mapping[str, object], groups: FilterGroups) -> bool:
    """Whether all conditions of at least one alternative hold; none match nothing."""
    return any(
        all(
            _holds(found_at(event, name), operator, value)
            for name, operator, value in group
            if name.count(".") < _MAX_LEVELS
        )
        for group in groups
    )


def found_at(event: Mapping[str, object], name: str) -> object:
    """Return what a dotted name leads to; null where there is nothing."""
    found: object = event
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _same(first: object, second: object) -> bool:
    """Compare without coercion: a number is no boolean, and no text."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, float) and isinstance(second, Decimal):
        return Decimal(repr(first)) == second
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    return first == second


def _holds(found: object, operator: str, value: object) -> bool:
    if found is None and operator not in {"eq", "ne"}:
        return operator in _NEGATIONS
    match operator:
        case "eq":
            return _same(found, value)
        case "ne":
            return not _same(found, value)
        case "le" | "lt" | "ge" | "gt":
            order = _order(found, value)
            return order is not None and _in_order(operator, order)
        case "between" if isinstance(value, list) and len(value) == _BOUNDS:
            low, high = _order(found, value[0]), _order(found, value[1])
            return low is not None and high is not None and low >= 0 >= high
        case "contains":
            return _contains(found, value)
        case "notContains":
            return not _contains(found, value)
        case "beginsWith":
            both = isinstance(found, str) and isinstance(value, str)
            return both and str(found).startswith(str(value))
        case "in" | "notIn":
            values = value if isinstance(value, list) else [value]
            return any(_same(found, one) for one in values) is (operator == "in")
        case "containsAny":
            values = value if isinstance(value, list) else [value]
            return any(_contains(found, one) for one in values)
        case _:
            return False


def _in_order(operator: str, order: int) -> bool:
    equal_counts = operator in {"le", "ge"}
    if order == 0:
        return equal_counts
    return (order < 0) is (operator in {"le", "lt"})


def _order(found: object, value: object) -> int | None:
    """Return -1, 0 or 1, or None between values that have no order."""
    if isinstance(found, str) and isinstance(value, str):
        return (found > value) - (found < value)
    first, second = _number(found), _number(value)
    if first is None or second is None:
        return None
    return (first > second) - (first < second)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _contains(found: object, value: object) -> bool:
    if isinstance(found, str):
        return isinstance(value, str) and value in found
    return isinstance(found, list | tuple) and any(
        _same(element, value) for element in found
    )
