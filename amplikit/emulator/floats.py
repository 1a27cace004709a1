"""``Float`` as graphql-java reads it: any number, and whole ones exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLFloat,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    IntValueNode,
)

from amplikit.emulator.scalars import parse_float

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        GraphQLArgument,
        GraphQLField,
        GraphQLInputField,
        GraphQLSchema,
        GraphQLType,
        ValueNode,
    )

__all__ = ["read_floats_exactly"]


def read_floats_exactly(schema: GraphQLSchema) -> None:
    """Give one schema a ``Float`` of its own; graphql-core's is everybody's."""
    if "Float" not in schema.type_map:
        return
    own = GraphQLScalarType(
        "OwnFloat",
        description=GraphQLFloat.description,
        coerce_input_value=parse_float,
        coerce_input_literal=_from_literal,
    )
    # graphql-core lets nobody create a type with the name of one of its own.
    own.name = GraphQLFloat.name
    schema.type_map["Float"] = own
    for place in _typed(schema):
        place.type = _replaced(place.type, own)  # type: ignore[assignment]  # the same wrappers


def _from_literal(node: ValueNode) -> object:
    match node:
        case IntValueNode():
            return parse_float(int(node.value))
        case FloatValueNode():
            return parse_float(float(node.value))
        case _:
            message = "Float cannot represent a value that is no number"
            raise GraphQLError(message, node)


def _typed(
    schema: GraphQLSchema,
) -> Iterator[GraphQLField | GraphQLArgument | GraphQLInputField]:
    """Yield whatever has a type."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            yield from type_.fields.values()
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field in type_.fields.values():
                yield field
                yield from field.args.values()
    for directive in schema.directives:
        yield from directive.args.values()


def _replaced(type_: GraphQLType, own: GraphQLScalarType) -> GraphQLType:
    """Return the type with the schema's own ``Float`` inside its wrappers."""
    match type_:
        case GraphQLNonNull():
            return GraphQLNonNull(_replaced(type_.of_type, own))  # type: ignore[type-var]  # what was nullable stays so
        case GraphQLList():
            return GraphQLList(_replaced(type_.of_type, own))
        case _:
            return own if type_ is GraphQLFloat else type_
