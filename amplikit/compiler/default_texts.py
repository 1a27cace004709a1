"""Which texts the transformer takes for the default of a scalar.

Some of them are no values of the type all the same, and its template is then broken:
``accepted`` and ``usable`` are two questions.

Source: validators.ts of amplify-graphql-default-value-transformer.
"""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import date
from typing import TYPE_CHECKING

import phonenumbers

from amplikit.compiler.type_nodes import SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["WITHOUT_DEFAULT", "accepted", "is_number", "usable"]

_INT_LIMIT = 2**31
_WHOLE = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BEGINS_WHOLE = re.compile(r"\s*[+-]?[0-9]")
_BEGINS_NUMBER = re.compile(r"\s*[+-]?(?:\.?[0-9]|Infinity)")

_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_DATE = re.compile(_DAY)
_TIME = re.compile(_CLOCK + _ZONE)
_DATE_TIME = re.compile(f"{_DAY}T{_CLOCK}{_ZONE}")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>.*)", re.DOTALL)
_HOST = re.compile(r"[/\\]*(?:[^/?#\\@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^/?#\\@:\s<>^|%]+)")
_NEEDS_HOST = frozenset({"http", "https", "ftp", "ws", "wss"})


def is_number(text: str) -> bool:
    """Whether the text is a number in JSON and in the template language."""
    return _NUMBER.fullmatch(text.strip()) is not None


def accepted(type_name: str, text: str) -> bool:
    """Whether the transformer accepts the text for this scalar."""
    return _ACCEPTED[type_name](text)


def usable(type_name: str, text: str) -> bool:
    """Whether an accepted text, put into the template, is a value of the scalar."""
    match type_name:
        case "Int":
            found = _WHOLE.fullmatch(text.strip())
            return found is not None and -_INT_LIMIT <= int(text) < _INT_LIMIT
        case "AWSTimestamp":
            return _WHOLE.fullmatch(text.strip()) is not None
        case "Float":
            return is_number(text)
        case "Boolean":
            return text in {"true", "false"}
        case _:
            return True


def _is_text(_text: str) -> bool:
    return True


def _is_whole(text: str) -> bool:
    return _BEGINS_WHOLE.match(text) is not None


def _is_float(text: str) -> bool:
    return _BEGINS_NUMBER.match(text) is not None


def _is_boolean(text: str) -> bool:
    return text.lower() in {"true", "false"}


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return False
    return True


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _is_day(found: re.Match[str] | None) -> bool:
    if found is None:
        return False
    # JavaScript knows the year 0, Python does not.
    day = found["day"].replace("0000-", "0004-", 1)
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    return _is_day(_DATE.fullmatch(text))


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None


def _is_date_time(text: str) -> bool:
    return _is_day(_DATE_TIME.fullmatch(text))


def _is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    found = _URL.fullmatch(text.strip())
    if found is None:
        return False
    if found["scheme"].lower() not in _NEEDS_HOST:
        return True
    return _HOST.match(found["rest"]) is not None


def _is_phone(text: str) -> bool:
    """Whether it is a number of some country's numbering plan, ``+`` included.

    The transformer knows the kinds of numbers only where countries share a code.
    """
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    code = number.country_code or 0
    countries = phonenumbers.region_codes_for_country_code(code)
    if len(countries) > 1:
        return phonenumbers.is_valid_number(number)
    plan = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(
        code, next(iter(countries), "")
    )
    general = plan.general_desc if plan else None
    pattern = general.national_number_pattern if general else None
    national = phonenumbers.national_significant_number(number)
    return pattern is not None and re.fullmatch(pattern, national) is not None


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_ACCEPTED: dict[str, Callable[[str], bool]] = {
    "ID": _is_text,
    "String": _is_text,
    "Int": _is_whole,
    "Float": _is_float,
    "Boolean": _is_boolean,
    "AWSJSON": _is_json,
    "AWSDate": _is_date,
    "AWSTime": _is_time,
    "AWSDateTime": _is_date_time,
    "AWSTimestamp": _is_whole,
    "AWSEmail": _is_email,
    "AWSURL": _is_url,
    "AWSPhone": _is_phone,
    "AWSIPAddress": _is_ip_address,
}
WITHOUT_DEFAULT = frozenset(SCALARS) - frozenset(_ACCEPTED)
"""Scalars for which the transformer has no test, and fails."""
