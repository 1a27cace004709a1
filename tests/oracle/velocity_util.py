"""``$util`` and ``$extensions`` of AppSync's mapping templates, in Python's spelling.

Source: AppSync developer guide, "Resolver mapping template utility reference".
"""

from __future__ import annotations

import base64
import json
from decimal import Decimal

from velocity_values import java_text, to_java

__all__ = ["AppSyncError", "Extensions", "Util", "from_typed", "to_typed"]


class AppSyncError(Exception):
    """``util.error`` and ``util.unauthorized``."""

    def __init__(self, message: str, error_type: str | None) -> None:
        super().__init__(message)
        self.message = message
        self.error_type = error_type


def to_typed(value: object) -> dict[str, object]:
    """Return DynamoDB's JSON of a value."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float() | Decimal():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case list():
            return {"L": [to_typed(one) for one in value]}
        case dict():
            return {"M": {name: to_typed(one) for name, one in value.items()}}
        case _:
            raise TypeError(value)


def from_typed(typed: dict[str, object]) -> object:
    """Return the value of DynamoDB's JSON."""
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            return java_text(value) if not isinstance(value, str) else value
        case "N":
            number = Decimal(str(value))
            return int(number) if number == number.to_integral_value() else number
        case "BOOL":
            return value
        case "NULL":
            return None
        case "L":
            return [from_typed(one) for one in value]
        case "M":
            return {name: from_typed(one) for name, one in value.items()}
        case _:
            raise TypeError(kind)


class Util:
    """``$util``; ``auth_type`` is what ``authType()`` answers.

    ``appended`` takes the errors of ``appendError``, type and message.
    """

    def __init__(
        self,
        auth_type: str,
        now: str,
        new_id: str,
        appended: list[tuple[str | None, str]],
    ) -> None:
        self._auth_type = auth_type
        self._appended = appended
        self.time = _Time(now)
        self.dynamodb = _DynamoDb()
        self.transform = _Transform()
        self.map = _Map()
        self.list = _List()
        self.http = _Http()
        self._new_id = new_id

    def auth_type(self) -> str:
        return self._auth_type

    def auto_id(self) -> str:
        return self._new_id

    def qr(self, _: object) -> str:
        return ""

    def is_null(self, value: object) -> bool:
        return value is None

    def is_null_or_empty(self, value: object) -> bool:
        return value is None or value in ("", [], {})

    def is_null_or_blank(self, value: object) -> bool:
        return value is None or (isinstance(value, str) and not value.strip())

    def default_if_null(self, value: object, default: object) -> object:
        return default if value is None else value

    def default_if_null_or_blank(self, value: object, default: object) -> object:
        return default if self.is_null_or_blank(value) else value

    def is_string(self, value: object) -> bool:
        return isinstance(value, str)

    def is_list(self, value: object) -> bool:
        return isinstance(value, list)

    def to_json(self, value: object) -> str:
        return json.dumps(value, default=_number)

    def parse_json(self, text: str) -> object:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return None

    def base64_encode(self, text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    def error(self, message: str, error_type: str | None = None) -> None:
        raise AppSyncError(message, error_type)

    def append_error(self, message: str, error_type: object = None) -> str:
        kind = None if error_type is None else java_text(error_type)
        self._appended.append((kind, message))
        return ""

    def unauthorized(self) -> None:
        raise AppSyncError("", "Unauthorized")


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)


class _Time:
    def __init__(self, now: str) -> None:
        self._now = now

    def now_iso8601(self) -> str:
        return self._now


class _DynamoDb:
    def to_dynamo_db(self, value: object) -> object:
        return to_typed(value)

    def to_dynamo_dbjson(self, value: object) -> str:
        return json.dumps(to_typed(value))

    def to_map_values(self, values: dict) -> object:
        return {name: to_typed(one) for name, one in values.items()}

    def to_map_values_json(self, values: dict) -> str:
        return json.dumps(self.to_map_values(values))


class _Map:
    def copy_and_retain_all_keys(self, values: dict, keys: list) -> dict:
        return {name: one for name, one in values.items() if name in keys}

    def copy_and_remove_all_keys(self, values: dict, keys: list) -> dict:
        return {name: one for name, one in values.items() if name not in keys}


class _Http:
    def copy_headers(self, headers: dict[str, object]) -> dict[str, object]:
        return {
            name: value for name, value in headers.items() if name not in _RESTRICTED
        }


_RESTRICTED = {
    *("transfer-encoding", "connection", "host", "expect", "keep-alive", "upgrade"),
    *("proxy-authenticate", "proxy-authorization", "te", "content-length"),
}


class _List:
    def copy_and_remove_all(self, values: list, removed: list) -> list:
        return [one for one in values if one not in removed]


_OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_FUNCTIONS = {"beginsWith": "begins_with", "contains": "contains"}


class _Transform:
    """Filter objects as expressions; every placeholder is used once."""

    def to_dynamo_dbfilter_expression(self, given: dict) -> str:
        names: dict[str, str] = {}
        values: dict[str, object] = {}
        expression = _expression(given, names, values)
        return json.dumps(
            {
                "expression": expression,
                "expressionNames": names,
                "expressionValues": values,
            }
        )

    to_dynamo_dbcondition_expression = to_dynamo_dbfilter_expression

    def to_subscription_filter(self, given: dict) -> object:
        return to_java(given)


def _expression(given: dict, names: dict[str, str], values: dict[str, object]) -> str:
    parts = []
    for name, wanted in given.items():
        if name in {"and", "or"}:
            inner = [f"({_expression(one, names, values)})" for one in wanted]
            parts.append("(" + f" {name.upper()} ".join(inner) + ")")
        elif name == "not":
            parts.append(f"(NOT ({_expression(wanted, names, values)}))")
        else:
            names[f"#{name}"] = name
            for operator, value in wanted.items():
                parts.append(_test(f"#{name}", operator, value, values))
    return " AND ".join(parts)


def _test(name: str, operator: str, value: object, values: dict[str, object]) -> str:
    def given(one: object) -> str:
        placeholder = f":v{len(values)}"
        values[placeholder] = to_typed(one)
        return placeholder

    if operator in _OPERATORS:
        return f"{name} {_OPERATORS[operator]} {given(value)}"
    if operator in _FUNCTIONS:
        return f"{_FUNCTIONS[operator]}({name}, {given(value)})"
    match operator:
        case "notContains":
            return f"NOT contains({name}, {given(value)})"
        case "between":
            return f"{name} BETWEEN {given(value[0])} AND {given(value[1])}"
        case "in":
            return f"({name} IN ({', '.join(given(one) for one in value)}))"
        case "attributeExists":
            return f"attribute_{'' if value else 'not_'}exists({name})"
        case _:
            raise ValueError(operator)


class Extensions:
    """``$extensions``."""

    def __init__(self) -> None:
        self.filter: object = None

    def set_subscription_filter(self, given: object) -> str:
        self.filter = given
        return ""
