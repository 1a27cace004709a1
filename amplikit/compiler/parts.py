"""What a definition is made of: its fields, their arguments, its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        ConstDirectiveNode,
        EnumValueDefinitionNode,
        FieldDefinitionNode,
        InputValueDefinitionNode,
        Node,
    )

__all__ = ["parts", "used_directives"]


def used_directives(definition: Node) -> Iterator[ConstDirectiveNode]:
    """Yield the directives on a type or schema, and on every part of it."""
    if isinstance(
        definition,
        TypeDefinitionNode
        | TypeExtensionNode
        | SchemaDefinitionNode
        | SchemaExtensionNode,
    ):
        yield from definition.directives or ()
    for part in parts(definition):
        yield from part.directives or ()


def parts(
    definition: Node,
) -> Iterator[FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode]:
    """Yield all that a definition declares, the arguments of a field before it."""
    match definition:
        case (
            ObjectTypeDefinitionNode()
            | ObjectTypeExtensionNode()
            | InterfaceTypeDefinitionNode()
            | InterfaceTypeExtensionNode()
        ):
            for field in definition.fields or ():
                yield from field.arguments or ()
                yield field
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            yield from definition.fields or ()
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            yield from definition.values or ()
        case DirectiveDefinitionNode():
            yield from definition.arguments or ()
