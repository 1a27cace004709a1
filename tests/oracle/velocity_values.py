"""Java's maps, lists and strings as resolver templates see them.

A method or property that is not listed here raises: a shim that answers null to what it
does not know would agree with anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = [
    "Entry",
    "Loop",
    "NoProperty",
    "UnknownMember",
    "call",
    "java_text",
    "member",
    "to_java",
]


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class UnknownMember(Exception):
    """A template uses something that the shim does not have."""


class NoProperty(UnknownMember):
    """A text has no properties: the reference is null, and prints as it is written."""


class Entry:
    """``Map.Entry``."""

    def __init__(self, key: object, value: object) -> None:
        self.key = key
        self.value = value


class Loop:
    """``$foreach``: its members are read with and without parentheses."""

    def __init__(self, count: int, size: int) -> None:
        self.count = count
        self.has_next = count < size


Method = Callable[..., object]


def _put(target: dict, key: object, value: object) -> object:
    old = target.get(key)
    target[key] = value
    return old


def _put_all(target: dict, values: dict) -> None:
    target.update(values)


def _add(target: list, value: object) -> bool:
    target.append(value)
    return True


def _add_all(target: list, values: list) -> bool:
    target.extend(values)
    return bool(values)


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    return re.sub(pattern, replacement, text)


def _split(text: str, pattern: str) -> list[str]:
    parts = re.split(pattern, text)
    while len(parts) > 1 and parts[-1] == "":
        parts.pop()
    return parts


def _has(container: list, value: object) -> bool:
    return any(type(one) is type(value) and one == value for one in container)


def _contains_text(text: str, part: object) -> bool:
    if part is None:
        message = "String.contains(null) is a NullPointerException"
        raise UnknownMember(message)
    return str(part) in text


_MAP: dict[str, Method] = {
    "containsKey": lambda m, k: k in m,
    "entrySet": lambda m: [Entry(k, v) for k, v in m.items()],
    "get": lambda m, k: m.get(k),
    "isEmpty": lambda m: not m,
    "keySet": list,
    "put": _put,
    "putAll": _put_all,
    "remove": lambda m, k: m.pop(k, None),
    "size": len,
}
_LIST: dict[str, Method] = {
    "add": _add,
    "addAll": _add_all,
    "contains": _has,
    "get": lambda items, index: items[index],
    "isEmpty": lambda items: not items,
    # v2's owner projection calls it; Java has no such method, so nothing happens.
    "put": lambda *_: None,
    "size": len,
}
_STRING: dict[str, Method] = {
    "contains": _contains_text,
    "isEmpty": lambda text: not text,
    "replaceAll": _replace_all,
    # v1 asks a group claim for its size; a text has none, and the reference is null.
    "size": lambda _: None,
    "split": _split,
    "toLowerCase": str.lower,
    "trim": str.strip,
}


def call(target: object, name: str, arguments: list[object]) -> object:
    """Call a Java method; on null it gives null, as a Velocity reference does."""
    match target:
        case None:
            return None
        case dict():
            methods = _MAP
        case list():
            methods = _LIST
        case str():
            methods = _STRING
        case Loop():
            return member(target, name)
        case _:
            return _own(target, name)(*arguments)
    if name not in methods:
        message = f"{type(target).__name__}.{name}()"
        raise UnknownMember(message)
    return methods[name](target, *arguments)


def member(target: object, name: str) -> object:
    """Return a property: a map's value, or a declared attribute of the shim."""
    match target:
        case None:
            return None
        case dict():
            return target.get(name)
        case str():
            raise NoProperty(name)
        case list() | int() | float():
            message = f"{type(target).__name__}.{name}"
            raise UnknownMember(message)
        case _:
            return _own(target, name)


def _own(target: object, name: str) -> Any:  # noqa: ANN401 - a member of the shim
    """Return a member of the shim, whose names are Python's."""
    known = _HUMP.sub("_", name).lower()
    if not hasattr(target, known):
        message = f"{type(target).__name__}.{name}"
        raise UnknownMember(message)
    return getattr(target, known)


def java_text(value: object) -> str:
    """Return ``toString()``."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + ", ".join(map(java_text, value)) + "]"
        case dict():
            pairs = (f"{java_text(k)}={java_text(v)}" for k, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        case _:
            return str(value)


def to_java(value: object) -> object:
    """Copy JSON-shaped data, so that a template cannot change the original."""
    match value:
        case dict():
            return {name: to_java(one) for name, one in value.items()}
        case list() | tuple():
            return [to_java(one) for one in value]
        case _:
            return value
