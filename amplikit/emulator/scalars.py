"""AppSync's scalars: what they accept, and how their values look in a response.

``parse`` takes a JSON value of a variable, or the value of a literal, and ``serialize``
a value of the store. Both raise ``NotCoercible``, which carries no path: whoever calls
knows where the value stands.
Source: AppSync developer guide, "Scalar types in AppSync"; graphql-java's coercions.
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import orjson

from amplikit.emulator import wire

__all__ = [
    "AWS_SCALARS",
    "BUILT_IN",
    "NotCoercible",
    "ReadyJson",
    "Scalar",
    "json_text",
    "parse_float",
    "plain",
    "shown",
]


class NotCoercible(ValueError):
    """The value is none of this type; the message is the service's."""


class ReadyJson(str):
    """An AWSJSON text that is already serialized: part of a published event."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar type's two directions."""

    name: str
    parse: Callable[[object], object]
    serialize: Callable[[object], object]


_OFFSET: Final = r"(?:[zZ]|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)"
_DAY: Final = r"(?P<day>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))"
_CLOCK: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{0,9})?)?"
_DATE: Final = re.compile(rf"{_DAY}{_OFFSET}?", re.ASCII)
_TIME: Final = re.compile(rf"{_CLOCK}{_OFFSET}?", re.ASCII)
_DATE_TIME: Final = re.compile(rf"{_DAY}[tT]{_CLOCK}{_OFFSET}", re.ASCII)
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(
    rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*"
)
_PHONE: Final = re.compile(r"\+?\d+(?:[ -]\d+)*", re.ASCII)
_URL: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?:(?P<slashes>//)[^/?#\s]*)?"
    r"(?P<path>[^?#\s]*)\S*"
)
_MIN_PHONE_DIGITS: Final = 7
_MAX_PHONE_DIGITS: Final = 15
_INT_LIMIT: Final = 2**31
_LONG_LIMIT: Final = 2**63
_MAX_NUMBER_LENGTH: Final = 400
_MAX_SHOWN: Final = 200


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        # Java knows the year 0, Python does not.
        return text.startswith("0000-") and _is_day(f"0004{text[4:]}")
    return True


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    return match is not None and _is_day(match["day"])


def _is_date_time(text: str) -> bool:
    match = _DATE_TIME.fullmatch(text)
    return match is not None and _is_day(match["day"])


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return (
        _MIN_PHONE_DIGITS <= digits <= _MAX_PHONE_DIGITS
        and _PHONE.fullmatch(text) is not None
    )


def _is_url(text: str) -> bool:
    match = _URL.fullmatch(text)
    if match is None or "//" in match["path"]:
        return False
    return len(match[0]) > len(match["scheme"]) + 1


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return "%" not in text


def _text_scalar(name: str, noun: str, holds: Callable[[str], bool]) -> Scalar:
    def parse(value: object) -> object:
        if isinstance(value, str) and holds(value):
            return value
        raise NotCoercible(wire.UNPARSABLE_SCALAR % (shown(value), noun))

    def serialize(value: object) -> object:
        if isinstance(value, str) and holds(value):
            return value
        raise NotCoercible(wire.NOT_A_VALID % (shown(value), noun))

    return Scalar(name, parse, serialize)


def _parse_timestamp(value: object) -> object:
    """Take whole numbers alone; AppSync refuses ``1.0``."""
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and -_LONG_LIMIT <= value < _LONG_LIMIT
    ):
        return value
    raise NotCoercible(wire.UNPARSABLE_SCALAR % (shown(value), "Timestamp"))


def _serialize_timestamp(value: object) -> object:
    number = _whole(value)
    if number is None or not -_LONG_LIMIT <= number < _LONG_LIMIT:
        raise NotCoercible(wire.NOT_A_VALID % (shown(value), "Timestamp"))
    return number


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _parse_json(value: object) -> object:
    if isinstance(value, str):
        try:
            parsed: object = json.loads(
                value, parse_float=Decimal, parse_constant=_no_constant
            )
        except (ValueError, RecursionError, InvalidOperation):
            pass
        else:
            return parsed
    raise NotCoercible(wire.UNPARSABLE_SCALAR % (shown(value), "JSON"))


def plain(value: object) -> object:
    """Return what orjson asks for when it meets one of the store's values."""
    if isinstance(value, Decimal):
        whole = abs(value) < _LONG_LIMIT and not value % 1
        return int(value) if whole else _float(value)
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def json_text(value: object) -> bytes:
    """Return JSON in UTF-8; unlike orjson alone, whole numbers of any size."""
    try:
        return orjson.dumps(value, default=plain)
    except TypeError:
        text = json.dumps(
            value, default=plain, separators=(",", ":"), ensure_ascii=False
        )
        return text.encode()


def _serialize_json(value: object) -> object:
    if isinstance(value, ReadyJson):
        return value
    try:
        return json_text(value).decode()
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise NotCoercible(wire.NOT_A_VALID % (shown(value), "JSON")) from error


def shown(value: object) -> str:
    """Return how Java would print a value in a message, kept short."""
    text = _printed(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _printed(value: object) -> str:
    """Return how Java would print a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Mapping():
            inner = ", ".join(f"{key}={_printed(item)}" for key, item in value.items())
            return f"{{{inner}}}"
        case list() | tuple() | frozenset():
            return f"[{', '.join(_printed(item) for item in value)}]"
        case _:
            return str(value)


def _float(value: float | Decimal) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotCoercible(wire.NOT_A_VALID % (value, "Float"))
    return number


def _whole(value: object) -> int | None:
    """Return a whole number, also one written as text or with a zero fraction."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float():
            return int(value) if value.is_integer() else None
        case Decimal():
            whole = value.is_finite() and value.adjusted() < _MAX_NUMBER_LENGTH
            return int(value) if whole and value == value.to_integral_value() else None
        case str() if len(value) < _MAX_NUMBER_LENGTH:
            try:
                return _whole(Decimal(value))
            except ArithmeticError:
                return None
        case _:
            return None


def _serialize_int(value: object) -> object:
    number = _whole(value)
    if number is None or not -_INT_LIMIT <= number < _INT_LIMIT:
        raise NotCoercible(wire.NOT_A_VALID % (shown(value), "Int"))
    return number


def _serialize_float(value: object) -> object:
    if isinstance(value, str) and len(value) < _MAX_NUMBER_LENGTH:
        try:
            value = Decimal(value)
        except ArithmeticError:
            value = None
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _float(value)
    raise NotCoercible(wire.NOT_A_VALID % (shown(value), "Float"))


def parse_float(value: object) -> object:
    """Return an input number as it was written: whole ones stay exact.

    graphql-java takes any number; graphql-core refuses whole ones that are no doubles.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = _float(value)
        return value if isinstance(value, int) else number
    raise NotCoercible(wire.NOT_A_VALID % (shown(value), "Float"))


def _serialize_text(value: object) -> object:
    return value if isinstance(value, str) else _printed(value)


def _serialize_id(value: object) -> object:
    if isinstance(value, (str, bool, int, float, Decimal)):
        return _serialize_text(value)
    raise NotCoercible(wire.NOT_A_VALID % (shown(value), "ID"))


def _serialize_boolean(value: object) -> object:
    match value:
        case bool():
            return value
        case int() | float() | Decimal():
            return value != 0
        case str() if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        case _:
            raise NotCoercible(wire.NOT_A_VALID % (shown(value), "Boolean"))


AWS_SCALARS: Final = (
    _text_scalar("AWSDate", "Date", _is_date),
    _text_scalar("AWSTime", "Time", _is_time),
    _text_scalar("AWSDateTime", "DateTime", _is_date_time),
    Scalar("AWSTimestamp", _parse_timestamp, _serialize_timestamp),
    _text_scalar("AWSEmail", "Email", _is_email),
    Scalar("AWSJSON", _parse_json, _serialize_json),
    _text_scalar("AWSURL", "URL", _is_url),
    _text_scalar("AWSPhone", "Phone", _is_phone),
    _text_scalar("AWSIPAddress", "IPAddress", _is_ip_address),
)

# graphql-core owns the built-in types and their input; AppSync's output is laxer.
BUILT_IN: Final[Mapping[str, Callable[[object], object]]] = {
    "ID": _serialize_id,
    "String": _serialize_text,
    "Int": _serialize_int,
    "Float": _serialize_float,
    "Boolean": _serialize_boolean,
}
