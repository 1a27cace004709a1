"""What the keys of a type are, and which fields can be part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.document import fields_of
from amplikit.compiler.rejection import INVALID_DIRECTIVE, rejection
from amplikit.compiler.type_nodes import SCALARS, base_name
from amplikit.compiler.use import DirectiveUse
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.document import Document
    from amplikit.errors import Where

__all__ = [
    "foreign_key_mistyped",
    "is_key_scalar",
    "key_type_problems",
    "keys_v1",
    "primary_key_v1",
    "primary_key_v2",
]


def keys_v1(
    document: Document, type_node: ObjectTypeDefinitionNode
) -> Iterator[DirectiveUse]:
    """Yield the @key directives of a type, in order."""
    for node in type_node.directives or ():
        if node.name.value == "key":
            yield DirectiveUse(
                node, type_node, None, document.places.of(node), document
            )


def primary_key_v1(
    document: Document, type_node: ObjectTypeDefinitionNode
) -> tuple[str, ...]:
    """Return the fields of the @key without a name, else ``id``."""
    for use in keys_v1(document, type_node):
        if not use.text("name"):
            return use.texts("fields") or ("id",)
    return ("id",)


def primary_key_v2(
    document: Document, type_node: ObjectTypeDefinitionNode
) -> tuple[str, ...]:
    """Return the field with @primaryKey and its sort key fields, else ``id``."""
    for field in fields_of(type_node):
        for node in field.directives or ():
            if node.name.value == "primaryKey":
                where = document.places.of(node)
                use = DirectiveUse(node, type_node, field, where, document)
                return (field.name.value, *(use.texts("sortKeyFields") or ()))
    return ("id",)


def is_key_scalar(document: Document, node: FieldDefinitionNode) -> bool:
    """Whether the field's innermost type is a scalar of the service or an enum."""
    name = base_name(node.type)
    return name in SCALARS or document.is_enum(name)


def key_type_problems(
    document: Document,
    node: FieldDefinitionNode,
    where: Where,
    *,
    alone: bool = False,
) -> Iterator[Problem]:
    """Yield why DynamoDB cannot have the field in a key: it must be S, N or B.

    ``alone``: it is the whole sort key, where v2 words its refusal in another way.
    """
    name = base_name(node.type)
    if document.is_enum(name):
        return
    if name not in SCALARS:
        text = f"Expected scalar and got {name}"
        yield Problem(
            "key-field-not-scalar",
            f"'{node.name.value}' is of type '{name}', which cannot be in a key.",
            "Use a field that is a scalar or an enum.",
            where,
            amplify=AmplifyError("Error", text),
        )
    elif name == "Boolean":
        text = "Boolean values cannot be used as sort keys."
        amplify = AmplifyError("Error", text)
        if alone:
            text = "Sort Key Condition could not be constructed for field "
            amplify = AmplifyError(INVALID_DIRECTIVE, f"{text}'{node.name.value}'")
        yield Problem(
            "key-field-boolean",
            f"'{node.name.value}' is a Boolean, which cannot be in a key.",
            "Use an enum or a String instead.",
            where,
            amplify=amplify,
        )


def foreign_key_mistyped(
    use: DirectiveUse, mine: str, key_field: str, wanted: str, end: str = ""
) -> Problem:
    """Return the problem of a relation's field that is not of its key field's type.

    ``key_field`` is a coordinate; ``end`` is what the transformer's message ends with.
    """
    return rejection(
        "relation-key-type",
        message=f"'{use.type_name}.{mine}' is not of type {wanted}, as '{key_field}' "
        "is.",
        hint=f"Make '{mine}' a {wanted}.",
        where=use.where_of("fields"),
        amplify=f"{mine} field is not of type {wanted}{end}",
    )
