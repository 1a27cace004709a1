"""Items as bytes: JSON, with tags only for what JSON lacks.

An item of strings, booleans, NULLs, lists, maps and 64-bit integers is its own JSON
object. Any other is a list of one, in which an object of one member names a type:
``{"N": "1.5"}``, ``{"B": base64}``, ``{"SS": [...]}``, for a map ``{"M": {...}}``.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson

from amplikit.store.values import type_of

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["decode", "encode", "own_copy", "same_items"]


def encode(item: Item) -> bytes:
    """Return the bytes of a canonical item."""
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:
        return orjson.dumps([_tagged(item)])


def same_items(one: Item, other: Item) -> bool:
    """Say whether two canonical items are equal, types and all."""
    return _sorted(one) == _sorted(other)


def decode(data: bytes) -> Item:
    """Return the item of which ``encode`` gave these bytes."""
    document = orjson.loads(data)
    item: Item = (
        {name: _untagged(value) for name, value in document[0]["M"].items()}
        if isinstance(document, list)
        else document
    )
    return item


def own_copy(value: AttributeValue) -> AttributeValue:
    """Return the value with lists and maps that nobody else holds."""
    if isinstance(value, dict):
        return {name: own_copy(element) for name, element in value.items()}
    if isinstance(value, list):
        return [own_copy(element) for element in value]
    return value


def _sorted(item: Item) -> bytes:
    return orjson.dumps(_tagged(item), option=orjson.OPT_SORT_KEYS)


def _tagged(value: AttributeValue) -> object:
    match value:
        case dict():
            return {"M": {name: _tagged(element) for name, element in value.items()}}
        case list():
            return [_tagged(element) for element in value]
        case bytes():
            return {"B": _text(value)}
        case frozenset():
            return {type_of(value): sorted(_text(element) for element in value)}
        case bool() | str() | None:
            return value
        case _:
            return {"N": str(value)}


def _untagged(value: object) -> AttributeValue:
    match value:
        case {"M": dict(members)}:
            return {name: _untagged(element) for name, element in members.items()}
        case {"N": str(text)}:
            return _number(text)
        case {"B": str(text)}:
            return base64.b64decode(text)
        case {"SS": list(texts)}:
            return frozenset(texts)
        case {"NS": list(texts)}:
            return frozenset(Decimal(text) for text in texts)
        case {"BS": list(texts)}:
            return frozenset(base64.b64decode(text) for text in texts)
        case list(elements):
            return [_untagged(element) for element in elements]
        case bool() | str() | None:
            return value
        case _:
            raise AssertionError(f"an unknown tag in a stored item: {value!r}")


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _text(value: str | bytes | Decimal) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
