"""Attribute values as DynamoDB's JSON: ``{"S": "a"}``, ``{"N": "1.5"}``, ``{"L": []}``.

Reading has two steps, as in the service: the form (what is a string, what a list)
of everything is checked before the sense of anything.
Source: dynalite's recordings of the service.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from amplikit.store import refusals
from amplikit.store.numbers import canonical_number
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.store.interface import AttributeValue, Item

__all__ = [
    "TypedItem",
    "TypedValue",
    "WrongForm",
    "check_blob",
    "check_flag",
    "check_form",
    "check_list",
    "check_text",
    "decode_item",
    "decode_value",
    "encode_item",
    "encode_value",
    "not_convertible",
    "read_flag",
    "read_number",
]

TypedValue = Mapping[str, object]
TypedItem = Mapping[str, TypedValue]

# Deeper than any item may be, and shallow enough for Python's stack.
_MAX_DEPTH: Final = 64
_FLAGS: Final = {"TRUE": True, "1": True, "YES": True} | {
    "FALSE": False,
    "0": False,
    "NO": False,
}
_NUMBER: Final = re.compile(
    r"[+-]?(?P<digits>[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?",
    re.ASCII,
)
_MAX_EXPONENT_LETTERS: Final = 7
_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_VALUE_CLASS: Final = "com.amazonaws.dynamodb.v20120810.AttributeValue"


class WrongForm(Exception):
    """JSON that is no attribute value; the text is ``SerializationException``'s."""


def check_form(document: object, *, is_member: bool = False, depth: int = 0) -> None:
    """Check what is a string, a list, an object in a value; nothing of its sense.

    ``is_member`` says that the value is a member of a structure, which the service
    words otherwise than an element of a list or map. Raises ``WrongForm``, and
    ``Invalid`` for a value that nests too deep to be looked at.
    """
    if document is None:
        return
    if not isinstance(document, dict):
        if isinstance(document, list):
            raise WrongForm(f"Unrecognized collection type class {_VALUE_CLASS}")
        raise WrongForm(
            "Unexpected field type" if is_member else "Unexpected value type in payload"
        )
    for kind, content in document.items():
        check = _CHECKS.get(kind)
        if check is not None:
            check(content)
        elif kind == "L":
            for element in check_list(content):
                check_form(element, depth=_deeper(depth))
        elif kind == "M":
            _check_map(content, _deeper(depth))


def decode_item(document: TypedItem) -> Item:
    """Return the item of a document whose form is checked.

    Raises ``Invalid``.
    """
    return {name: decode_value(value) for name, value in document.items()}


def decode_value(document: object) -> AttributeValue:
    """Return the value of a document whose form is checked, or of an SDK's.

    Raises ``Invalid``.
    """
    if not isinstance(document, Mapping):
        raise Invalid(refusals.VALUE_EMPTY)
    decoded: list[AttributeValue] = [
        _decode(kind, document[kind])
        for kind in _KINDS
        if document.get(kind) is not None
    ]
    if not decoded:
        raise Invalid(refusals.VALUE_EMPTY)
    if len(decoded) > 1:
        raise Invalid(refusals.VALUE_OF_SEVERAL_TYPES)
    return decoded[0]


def encode_item(item: Item, *, binary_as_text: bool = True) -> dict[str, object]:
    """Return the document of an item, attributes in the item's order."""
    return {
        name: encode_value(value, binary_as_text=binary_as_text)
        for name, value in item.items()
    }


def encode_value(
    value: AttributeValue, *, binary_as_text: bool = True
) -> dict[str, object]:
    """Return the document of a canonical value; sets are sorted.

    Binary values are in base 64, or as they are for an SDK.
    """
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": _plain(value)}
        case None:
            return {"NULL": True}
        case bytes():
            return {"B": _binary(value, as_text=binary_as_text)}
        case list():
            return {
                "L": [encode_value(e, binary_as_text=binary_as_text) for e in value]
            }
        case dict():
            return {"M": encode_item(value, binary_as_text=binary_as_text)}
        case _:
            return _encode_set(value, binary_as_text=binary_as_text)


def read_number(text: str) -> int | Decimal:
    """Return the canonical number that a text stands for.

    Raises ``Invalid``.
    """
    if text.isdecimal() and text.isascii() and len(text) < _SHORT_NUMBER:
        return int(text)
    if not text:
        raise Invalid(refusals.NUMBER_EMPTY)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise refusals.not_a_number(text)
    exponent = match["exponent"] or "0"
    sign, figures = exponent[:1].strip("0123456789"), exponent.lstrip("+-").lstrip("0")
    if len(figures) > _MAX_EXPONENT_LETTERS:
        if not match["digits"].strip("0."):
            return 0
        raise Invalid(
            refusals.NUMBER_UNDERFLOW if sign == "-" else refusals.NUMBER_OVERFLOW
        )
    return canonical_number(Decimal(text))


def read_flag(content: object) -> bool:
    """Return the boolean of a form that is checked; texts such as "yes" are taken."""
    return _FLAGS[content.upper()] if isinstance(content, str) else content is True


def check_text(content: object) -> None:
    """Raise ``WrongForm`` unless it is a string, or null."""
    if content is None or isinstance(content, str):
        return
    raise not_convertible(content, "String")


def check_flag(content: object) -> None:
    """Raise ``WrongForm`` unless it is a boolean or the text of one, or null."""
    if content is None or isinstance(content, bool):
        return
    if not isinstance(content, str):
        raise not_convertible(content, "Boolean")
    if content.upper() not in _FLAGS:
        raise WrongForm("Unexpected token received from parser")


def check_blob(content: object) -> None:
    """Raise ``WrongForm`` unless it is base 64, or null."""
    if content is None:
        return
    if isinstance(content, list):
        raise WrongForm("Unrecognized collection type class java.nio.ByteBuffer")
    if isinstance(content, dict):
        raise WrongForm("Start of structure or map found where not expected")
    if not isinstance(content, str):
        raise WrongForm("only base-64-encoded strings are convertible to bytes")
    if len(content) % 4:
        raise WrongForm(
            "Base64 encoded length is expected a multiple of 4 bytes but found: "
            f"{len(content)}"
        )
    if not _ALPHABET.fullmatch(content) or _recoded(content) != content:
        raise WrongForm("Invalid last non-pad Base64 character dectected")


def check_list(content: object) -> list[object]:
    """Return the list; null is an empty one here. Raises ``WrongForm``."""
    if content is None:
        return []
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        raise WrongForm("Start of structure or map found where not expected")
    raise WrongForm("Unexpected field type")


def _check_texts(content: object) -> None:
    for element in check_list(content):
        check_text(element)


def _check_blobs(content: object) -> None:
    for element in check_list(content):
        check_blob(element)


_CHECKS: Final = {
    "S": check_text,
    "N": check_text,
    "B": check_blob,
    "BOOL": check_flag,
    "NULL": check_flag,
    "SS": _check_texts,
    "NS": _check_texts,
    "BS": _check_blobs,
}


def not_convertible(content: object, wanted: str) -> WrongForm:
    """Return the refusal of JSON where a Java ``wanted`` is expected."""
    if isinstance(content, list):
        return WrongForm(f"Unrecognized collection type class java.lang.{wanted}")
    if isinstance(content, dict):
        return WrongForm("Start of structure or map found where not expected")
    if isinstance(content, bool):
        kind = "TRUE" if content else "FALSE"
    elif isinstance(content, str):
        kind = "STRING"
    else:
        is_decimal = isinstance(content, float) and not content.is_integer()
        kind = "DECIMAL" if is_decimal else "NUMBER"
    return WrongForm(f"{kind}_VALUE cannot be converted to {wanted}")


def _deeper(depth: int) -> int:
    if depth >= _MAX_DEPTH:
        raise Invalid(refusals.NESTED_TOO_DEEP)
    return depth + 1


def _check_map(content: object, depth: int) -> None:
    if content is None:
        return
    if isinstance(content, list):
        raise WrongForm(
            "Unrecognized collection type java.util.Map<java.lang.String, "
            f"{_VALUE_CLASS}>"
        )
    if not isinstance(content, dict):
        raise WrongForm("Unexpected field type")
    for element in content.values():
        check_form(element, depth=depth)


def _recoded(text: str) -> str | None:
    try:
        return base64.b64encode(base64.b64decode(text)).decode()
    except binascii.Error:
        return None


# In the order in which the service looks at a value of several types.
_KINDS: Final = ("S", "B", "N", "BOOL", "NULL", "BS", "NS", "SS", "L", "M")
_SHORT_NUMBER: Final = 38


def _decode(kind: str, content: object) -> AttributeValue:
    match kind, content:
        case "S", str():
            return content
        case "N", str():
            return read_number(content)
        case "B", str():
            return base64.b64decode(content)
        case "B", bytes():
            return content
        case "BOOL", _:
            return read_flag(content)
        case "NULL", _:
            if not read_flag(content):
                raise Invalid(refusals.NULL_FALSE)
            return None
        case "L", list():
            return [decode_value(element) for element in content]
        case "M", dict():
            return decode_item(content)
        case _, list():
            return _decode_set(kind, content)
        case _:
            raise AssertionError("the form of a value was not checked")


def _decode_set(
    kind: str, content: list[object]
) -> frozenset[str] | frozenset[Decimal] | frozenset[bytes]:
    if not content:
        raise Invalid(_EMPTY_SETS[kind])
    if kind == "BS" and all(isinstance(element, bytes) for element in content):
        return frozenset(e for e in content if isinstance(e, bytes))
    texts = [element for element in content if isinstance(element, str)]
    if len(texts) != len(content):
        raise Invalid(refusals.NULL_IN_SET)
    match kind:
        case "SS":
            strings = frozenset(texts)
            if len(strings) != len(texts):
                raise refusals.duplicate_strings(texts)
            return strings
        case "NS":
            numbers = frozenset(Decimal(read_number(text)) for text in texts)
            if len(numbers) != len(texts):
                raise Invalid(refusals.DUPLICATE_NUMBERS)
            return numbers
        case _:
            blobs = frozenset(base64.b64decode(text) for text in texts)
            if len(blobs) != len(texts):
                raise refusals.duplicate_blobs(texts)
            return blobs


_EMPTY_SETS: Final = {
    "SS": refusals.EMPTY_STRING_SET,
    "NS": refusals.EMPTY_NUMBER_SET,
    "BS": refusals.EMPTY_BINARY_SET,
}


def _encode_set(
    value: Iterable[str] | Iterable[Decimal] | Iterable[bytes], *, binary_as_text: bool
) -> dict[str, object]:
    elements: list[str | Decimal | bytes] = list(value)
    texts = sorted(e for e in elements if isinstance(e, str))
    if texts:
        return {"SS": texts}
    numbers = sorted(e for e in elements if isinstance(e, Decimal))
    if numbers:
        return {"NS": [_plain(number) for number in numbers]}
    blobs = sorted(e for e in elements if isinstance(e, bytes))
    return {"BS": [_binary(blob, as_text=binary_as_text) for blob in blobs]}


def _plain(number: int | Decimal) -> str:
    """Return all digits, never an exponent."""
    return str(number) if isinstance(number, int) else format(number, "f")


def _binary(value: bytes, *, as_text: bool) -> str | bytes:
    return base64.b64encode(value).decode() if as_text else value
