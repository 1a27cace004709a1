"""The constraints of a request's members, all of which are told of together.

Source: dynalite's recordings of the service, which reports ten at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator.dynamodb.shapes import (
    ListOf,
    MapOf,
    Structure,
    Text,
    Whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.dynamodb.shapes import Shape

__all__ = ["IsTable", "violations"]

IsTable = Callable[[str], bool]

_MAX_TOLD: Final = 10
_NOT_NULL: Final = "Member must not be null"


def violations(
    shape: Structure, found: dict[str, object], is_table: IsTable
) -> str | None:
    """Return the service's message, or None when every constraint is met.

    The name of an existing table is always good: those of the models may be shorter
    than AWS's own, which have the id of the API in them.
    """
    told = []
    for one in _of_structure(shape, found, "", is_table):
        told.append(one)
        if len(told) == _MAX_TOLD:
            break
    if not told:
        return None
    plural = "" if len(told) == 1 else "s"
    return f"{len(told)} validation error{plural} detected: {'; '.join(told)}"


def _of_structure(
    shape: Structure, found: dict[str, object], place: str, is_table: IsTable
) -> Iterator[str]:
    for member in shape.members:
        value = found.get(member.name)
        where = f"{place}{member.name[0].lower()}{member.name[1:]}"
        if value is None:
            if member.required:
                yield _told(None, where, _NOT_NULL)
        else:
            yield from _of_value(member.shape, value, where, is_table)


def _of_value(
    shape: Shape, value: object, where: str, is_table: IsTable
) -> Iterator[str]:
    match shape, value:
        case Text(), str():
            if not (shape.of_table and is_table(value)):
                for constraint in _unmet(shape, value):
                    yield _told(value, where, constraint)
        case Whole(least=least, most=most), int():
            if least is not None and value < least:
                constraint = f"have value greater than or equal to {least}"
                yield _told(value, where, f"Member must {constraint}")
            if most is not None and value > most:
                constraint = f"have value less than or equal to {most}"
                yield _told(value, where, f"Member must {constraint}")
        case ListOf(), list():
            for constraint in _unmet_length(len(value), shape.fewest, shape.most):
                yield _told(value, where, constraint)
            for number, element in enumerate(value, 1):
                yield from _of_element(
                    shape.element, element, f"{where}.{number}", is_table
                )
        case MapOf(), dict():
            yield from _of_map(shape, value, where, is_table)
        case Structure(), dict():
            yield from _of_structure(shape, value, f"{where}.", is_table)
        case _:
            pass


def _of_map(
    shape: MapOf, value: dict[str, object], where: str, is_table: IsTable
) -> Iterator[str]:
    for constraint in _unmet_length(len(value), shape.fewest, 0):
        yield _told(value, where, constraint)
    keys = shape.keys
    if keys and any(not is_table(key) and any(_unmet(keys, key)) for key in value):
        yield _told(
            value,
            where,
            "Map keys must satisfy constraint: [Member must have length less than or "
            f"equal to {keys.longest}, Member must have length greater than or equal "
            f"to {keys.shortest}, Member must satisfy regular expression pattern: "
            f"{keys.pattern}]",
        )
    if shape.sizes:
        fewest, most = shape.sizes
        lengths = [len(each) for each in value.values() if isinstance(each, list)]
        if any(not fewest <= length <= most for length in lengths):
            yield _told(
                value,
                where,
                "Map value must satisfy constraint: [Member must have length less than "
                f"or equal to {most}, Member must have length greater than or equal to "
                f"{fewest}]",
            )
    for key, element in value.items():
        yield from _of_element(shape.element, element, f"{where}.{key}", is_table)


def _of_element(
    shape: Shape, element: object, where: str, is_table: IsTable
) -> Iterator[str]:
    place = f"{where}.member"
    if element is None:
        yield _told(None, place, _NOT_NULL)
    else:
        yield from _of_value(shape, element, place, is_table)


def _unmet(shape: Text, value: str) -> Iterator[str]:
    if shape.options and value not in shape.options:
        yield f"Member must satisfy enum value set: [{', '.join(shape.options)}]"
    if shape.pattern and not _pattern(shape.pattern).fullmatch(value):
        yield f"Member must satisfy regular expression pattern: {shape.pattern}"
    yield from _unmet_length(len(value), shape.shortest, shape.longest)


def _unmet_length(length: int, fewest: int, most: int) -> Iterator[str]:
    if length < fewest:
        yield f"Member must have length greater than or equal to {fewest}"
    if most and length > most:
        yield f"Member must have length less than or equal to {most}"


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _told(value: object, where: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{_shown(value)}'"
    return f"Value {shown} at '{where}' failed to satisfy constraint: {constraint}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return "null" if value is None else str(value)
