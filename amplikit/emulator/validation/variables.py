"""Why a request's variables are refused, as graphql-java tells it.

graphql-core coerces the values; this is asked only when it refuses them, and tells the
first reason, since graphql-java stops there.
Source: graphql-java, ``ValuesResolver.coerceVariableValues``; aws-appsync-community
issues 273 and 406 (a null deep inside is told of the variable).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
    is_input_type,
    type_from_ast,
)

from amplikit.emulator import wire
from amplikit.emulator.scalars import BUILT_IN, NotCoercible, shown

if TYPE_CHECKING:
    from graphql import GraphQLSchema, OperationDefinitionNode, VariableDefinitionNode

__all__ = ["refused_variables"]


@dataclass(frozen=True, slots=True)
class _Reason:
    message: str
    located: bool = True


def refused_variables(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
) -> GraphQLError:
    """Return the error of the first variable that does not fit its declared type."""
    for definition in operation.variable_definitions or ():
        try:
            reason = _variable_reason(schema, definition, variables)
        except RecursionError:
            break
        if reason:
            return GraphQLError(reason.message, definition if reason.located else None)
    # Nothing is wrong with any value, so it is their depth.
    return GraphQLError(wire.NESTED_TOO_DEEPLY)


def _variable_reason(
    schema: GraphQLSchema,
    definition: VariableDefinitionNode,
    variables: Mapping[str, object],
) -> _Reason | None:
    type_ = type_from_ast(schema, definition.type)
    name = definition.variable.name.value
    if type_ is None or not is_input_type(type_):
        return None
    if name not in variables:
        if isinstance(type_, GraphQLNonNull) and not definition.default_value:
            return _Reason(wire.NULL_VARIABLE % (name, type_))
        return None
    return _reason(name, name, variables[name], type_)


def _reason(
    variable: str, name: str, value: object, type_: GraphQLInputType
) -> _Reason | None:
    if isinstance(type_, GraphQLNonNull):
        if value is None:
            return _Reason(wire.NULL_VARIABLE % (variable, type_))
        return _reason(variable, name, value, type_.of_type)
    if value is None:
        return None
    match type_:
        case GraphQLList():
            elements = value if isinstance(value, list) else [value]
            found = (
                _reason(variable, name, element, type_.of_type) for element in elements
            )
            return next(filter(None, found), None)
        case GraphQLInputObjectType():
            return _object_reason(variable, name, value, type_)
        case GraphQLEnumType():
            if isinstance(value, str) and value in type_.values:
                return None
            words = wire.ENUM_VARIABLE % (type_.name, _java(value))
            return _Reason(wire.INVALID_VARIABLE % (name, words))
        case GraphQLScalarType():
            return _scalar_reason(name, value, type_)


def _object_reason(
    variable: str, name: str, value: object, type_: GraphQLInputObjectType
) -> _Reason | None:
    if not isinstance(value, Mapping):
        words = wire.EXPECTED_MAP % _java_class(value)
        return _Reason(wire.INVALID_VARIABLE % (name, words))
    if any(given not in type_.fields for given in value):
        # Observed with "locations": null.
        return _Reason(wire.UNDEFINED_INPUT_FIELD % type_.name, located=False)
    for field_name, field in type_.fields.items():
        absent = field_name not in value
        if absent and field.default_value is not Undefined:
            continue
        if absent and not isinstance(field.type, GraphQLNonNull):
            continue
        found = _reason(variable, field_name, value.get(field_name), field.type)
        if found:
            return found
    return None


def _scalar_reason(
    name: str, value: object, type_: GraphQLScalarType
) -> _Reason | None:
    try:
        coerced = type_.coerce_input_value(value)
    except NotCoercible as error:
        if type_.name not in BUILT_IN:
            return _Reason(wire.INVALID_VARIABLE % (name, error))
        coerced = Undefined
    except (GraphQLError, TypeError, ValueError, ArithmeticError):
        coerced = Undefined
    if coerced is not Undefined:
        return None
    words = wire.EXPECTED_SCALAR % (type_.name, _java_class(value))
    return _Reason(wire.INVALID_VARIABLE % (name, words))


def _java_class(value: object) -> str:
    match value:
        case bool():
            return "Boolean"
        case int():
            return "Integer"
        case float():
            return "Double"
        case str():
            return "String"
        case list():
            return "ArrayList"
        case _:
            return "LinkedHashMap"


def _java(value: object) -> str:
    return shown(value)
