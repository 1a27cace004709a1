"""Attribute values: their type, their canonical form, and their size in DynamoDB.

The canonical form holds plain built-in types only and shares no list, dict or set
with the caller's value, so what the store keeps cannot change under it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from amplikit.store import refusals
from amplikit.store.numbers import canonical_number, number_size
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from amplikit.store.interface import AttributeValue, Item

__all__ = ["MAX_ITEM_BYTES", "Measured", "canonical_item", "canonical_value", "type_of"]

MAX_ITEM_BYTES = 400 * 1024
_MAX_DEPTH = 32
_MAX_NAME_BYTES = 65535
_TYPES: dict[type, str] = {
    str: "S",
    int: "N",
    Decimal: "N",
    bool: "BOOL",
    type(None): "NULL",
    bytes: "B",
    list: "L",
    dict: "M",
}


class Measured(NamedTuple):
    """A canonical item, its bytes by DynamoDB's rules, and whether any value nests."""

    item: Item
    size_bytes: int
    nested: bool


def type_of(value: AttributeValue) -> str:
    """Return DynamoDB's name of a canonical value's type: ``S``, ``BOOL``, ``SS``."""
    if isinstance(value, frozenset):
        return f"{_TYPES[type(next(iter(value)))]}S"
    return _TYPES[type(value)]


def canonical_value(value: object) -> AttributeValue:
    """Return the value as the store would give it back.

    Raises ``Invalid`` for what DynamoDB refuses, ``TypeError`` for a float or any
    other Python type that is no attribute value.
    """
    return _measure(value, 0)[0]


def canonical_item(item: Mapping[str, AttributeValue]) -> Measured:
    """Return the item as the store keeps it, with its size.

    Raises like ``canonical_value``. Source of the sizes: DynamoDB developer guide,
    "Item sizes and formats"; rounding as DynamoDB Local does it, to the byte.
    """
    result: Item = {}
    total = 0
    nested = False
    for name, value in item.items():
        size = _name_size(name)
        if type(value) is str:
            result[name] = value
            size += _text_size(value)
        else:
            result[name], value_size = _measure(value, 0)
            size += value_size
            nested = nested or isinstance(value, (list, dict))
        total += size
    return Measured(result, total, nested)


def _measure(value: object, depth: int) -> tuple[AttributeValue, int]:
    match value:
        case str():
            text = str.__str__(value)  # a plain str, also of a StrEnum
            return text, _text_size(text)
        case bool() | None:
            return value, 1
        case int():
            whole = canonical_number(int(value))
            return whole, number_size(whole)
        case Decimal():
            number = canonical_number(value)
            return number, number_size(number)
        case bytes():
            return bytes(value), len(value)
        case list():
            return _measure_list(value, depth + 1)
        case dict():
            return _measure_map(value, depth + 1)
        case set() | frozenset():
            return _measure_set(value)
        case float():
            raise TypeError("DynamoDB has no float: give an int or a Decimal")
        case _:
            raise TypeError(f"{type(value).__name__} is not an attribute value")


def _measure_list(value: list[object], depth: int) -> tuple[AttributeValue, int]:
    _check_depth(depth)
    result: list[AttributeValue] = []
    size = 3
    for element in value:
        element_value, element_size = _measure(element, depth)
        result.append(element_value)
        size += 1 + element_size
    return result, size


def _measure_map(value: dict[str, object], depth: int) -> tuple[AttributeValue, int]:
    _check_depth(depth)
    result: dict[str, AttributeValue] = {}
    size = 3
    for name, element in value.items():
        name_size = _name_size(name)
        result[name], element_size = _measure(element, depth)
        size += 1 + name_size + element_size
    return result, size


def _measure_set(value: AbstractSet[object]) -> tuple[AttributeValue, int]:
    if not value:
        raise Invalid(refusals.EMPTY_STRING_SET)
    measured = [_measure(element, 0) for element in value]
    elements = [element for element, _ in measured]
    size = sum(element_size for _, element_size in measured)
    texts = frozenset(element for element in elements if isinstance(element, str))
    binaries = frozenset(element for element in elements if isinstance(element, bytes))
    numbers = frozenset(
        Decimal(element)
        for element in elements
        if isinstance(element, (int, Decimal)) and not isinstance(element, bool)
    )
    for kind in (texts, binaries, numbers):
        if len(kind) == len(elements):
            return kind, size
    raise TypeError("a set holds only strings, only numbers or only binary values")


def _check_depth(depth: int) -> None:
    if depth >= _MAX_DEPTH:
        raise Invalid(refusals.NESTED_TOO_DEEP)


def _name_size(name: object) -> int:
    if not isinstance(name, str):
        raise TypeError(f"an attribute name is a string, not {type(name).__name__}")
    if not name:
        raise Invalid(refusals.EMPTY_ATTRIBUTE_NAME)
    size = _text_size(name)
    if size > _MAX_NAME_BYTES:
        raise Invalid(refusals.ATTRIBUTE_NAME_TOO_LONG)
    return size


def _text_size(text: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise Invalid(refusals.NOT_UNICODE) from error
