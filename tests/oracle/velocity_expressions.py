"""DynamoDB's condition and update expressions, read and evaluated from their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from velocity_util import AppSyncError, from_typed

__all__ = ["Expression", "update"]

_TOKEN = re.compile(r"\s*(<=|>=|<>|[=<>(),]|:[\w]+|#[^\s=<>(),]+|[A-Za-z_][\w]*)")
_ABSENT = object()
_COMPARISONS = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass
class Expression:
    """An expression of a request, tested against an item (None: there is none)."""

    text: str
    names: dict[str, str]
    values: dict[str, object]

    @classmethod
    def of(cls, given: dict) -> Expression:
        return cls(
            given["expression"],
            given.get("expressionNames") or {},
            given.get("expressionValues") or {},
        )

    def holds(self, item: dict[str, object] | None) -> bool:
        if not self.text.strip():
            message = "Invalid FilterExpression: The expression can not be empty;"
            raise AppSyncError(message, "DynamoDB:ValidationException")
        return _Reader(self, item or {}).whole()

    def conditions_on(self, attribute: str) -> list[str]:
        """Return where a key condition names an attribute."""
        return [
            token
            for token in _tokens(self.text)
            if self.names.get(token, token) == attribute
        ]

    def key_equalities(self) -> dict[str, object]:
        """Return the attributes that a key condition fixes by ``=``."""
        pairs = re.findall(r"(#?[\w#]+)\s*=\s*(:\w+)", self.text)
        return {
            self.names.get(name, name): from_typed(self.values[value])
            for name, value in pairs
        }


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            message = f"cannot read {text[at:]!r} in {text!r}"
            raise ValueError(message)
        tokens.append(found[1])
        at = found.end()
    return tokens


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | Decimal):
        return "number"
    return type(value).__name__


class _Reader:
    def __init__(self, expression: Expression, item: dict[str, object]) -> None:
        self._given = expression
        self._item = item
        self._tokens = _tokens(expression.text)
        self._at = 0

    def whole(self) -> bool:
        result = self._or()
        if self._at != len(self._tokens):
            message = f"left over in {self._given.text!r}"
            raise ValueError(message)
        return result

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self, wanted: str | None = None) -> str:
        token = self._peek()
        if not token or (wanted is not None and token != wanted):
            message = f"{token!r} instead of {wanted!r} in {self._given.text!r}"
            raise ValueError(message)
        self._at += 1
        return token

    def _or(self) -> bool:
        result = self._and()
        while self._peek() == "OR":
            self._next()
            right = self._and()
            result = result or right
        return result

    def _and(self) -> bool:
        result = self._not()
        while self._peek() == "AND":
            self._next()
            right = self._not()
            result = result and right
        return result

    def _not(self) -> bool:
        if self._peek() == "NOT":
            self._next()
            return not self._not()
        if self._peek() == "(":
            self._next()
            result = self._or()
            self._next(")")
            return result
        return self._test()

    def _test(self) -> bool:
        functions = {
            "attribute_exists": lambda a: a is not _ABSENT,
            "attribute_not_exists": lambda a: a is _ABSENT,
            "begins_with": _begins_with,
            "contains": _contains,
        }
        if self._peek() in functions:
            name = self._next()
            self._next("(")
            arguments = [self._operand()]
            while self._peek() == ",":
                self._next()
                arguments.append(self._operand())
            self._next(")")
            return functions[name](*arguments)
        left = self._operand()
        operator = self._next()
        if operator == "BETWEEN":
            low = self._operand()
            self._next("AND")
            high = self._operand()
            return _compare(">=", left, low) and _compare("<=", left, high)
        if operator == "IN":
            self._next("(")
            options = [self._operand()]
            while self._peek() == ",":
                self._next()
                options.append(self._operand())
            self._next(")")
            return any(_compare("=", left, one) for one in options)
        return _compare(operator, left, self._operand())

    def _operand(self) -> object:
        token = self._next()
        if token.startswith(":"):
            return from_typed(self._given.values[token])
        name = self._given.names.get(token, token)
        return self._item.get(name, _ABSENT)


def _compare(operator: str, left: object, right: object) -> bool:
    if left is _ABSENT or right is _ABSENT:
        return operator == "<>" and left is not right
    if _kind(left) != _kind(right):
        return operator == "<>"
    return _COMPARISONS[operator](left, right)


def _begins_with(left: object, prefix: object) -> bool:
    return isinstance(left, str) and left.startswith(str(prefix))


def _contains(left: object, part: object) -> bool:
    if isinstance(left, str):
        return isinstance(part, str) and part in left
    if isinstance(left, list):
        return any(_kind(one) == _kind(part) and one == part for one in left)
    return False


def update(item: dict[str, object], given: dict) -> dict[str, object]:
    """Return the item after a ``SET`` / ``REMOVE`` expression."""
    changed = dict(item)
    text = given["expression"]
    names, values = given["expressionNames"], given.get("expressionValues") or {}
    sections = re.split(r"\b(SET|REMOVE|ADD)\b", text)[1:]
    for verb, body in zip(sections[::2], sections[1::2], strict=True):
        if not body.strip():
            continue
        if verb == "SET":
            for name, value in re.findall(r"(#\S+) = (:[^\s,]+)", body):
                changed[names[name]] = from_typed(values[value])
        elif verb == "REMOVE":
            for name in re.findall(r"#[^\s,]+", body):
                changed.pop(names[name], None)
        else:
            raise ValueError(text)
    return changed
