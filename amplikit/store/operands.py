"""What DynamoDB checks in an expression's operands before it reads any item."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from amplikit.store.conditions import (
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Path,
    Size,
)
from amplikit.store.keys import key_bytes
from amplikit.store.values import canonical_value, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.store.conditions import Condition, Operand
    from amplikit.store.interface import AttributeValue

__all__ = [
    "ORDERED",
    "Unsound",
    "check_added",
    "check_bounds",
    "check_deleted",
    "check_distinct",
    "check_operands",
    "check_operator_count",
    "check_size",
    "check_type",
    "not_distinct",
    "shown_path",
]

ORDERED = frozenset({"S", "N", "B"})
"""The types of which one value can come before another."""

_PREFIXES = frozenset({"S", "B"})
_SIZED = frozenset({"S", "B", "L", "M", "SS", "NS", "BS"})
_SETS = frozenset({"SS", "NS", "BS"})
_LONG_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}
_MAX_OPTIONS = 100
_MAX_OPERATORS = 300
_TYPE_NAMES = ("N", "BS", "L", "B", "NULL", "M", "S", "SS", "NS", "BOOL")


class Unsound(Exception):
    """The expression is refused whatever the item; its name goes in front."""


def check_operands(condition: Condition) -> None:
    """Raise ``Unsound`` unless DynamoDB takes these operands for this condition.

    Looks neither into the conditions that others join, nor into sizes.
    """
    match condition:
        case Comparison(left, comparator, right):
            check_distinct(left, (right,), comparator)
            if comparator not in ("=", "<>"):
                _check_given((left, right), comparator, ORDERED)
        case Between(operand, low, high):
            _check_given((operand, low, high), "BETWEEN", ORDERED)
            check_distinct(operand, (low, high), "BETWEEN")
            if isinstance(low, Given) and isinstance(high, Given):
                check_bounds(canonical_value(low.value), canonical_value(high.value))
        case In(operand, options):
            check_distinct(operand, options, "IN")
            if len(options) > _MAX_OPTIONS:
                raise Unsound(
                    "The IN operator is provided with too many operands; "
                    f"number of operands: {len(options)}"
                )
        case AttributeTypeIs(_, type_name):
            if type_name not in _TYPE_NAMES:
                raise Unsound(
                    f"Invalid attribute type name found; type: {type_name}, "
                    f"valid types: {{{','.join(_TYPE_NAMES)}}}"
                )
        case BeginsWith(operand, prefix):
            check_distinct(operand, (prefix,), "begins_with")
            _check_given((operand, prefix), "begins_with", _PREFIXES)
        case Contains(container, operand):
            check_distinct(container, (operand,), "contains")
        case _:
            pass


def check_operator_count(count: int) -> None:
    """Raise ``Unsound`` for more operators and functions than DynamoDB takes."""
    if count > _MAX_OPERATORS:
        raise Unsound(
            "The expression contains too many operators; "
            f"operator count: {_MAX_OPERATORS + 1}"
        )


def check_added(value: AttributeValue) -> None:
    """Raise ``Unsound`` unless ``ADD`` takes the value: a number or a set."""
    _check_update_operand("ADD", value, _SETS | {"N"})


def check_deleted(value: AttributeValue) -> None:
    """Raise ``Unsound`` unless ``DELETE`` takes the value: a set."""
    _check_update_operand("DELETE", value, _SETS)


def check_size(size: Size) -> None:
    """Raise ``Unsound`` when no value of the operand's type has a size."""
    _check_given((size.operand,), "size", _SIZED)


def check_type(function: str, kind: str, allowed: frozenset[str]) -> None:
    """Raise ``Unsound`` unless the function takes operands of that type."""
    if kind not in allowed:
        raise Unsound(
            "Incorrect operand type for operator or function; operator or function: "
            f"{function}, operand type: {kind}"
        )


def check_bounds(low: AttributeValue, high: AttributeValue) -> None:
    """Raise ``Unsound`` unless something can be BETWEEN these canonical values."""
    shown = (
        f"lower bound operand: AttributeValue: {_shown(low)}, "
        f"upper bound operand: AttributeValue: {_shown(high)}"
    )
    if type_of(low) != type_of(high):
        raise Unsound(
            "The BETWEEN operator requires same data type for lower and upper bounds; "
            + shown
        )
    if key_bytes(low) > key_bytes(high):
        raise Unsound(
            "The BETWEEN operator requires upper bound to be greater than or equal to "
            f"lower bound; {shown}"
        )


def _check_update_operand(
    clause: str, value: AttributeValue, allowed: frozenset[str]
) -> None:
    kind = type_of(value)
    if kind not in allowed:
        raise Unsound(
            "Incorrect operand type for operator or function; "
            f"operator: {clause}, operand type: {_LONG_NAMES[kind]}, "
            f"typeSet: ALLOWED_FOR_{clause}_OPERAND"
        )


def shown_path(path: Path) -> str:
    """Return the path as DynamoDB's messages show it: ``[name, [0]]``."""
    parts = (part if isinstance(part, str) else f"[{part}]" for part in path.parts)
    return f"[{', '.join(parts)}]"


def _check_given(
    operands: Iterable[Operand], function: str, allowed: frozenset[str]
) -> None:
    for operand in operands:
        match operand:
            case Given(value):
                kind = type_of(canonical_value(value))
            case Size():
                kind = "N"
            case _:
                continue
        check_type(function, kind, allowed)


def check_distinct(first: Operand, others: Iterable[Operand], function: str) -> None:
    """Raise ``Unsound`` when a path is compared with itself."""
    if isinstance(first, Path) and first in others:
        raise not_distinct(function, first)


def not_distinct(function: str, path: Path) -> Unsound:
    """Return the error that a path is compared with itself."""
    return Unsound(
        "The first operand must be distinct from the remaining operands for this "
        f"operator or function; operator: {function}, "
        f"first operand: {shown_path(path)}"
    )


def _shown(value: AttributeValue) -> str:
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return f"{{{type_of(value)}:{text}}}"
