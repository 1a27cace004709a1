"""AppSync's filter and condition objects as DynamoDB conditions.

Source: ``util.transform.toDynamoDBFilterExpression``; several operators on a field,
and several fields, must all hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparator,
    Comparison,
    Condition,
    Contains,
    Given,
    Not,
    Or,
    Path,
    Size,
)
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["to_condition"]

_COMPARATORS: dict[str, Comparator] = {
    "eq": "=",
    "ne": "<>",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_TYPES = {
    "binary": "B",
    "binarySet": "BS",
    "bool": "BOOL",
    "list": "L",
    "map": "M",
    "number": "N",
    "numberSet": "NS",
    "string": "S",
    "stringSet": "SS",
    "_null": "NULL",
}
_BOUNDS = 2


def to_condition(given: object) -> Condition | None:
    """Return a filter object as a condition, or None when it demands nothing.

    Raises ``Invalid`` where DynamoDB would refuse the expression.
    """
    if not isinstance(given, Mapping):
        return None
    parts: list[Condition] = []
    for name, wanted in given.items():
        if wanted is None:
            continue
        match name:
            case "and" | "or":
                alternatives = wanted if isinstance(wanted, list) else [wanted]
                several = tuple(
                    one for one in map(to_condition, alternatives) if one is not None
                )
                if several:
                    parts.append(And(several) if name == "and" else Or(several))
            case "not":
                inner = to_condition(wanted)
                if inner is not None:
                    parts.append(Not(inner))
            case _:
                parts += _field(name, wanted)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _field(name: str, wanted: object) -> list[Condition]:
    if not isinstance(wanted, Mapping):
        return []
    path = Path((name,))
    return [_operator(path, operator, value) for operator, value in wanted.items()]


def _operator(path: Path, operator: str, value: AttributeValue) -> Condition:
    match operator:
        case "between":
            low, high = _bounds(value)
            return Between(path, Given(low), Given(high))
        case "beginsWith":
            return BeginsWith(path, Given(value))
        case "contains":
            return Contains(path, Given(value))
        case "notContains":
            return Not(Contains(path, Given(value)))
        case "attributeExists":
            return AttributeExists(path, wanted=bool(value))
        case "attributeType":
            return AttributeTypeIs(path, _TYPES.get(str(value), str(value)))
        case "size":
            return _size(path, value)
        case _ if operator in _COMPARATORS:
            return Comparison(path, _COMPARATORS[operator], Given(value))
        case _:
            message = f"Invalid operator used in filter expression: {operator}"
            raise Invalid(message)


def _size(path: Path, wanted: AttributeValue) -> Condition:
    if not isinstance(wanted, dict):
        message = "Invalid operand type for operator or function; operator: size"
        raise Invalid(message)
    parts: list[Condition] = []
    for operator, value in wanted.items():
        if operator == "between":
            low, high = _bounds(value)
            parts.append(Between(Size(path), Given(low), Given(high)))
        else:
            parts.append(Comparison(Size(path), _COMPARATORS[operator], Given(value)))
    return And(tuple(parts))


def _bounds(value: AttributeValue) -> tuple[AttributeValue, AttributeValue]:
    if not isinstance(value, list) or len(value) != _BOUNDS:
        message = (
            "Invalid FilterExpression: Incorrect number of operands for operator or "
            "function; operator or function: BETWEEN, number of operands: "
            f"{len(value) + 1 if isinstance(value, list) else 1}"
        )
        raise Invalid(message)
    return value[0], value[1]
