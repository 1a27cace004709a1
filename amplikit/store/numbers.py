"""DynamoDB's numbers: 38 digits, exact, from 1E-130 to just under 1E+126.

A number that is whole and below 10**38 is an ``int``, any other a ``Decimal`` without
trailing zeros; so equal numbers are always written the same way.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from amplikit.store.refusals import (
    NUMBER_OVERFLOW,
    NUMBER_TOO_PRECISE,
    NUMBER_UNDERFLOW,
    Invalid,
    not_a_number,
)

__all__ = ["canonical_number", "number_key", "number_size"]

_MAX_DIGITS = 38
_MAX_MAGNITUDE = 125
_MIN_MAGNITUDE = -130
_SAFE_INT = 10**_MAX_DIGITS
_TOO_LARGE_INT = 10 ** (_MAX_MAGNITUDE + 1)
_MAX_KEY_PAIRS = 20


class _Parts(NamedTuple):
    """The value is ±0.``digits`` times 10 to the ``exponent``; zero has no digits."""

    negative: bool
    digits: str
    exponent: int


def canonical_number(value: int | Decimal) -> int | Decimal:
    """Return the number as the store writes it.

    Raises ``Invalid`` for a number that DynamoDB does not hold.
    """
    if type(value) is int and -_SAFE_INT < value < _SAFE_INT:
        return value
    negative, digits, exponent = _parts(value)
    if not digits:
        return 0
    magnitude = exponent - 1
    if magnitude > _MAX_MAGNITUDE:
        raise Invalid(NUMBER_OVERFLOW)
    if magnitude < _MIN_MAGNITUDE:
        raise Invalid(NUMBER_UNDERFLOW)
    if len(digits) > _MAX_DIGITS:
        raise Invalid(NUMBER_TOO_PRECISE)
    if len(digits) <= exponent <= _MAX_DIGITS:
        whole = int(digits.ljust(exponent, "0"))
        return -whole if negative else whole
    return Decimal((int(negative), tuple(map(int, digits)), exponent - len(digits)))


def number_size(value: int | Decimal) -> int:
    """Return the bytes that DynamoDB counts for a canonical number."""
    negative, digits, exponent = _parts(value)
    if not digits:
        return 1
    pairs = (len(digits) + (exponent & 1) + 1) // 2
    return 1 + pairs + (negative and pairs < _MAX_KEY_PAIRS)


def number_key(value: int | Decimal) -> bytes:
    """Return bytes that sort like the numbers: DynamoDB's own encoding.

    An exponent of 100 with the sign folded in, then one byte for each two digits;
    negative ones are complemented and end above every digit.
    Source: dynalite, which found it by the order in which the service scans.
    """
    negative, digits, exponent = _parts(value)
    if not digits:
        return b"\x80"
    odd = exponent & 1
    digits = "0" * odd + digits
    digits += "0" * (len(digits) & 1)
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    head = ((exponent + odd) // 2 - 64) & 0xFF
    if not negative:
        return bytes((head, *(pair + 1 for pair in pairs)))
    key = bytes((head ^ 0xFF, *(101 - pair for pair in pairs)))
    return key if len(pairs) >= _MAX_KEY_PAIRS else key + b"\x66"


def _parts(value: int | Decimal) -> _Parts:
    if isinstance(value, int):
        if abs(value) >= _TOO_LARGE_INT:  # str() of a huge int is slow, then an error
            raise Invalid(NUMBER_OVERFLOW)
        text = str(abs(value))
        digits = text.rstrip("0")
        return _Parts(value < 0, digits, len(text))
    sign, figures, scale = value.as_tuple()
    if isinstance(scale, str):
        raise not_a_number(str(value))
    text = "".join(map(str, figures)).lstrip("0")
    return _Parts(bool(sign), text.rstrip("0"), len(text) + scale)
