"""Key conditions: the few conditions that DynamoDB can answer from an index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
    Size,
    SortCondition,
)
from amplikit.store.refusals import (
    KEY_CONDITION_TYPE,
    KEY_CONDITION_UNSUPPORTED,
    Invalid,
    missed_key,
)
from amplikit.store.values import type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.resources import Attribute
    from amplikit.store.conditions import Comparator, Condition, Operand
    from amplikit.store.interface import AttributeValue

__all__ = ["KeyCondition"]

_MAX_KEYS = 2
_NESTED = "KeyConditionExpressions cannot contain nested operations"
_PARAMETER = "KeyConditionExpression"
_Operator = Literal["=", "<", "<=", ">", ">="]
_OPERATORS: dict[Comparator, tuple[_Operator, _Operator]] = {
    "=": ("=", "="),
    "<": ("<", ">"),
    "<=": ("<=", ">="),
    ">": (">", "<"),
    ">=": (">=", "<="),
}
"""Each with the one that it is when its operands change places."""


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """The condition of a query; which attributes are keys, only a table knows."""

    condition: Condition

    def check(self) -> None:
        """Raise ``Invalid`` for what is no condition on keys, whatever the table."""
        _conditions(self.condition)

    def on(
        self, partition_key: Attribute, sort_key: Attribute | None
    ) -> tuple[AttributeValue, SortCondition | None]:
        """Return the partition's value and the sort key's condition.

        Raises ``Invalid`` when the conditions are not those of a query by these keys.
        """
        found = _conditions(self.condition)
        if len(found) > _MAX_KEYS:
            raise Invalid("Conditions can be of length 1 or 2 only")
        if sort_key is None and len(found) > 1:
            raise Invalid(KEY_CONDITION_UNSUPPORTED)
        partition = _condition_on(partition_key, found)
        if partition.operator != "=":
            raise Invalid(KEY_CONDITION_UNSUPPORTED)
        if sort_key is None or len(found) == 1:
            return partition.values[0], None
        return partition.values[0], _condition_on(sort_key, found)


def _condition_on(key: Attribute, found: Mapping[str, SortCondition]) -> SortCondition:
    condition = found.get(key.name)
    if condition is None:
        raise missed_key(key.name)
    if any(type_of(value) != key.type for value in condition.values):
        raise Invalid(KEY_CONDITION_TYPE)
    return condition


def _conditions(condition: Condition) -> Mapping[str, SortCondition]:
    """Return the condition of each attribute; raises ``Invalid``.

    The order of checks is that of the service, where a table need not exist for them.
    Source: dynalite's recordings, test/query.js.
    """
    found: dict[str, SortCondition] = {}
    waiting = [condition]
    while waiting:
        one = waiting.pop()
        if isinstance(one, And):
            waiting.extend(reversed(one.of))
            continue
        name, sort = _single(one)
        if name in found:
            raise Invalid(
                "KeyConditionExpressions must only contain one condition per key"
            )
        found[name] = sort
    return found


def _single(condition: Condition) -> tuple[str, SortCondition]:
    match condition:
        case Comparison(_, "<>", _):
            raise _unusable("<>")
        case Comparison(left, operator, right):
            name, values = _attribute_and_values((left, right))
            usual, mirrored = _OPERATORS[operator]
            return name, SortCondition(
                usual if isinstance(left, Path) else mirrored, values
            )
        case Between(operand, low, high):
            _check_first("BETWEEN", operand)
            name, values = _attribute_and_values((operand, low, high))
            return name, SortCondition("BETWEEN", values)
        case BeginsWith(operand, prefix):
            _check_first("begins_with", operand)
            name, values = _attribute_and_values((operand, prefix))
            return name, SortCondition("begins_with", values)
        case In():
            raise _unusable("IN")
        case Or():
            raise _unusable("OR")
        case Not():
            raise _unusable("NOT")
        case AttributeExists(_, wanted):
            raise _unusable("attribute_exists" if wanted else "attribute_not_exists")
        case AttributeTypeIs():
            raise _unusable("attribute_type")
        case Contains():
            raise _unusable("contains")
        case And():
            raise AssertionError("taken apart before")
        case _:
            assert_never(condition)


def _check_first(operator: str, operand: Operand) -> None:
    if isinstance(operand, Size):
        raise Invalid(_NESTED)
    if not isinstance(operand, Path):
        raise _wrong(
            f"{operator} operator must have the key attribute as its first operand"
        )


def _attribute_and_values(
    operands: tuple[Operand, ...],
) -> tuple[str, tuple[AttributeValue, ...]]:
    name: str | None = None
    values: list[AttributeValue] = []
    for operand in operands:
        match operand:
            case Path(parts):
                if name is not None:
                    raise _wrong("Multiple attribute names used in one condition")
                if len(parts) > 1:
                    raise Invalid(
                        "KeyConditionExpressions cannot have conditions on nested "
                        "attributes"
                    )
                name = str(parts[0])
            case Size():
                raise Invalid(
                    "KeyConditionExpressions cannot contain nested operations"
                )
            case Given(value):
                values.append(value)
            case _:
                assert_never(operand)
    if name is None:
        raise _wrong("No key attribute specified")
    return name, tuple(values)


def _unusable(operator: str) -> Invalid:
    return Invalid(f"Invalid operator used in {_PARAMETER}: {operator}")


def _wrong(what: str) -> Invalid:
    return Invalid(f"Invalid condition in {_PARAMETER}: {what}")
