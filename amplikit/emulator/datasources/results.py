"""JSON from outside as a raw value of a field."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["Unreadable", "parsed", "raw_value"]


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

    Raises ``Unreadable``.
    """
    match given:
        case float():
            number = Decimal(repr(given))
            if not number.is_finite():
                raise Unreadable(given)
            return number
        case list():
            return [raw_value(element) for element in given]
        case dict():
            return {str(name): raw_value(value) for name, value in given.items()}
        case str() | int() | Decimal() | None:
            return given
        case _:
            raise Unreadable(given)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
