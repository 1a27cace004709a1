"""Sort-key arguments such as ``createdAt: {beginsWith: "2026"}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from amplikit.emulator.calls import FieldError
from amplikit.store.conditions import SortCondition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.operations import KeyCondition
    from amplikit.store.interface import AttributeValue

__all__ = ["sort_condition"]

_Operator = Literal["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]
_OPERATORS: dict[str, _Operator] = {
    "eq": "=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "beginsWith": "begins_with",
    "between": "BETWEEN",
}
_INVALID_ARGUMENTS = "InvalidArgumentsError"
_BOUNDS = 2


def sort_condition(
    key: KeyCondition, asked: Mapping[str, AttributeValue]
) -> SortCondition | FieldError | None:
    """Return the condition a sort-key argument stands for; None when it is empty.

    Source: the query templates; the composite checks are theirs, word for word.
    """
    given = {name: value for name, value in asked.items() if value is not None}
    if not given:
        return None
    if len(given) > 1:
        if key.parts:
            return FieldError(
                f"Argument {key.argument} must specify at most one key condition "
                "operation.",
                _INVALID_ARGUMENTS,
            )
        return FieldError(
            "KeyConditionExpressions must only contain one condition per key",
            "DynamoDB:ValidationException",
        )
    ((operator, value),) = given.items()
    bounds = value if operator == "between" else [value]
    if not isinstance(bounds, list) or (
        operator == "between" and len(bounds) != _BOUNDS
    ):
        return FieldError(
            f"Argument '{key.argument}.between' expects exactly two elements.",
            _INVALID_ARGUMENTS,
        )
    values: list[AttributeValue] = []
    for position, bound in enumerate(bounds):
        place = f"{operator}[{position}]" if operator == "between" else operator
        joined = _joined(key, bound, f"{key.argument}.{place}") if key.parts else bound
        if isinstance(joined, FieldError):
            return joined
        values.append(joined)
    return SortCondition(_OPERATORS[operator], tuple(values))


def _joined(key: KeyCondition, parts: AttributeValue, place: str) -> str | FieldError:
    """Return the leading parts of a composite key; a later one needs the earlier."""
    named = parts if isinstance(parts, dict) else {}
    texts: list[str] = []
    for position, name in enumerate(key.parts):
        value = named.get(name)
        if value in (None, ""):
            continue
        if len(texts) < position:
            needed = key.parts[position - 1]
            return FieldError(
                f"When providing argument '{place}.{name}' you must also provide "
                f"'{place}.{needed}'.",
                _INVALID_ARGUMENTS,
            )
        texts.append(str(value))
    return "#".join(texts)
