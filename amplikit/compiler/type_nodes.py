"""Questions about a written type: its name, whether it is a list, whether required.

Source: definition.ts of graphql-transformer-common; the scalars are AppSync's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, print_ast

from amplikit.blueprint.api import TypeRef

if TYPE_CHECKING:
    from graphql import TypeNode

__all__ = [
    "BUILT_IN_SCALARS",
    "SCALARS",
    "base_name",
    "is_list",
    "is_required",
    "nullable",
    "type_ref",
]

BUILT_IN_SCALARS = ("String", "Int", "Float", "Boolean", "ID")

# What a scalar is compared as in filters, conditions and keys.
SCALARS = {
    **{name: name for name in BUILT_IN_SCALARS},
    "BigInt": "Int",
    "Double": "Float",
    "AWSDate": "String",
    "AWSTime": "String",
    "AWSDateTime": "String",
    "AWSTimestamp": "Int",
    "AWSEmail": "String",
    "AWSJSON": "String",
    "AWSURL": "String",
    "AWSPhone": "String",
    "AWSIPAddress": "String",
}


def base_name(node: TypeNode) -> str:
    """Return the innermost name: ``Post`` of ``[Post!]!``."""
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    if not isinstance(node, NamedTypeNode):
        message = f"a type is a name, a list or non-null, not {node.kind}"
        raise TypeError(message)
    return node.name.value


def is_required(node: TypeNode) -> bool:
    """Whether the type is written with ``!`` at its end."""
    return isinstance(node, NonNullTypeNode)


def is_list(node: TypeNode) -> bool:
    """Whether the type is a list, required or not."""
    return isinstance(
        node.type if isinstance(node, NonNullTypeNode) else node, ListTypeNode
    )


def type_ref(node: TypeNode) -> TypeRef:
    """Return the value that stands for a written type."""
    return TypeRef(base_name(node), print_ast(node), is_list(node), is_required(node))


def nullable(text: str) -> str:
    """Return a type's spelling without the ``!`` at its end."""
    return text.removesuffix("!")
