"""How a resolver's raw value becomes what graphql-core completes, by the field's type.

A value that does not fit becomes an exception in its place: graphql-core raises it
where it stands, with the right path, and the other elements of a list survive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLScalarType,
    is_composite_type,
)

from amplikit.emulator import wire
from amplikit.emulator.failures import NullForNonNull, TypeMismatch
from amplikit.emulator.scalars import BUILT_IN, NotCoercible

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["Adapter", "adapter", "exact", "weight"]

Adapter = Callable[[object], object]

_WHOLE_FLOATS = 2**53


def adapter(type_: GraphQLOutputType, parent: str) -> Adapter:
    """Return the function that prepares the values of a field of this type."""
    match type_:
        case GraphQLNonNull():
            # graphql-java has no name for a list in this message.
            inner = type_.of_type
            name = inner.name if isinstance(inner, GraphQLNamedType) else "null"
            return _required(adapter(inner, parent), name, parent)
        case GraphQLList():
            return _list_of(adapter(type_.of_type, parent))
        case GraphQLScalarType() if type_.name in BUILT_IN:
            return _optional(BUILT_IN[type_.name])
        case GraphQLEnumType():
            return _enum(type_)
        case _ if is_composite_type(type_):
            return _object
        case _:
            return _as_it_is


def _as_it_is(value: object) -> object:
    return value


def _required(inner: Adapter, name: str, parent: str) -> Adapter:
    def adapt(value: object) -> object:
        return NullForNonNull(name, parent) if value is None else inner(value)

    return adapt


def _list_of(inner: Adapter) -> Adapter:
    def adapt(value: object) -> object:
        match value:
            case None:
                return None
            case list() | tuple():
                return [inner(element) for element in value]
            case frozenset():
                return [inner(element) for element in sorted(value, key=str)]
            case _:
                return TypeMismatch("LIST", _java_type(value))

    return adapt


def _optional(serialize: Callable[[object], object]) -> Adapter:
    def adapt(value: object) -> object:
        if value is None:
            return None
        try:
            return serialize(value)
        except NotCoercible as failure:
            return failure

    return adapt


def _enum(type_: GraphQLEnumType) -> Adapter:
    def adapt(value: object) -> object:
        if value is None or (isinstance(value, str) and value in type_.values):
            return value
        return NotCoercible(wire.NO_SUCH_ENUM_VALUE % (type_.name, value))

    return adapt


def _object(value: object) -> object:
    if value is None or isinstance(value, Mapping):
        return value
    return TypeMismatch("OBJECT", _java_type(value))


def _java_type(value: object) -> str:
    match value:
        case bool():
            return "BOOLEAN"
        case int() | float() | Decimal():
            return "NUMBER"
        case str():
            return "STRING"
        case list() | tuple() | frozenset():
            return "LIST"
        case _:
            return "OBJECT"


def exact(value: object) -> AttributeValue:
    """Return an argument with its floats as the decimal numbers that were written."""
    match value:
        case float():
            if value.is_integer() and abs(value) < _WHOLE_FLOATS:
                return int(value)
            return Decimal(repr(value))
        case list():
            return [exact(element) for element in value]
        case dict():
            return {name: exact(element) for name, element in value.items()}
        case str() | int() | Decimal() | None:
            return value
        case _:
            message = f"an argument's value is of {type(value)}"
            raise TypeError(message)


def weight(value: object) -> int:
    """Return how many characters a value has in JSON, or fewer."""
    match value:
        case str():
            return len(value)
        case list() | tuple() | frozenset():
            return sum(map(weight, value)) + len(value)
        case Mapping():
            return sum(len(str(name)) + weight(one) for name, one in value.items())
        case _:
            return 1
