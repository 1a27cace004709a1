"""What of the printed schema decides: directives, inputs and their required fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    InputObjectTypeDefinitionNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    parse,
)

from amplikit.blueprint.field_access import FieldAccess, field_access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import FieldDefinitionNode, InputValueDefinitionNode, TypeNode

    from amplikit.blueprint.modes import AuthConfig

__all__ = ["Input", "Printed", "read_printed"]


@dataclass(frozen=True, slots=True)
class Input:
    """The fields that a mutation takes, and those that it must be given."""

    fields: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Printed:
    """The fields of each type, who may touch each, what each takes, and its input."""

    types: Mapping[str, tuple[str, ...]]
    access: Mapping[str, FieldAccess]
    arguments: Mapping[str, frozenset[str]]
    inputs: Mapping[str, Input]


def read_printed(sdl: str, auth: AuthConfig) -> Printed:
    """Read a blueprint's SDL."""
    types: dict[str, tuple[str, ...]] = {}
    access: dict[str, FieldAccess] = {}
    inputs: dict[str, Input] = {}
    arguments: dict[str, frozenset[str]] = {}
    taken: dict[str, str] = {}
    for node in parse(sdl, no_location=True).definitions:
        name = "" if not hasattr(node, "name") else str(node.name and node.name.value)
        if isinstance(node, InputObjectTypeDefinitionNode):
            inputs[name] = _input(node)
        if isinstance(node, ObjectTypeDefinitionNode):
            types[name] = tuple(field.name.value for field in node.fields or ())
            for field in node.fields or ():
                place = f"{name}.{field.name.value}"
                access[place] = field_access(
                    field.directives or (), node.directives or (), auth
                )
                arguments[place] = frozenset(
                    argument.name.value for argument in field.arguments or ()
                )
                taken[place] = _input_type(field)
    by_field = {place: inputs[one] for place, one in taken.items() if one in inputs}
    return Printed(types, access, arguments, by_field)


def _input(node: InputObjectTypeDefinitionNode) -> Input:
    fields: tuple[InputValueDefinitionNode, ...] = tuple(node.fields or ())
    return Input(
        tuple(one.name.value for one in fields),
        frozenset(one.name.value for one in fields if _must_be_given(one)),
    )


def _must_be_given(field: InputValueDefinitionNode) -> bool:
    return isinstance(field.type, NonNullTypeNode) and field.default_value is None


def _input_type(field: FieldDefinitionNode) -> str:
    for argument in field.arguments or ():
        if argument.name.value == "input":
            return _name(argument.type)
    return ""


def _name(node: TypeNode) -> str:
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    return inner.name.value if isinstance(inner, NamedTypeNode) else ""
