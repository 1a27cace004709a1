"""JSON from outside as a raw value of a field."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["Unreadable", "parsed", "printable_text", "raw_value"]

_LARGEST: Final = 308
"""The exponent of the largest double."""


class Unreadable(ValueError):
    """What came back is no JSON: it is broken, or has NaN or Infinity in it."""


def parsed(text: str) -> AttributeValue:
    """Return what a JSON text says, its numbers as they are written.

    Raises ``Unreadable``.
    """
    try:
        given: object = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        return raw_value(given)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unreadable(text) from error


def raw_value(given: object) -> AttributeValue:
    """Return a parsed value with decimal numbers for its floats.

    Half of a surrogate pair becomes a question mark, as in Java. Raises ``Unreadable``,
    also for numbers that are too large for a double.
    """
    match given:
        case str():
            return printable_text(given)
        case float():
            return _number(Decimal(repr(given)))
        case Decimal():
            return _number(given)
        case list():
            return [raw_value(element) for element in given]
        case dict():
            return {
                printable_text(str(name)): raw_value(one) for name, one in given.items()
            }
        case int() | None:
            return given
        case _:
            raise Unreadable(given)


def _number(number: Decimal) -> Decimal:
    if not number.is_finite() or number.adjusted() > _LARGEST:
        raise Unreadable(number)
    return number


def printable_text(text: str) -> str:
    """Return a text that UTF-8 can hold."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
