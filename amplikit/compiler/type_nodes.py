"""Questions about a written type: its name, whether it is a list, whether required.

Source: definition.ts of graphql-transformer-common; the scalars are AppSync's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode

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
    "type_text",
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


def is_required(node: TypeNode) -> bool:
    """Whether the type is written with ``!`` at its end."""
    return isinstance(node, NonNullTypeNode)


def is_list(node: TypeNode) -> bool:
    """Whether the type is a list, required or not."""
    return isinstance(
        node.type if isinstance(node, NonNullTypeNode) else node, ListTypeNode
    )


def type_text(node: TypeNode) -> str:
    """Return a type as it is printed: ``[Post!]!``."""
    begin, end = "", ""
    while not isinstance(node, NamedTypeNode):
        if isinstance(node, ListTypeNode):
            begin, end = f"{begin}[", f"]{end}"
        else:
            end = f"!{end}"
        node = _inner(node)
    return f"{begin}{node.name.value}{end}"


def base_name(node: TypeNode) -> str:
    """Return the innermost name: ``Post`` of ``[Post!]!``."""
    while not isinstance(node, NamedTypeNode):
        node = _inner(node)
    return node.name.value


def _inner(node: TypeNode) -> TypeNode:
    if isinstance(node, ListTypeNode | NonNullTypeNode):
        return node.type
    message = f"a type is a name, a list or non-null, not {node.kind}"
    raise TypeError(message)


def type_ref(node: TypeNode) -> TypeRef:
    """Return the value that stands for a written type."""
    return TypeRef(base_name(node), type_text(node), is_list(node), is_required(node))


def nullable(text: str) -> str:
    """Return a type's spelling without the ``!`` at its end."""
    return text.removesuffix("!")
