"""Whether a literal argument fits its type, told as graphql-java tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    Undefined,
    VariableNode,
    coerce_input_literal,
)

from amplikit.emulator import wire

if TYPE_CHECKING:
    from graphql import ObjectFieldNode, ValueNode

__all__ = ["Misfit", "misfit", "printed"]


class Misfit(NamedTuple):
    """Where in an argument a value does not fit, and why."""

    path: str
    value: ValueNode
    reason: str


def misfit(path: str, value: ValueNode, type_: GraphQLInputType) -> Misfit | None:
    """Return the first thing wrong with a literal; variables are checked elsewhere.

    Source: graphql-java, ``ValidationUtil.isValidLiteralValue`` and its order: missing
    fields are named before unknown ones (aws-appsync-community issue 273).
    """
    if isinstance(value, VariableNode):
        return None
    if isinstance(type_, GraphQLNonNull):
        if isinstance(value, NullValueNode):
            return Misfit(path, value, wire.MUST_NOT_BE_NULL)
        return misfit(path, value, type_.of_type)
    if isinstance(value, NullValueNode):
        return None
    match type_:
        case GraphQLList():
            return _list_misfit(path, value, type_)
        case GraphQLInputObjectType():
            return _object_misfit(path, value, type_)
        case GraphQLEnumType() | GraphQLScalarType():
            if coerce_input_literal(value, type_) is Undefined:
                return Misfit(path, value, wire.NOT_VALID_FOR_TYPE % type_.name)
            return None


def _list_misfit(
    path: str, value: ValueNode, type_: GraphQLList[GraphQLInputType]
) -> Misfit | None:
    if not isinstance(value, ListValueNode):
        return misfit(path, value, type_.of_type)
    found = (
        misfit(f"{path}[{index}]", element, type_.of_type)
        for index, element in enumerate(value.values)
    )
    return next(filter(None, found), None)


def _object_misfit(
    path: str, value: ValueNode, type_: GraphQLInputObjectType
) -> Misfit | None:
    if not isinstance(value, ObjectValueNode):
        return Misfit(path, value, wire.MUST_BE_OBJECT)
    given = {field.name.value: field.value for field in value.fields}
    missing = [
        name
        for name, field in type_.fields.items()
        if isinstance(field.type, GraphQLNonNull)
        and field.default_value is Undefined
        and name not in given
    ]
    if missing:
        names = f"[{', '.join(missing)}]"
        return Misfit(path, value, wire.MISSING_REQUIRED_FIELDS % names)
    for name, element in given.items():
        if name not in type_.fields:
            return Misfit(path, value, wire.FIELD_NOT_IN_TYPE % (type_.name, name))
        found = misfit(f"{path}.{name}", element, type_.fields[name].type)
        if found:
            return found
    return None


def printed(value: ValueNode) -> str:
    """Return a value as graphql-java prints its syntax tree."""
    match value:
        case NullValueNode():
            return "NullValue{}"
        case VariableNode():
            return f"VariableReference{{name='{value.name.value}'}}"
        case StringValueNode():
            return f"StringValue{{value='{value.value}'}}"
        case BooleanValueNode():
            return f"BooleanValue{{value={'true' if value.value else 'false'}}}"
        case EnumValueNode():
            return f"EnumValue{{name='{value.value}'}}"
        case IntValueNode():
            return f"IntValue{{value={value.value}}}"
        case FloatValueNode():
            return f"FloatValue{{value={value.value}}}"
        case ListValueNode():
            inner = ", ".join(printed(element) for element in value.values)
            return f"ArrayValue{{values=[{inner}]}}"
        case ObjectValueNode():
            inner = ", ".join(map(_printed_field, value.fields))
            return f"ObjectValue{{objectFields=[{inner}]}}"
        case _:
            return str(value)


def _printed_field(field: ObjectFieldNode) -> str:
    return f"ObjectField{{name='{field.name.value}', value={printed(field.value)}}}"
