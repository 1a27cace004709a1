"""What a request's JSON must look like, and the service's words when it does not.

The whole body is read by its shape first: the first wrong JSON type ends the request
as ``SerializationException``. Unknown members, and those that are null, are left out.
Source: dynalite's recordings of the service.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amplikit.store.typed_json import (
    WrongForm,
    check_flag,
    check_form,
    check_list,
    check_text,
    not_convertible,
    read_flag,
)

__all__ = [
    "Flag",
    "ListOf",
    "MapOf",
    "Member",
    "Shape",
    "Structure",
    "Text",
    "Value",
    "Whole",
    "read_shape",
]

_PACKAGE: Final = "com.amazonaws.dynamodb.v20120810"
_MAP_OF: Final = "java.util.Map<java.lang.String, {}>"
_PARAMETERIZED: Final = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast "
    "to class java.lang.Class (sun.reflect.generics.reflectiveObjects."
    "ParameterizedTypeImpl and java.lang.Class are in module java.base of loader "
    "'bootstrap')"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A string; ``longest`` 0 is any length. ``of_table`` names a table."""

    options: tuple[str, ...] = ()
    pattern: str = ""
    shortest: int = 0
    longest: int = 0
    of_table: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of a Java type."""

    java: str = "Integer"
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """An attribute value; ``is_member`` when it is a member of a structure."""

    is_member: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; ``nested`` when it is an element of a map."""

    element: Shape
    fewest: int = 0
    most: int = 0
    nested: bool = False


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map; ``java`` is the class of its values, ``nested`` when it is in a list.

    ``keys`` and ``sizes`` constrain all its keys, and the lengths of its values.
    """

    element: Shape
    java: str = f"{_PACKAGE}.AttributeValue"
    fewest: int = 0
    keys: Text | None = None
    sizes: tuple[int, int] | None = None
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure, by the name that it has on the wire."""

    name: str
    shape: Shape
    required: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """An object of known members, in the order in which the service checks them."""

    java: str
    members: tuple[Member, ...]
    is_member: bool = False


Shape = Text | Flag | Whole | Value | ListOf | MapOf | Structure


def read_shape(shape: Shape, document: object) -> object:
    """Return what is read, None for null.

    Raises ``WrongForm``, and ``Invalid`` for a value that nests too deep.
    """
    if document is None:
        return None
    match shape:
        case Text():
            check_text(document)
            return document
        case Flag():
            check_flag(document)
            return read_flag(document)
        case Whole(java):
            return _read_whole(java, document)
        case Value(is_member):
            check_form(document, is_member=is_member)
            return document
        case ListOf():
            return _read_list(shape, document)
        case MapOf():
            return _read_map(shape, document)
        case Structure():
            return _read_structure(shape, document)


def _read_whole(java: str, document: object) -> int:
    if isinstance(document, bool) or not isinstance(document, (int, float)):
        raise not_convertible(document, java)
    bits = 63 if java == "Long" else 31
    # Java's conversions clip what is too large for the type.
    return int(max(-(2**bits), min(document, 2**bits - 1)))


def _read_list(shape: ListOf, document: object) -> list[object]:
    if shape.nested and not isinstance(document, (list, dict)):
        raise WrongForm(_PARAMETERIZED)
    return [read_shape(shape.element, element) for element in check_list(document)]


def _read_map(shape: MapOf, document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        if isinstance(document, list):
            kind = _MAP_OF.format(shape.java)
            raise WrongForm(f"Unrecognized collection type {kind}")
        raise WrongForm(_PARAMETERIZED if shape.nested else "Unexpected field type")
    return {
        name: read_shape(shape.element, element) for name, element in document.items()
    }


def _read_structure(shape: Structure, document: object) -> dict[str, object]:
    if not isinstance(document, dict):
        if isinstance(document, list):
            name = f"{_PACKAGE}.{shape.java}"
            raise WrongForm(f"Unrecognized collection type class {name}")
        raise WrongForm(
            "Unexpected field type"
            if shape.is_member
            else "Unexpected value type in payload"
        )
    found: dict[str, object] = {}
    for member in shape.members:
        given = document.get(member.name)
        if given is not None:
            found[member.name] = read_shape(member.shape, given)
    return found
