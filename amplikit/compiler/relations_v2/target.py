"""The model at the other end of a v2 relation, and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ListTypeNode, NonNullTypeNode

from amplikit.blueprint.api import TypeRef
from amplikit.compiler.document import fields_of, find_directive, find_field
from amplikit.compiler.rejection import rejection
from amplikit.compiler.type_nodes import base_name, type_ref
from amplikit.compiler.use import DirectiveUse
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ObjectTypeDefinitionNode

    from amplikit.compiler.document import Document
    from amplikit.errors import Problem

__all__ = [
    "identity_type",
    "index_fields",
    "key_type",
    "related_problems",
    "source_problems",
]

_REQUIRED_ID = TypeRef("ID", "ID!", required=True)


def related_problems(use: DirectiveUse) -> Iterator[Problem]:
    """Yield a problem if the field does not hold a model."""
    if use.field is None:
        return
    name = base_name(use.field.type)
    if name in use.document.models:
        return
    plain = not isinstance(use.field.type, ListTypeNode | NonNullTypeNode)
    text = f"Object type {name} must be annotated with @model."
    # For a list or a required field the transformer trips over its own message.
    crash = "Cannot read properties of undefined (reading 'value')"
    yield rejection(
        "relation-to-no-model",
        message=f"'{use.place}' has @{use.name}, but '{name}' is no model.",
        hint=did_you_mean(name, use.document.models).strip()
        or f"Add @model to '{name}', or remove @{use.name}.",
        where=use.document.places.of(use.field.type),
        amplify=text if plain else crash,
        kind="InvalidDirectiveError" if plain else "TypeError",
    )


def source_problems(use: DirectiveUse) -> Iterator[Problem]:
    """Yield a problem if the field is not on a model."""
    if use.type_name in use.document.models:
        return
    yield rejection(
        "needs-model",
        message=f"'{use.place}' has @{use.name}, but '{use.type_name}' is no model.",
        hint=f"Add @model to '{use.type_name}', or remove @{use.name}.",
        where=use.where,
        amplify=f"@{use.name} must be on an @model object type field.",
    )


def index_fields(
    document: Document, related: ObjectTypeDefinitionNode, index: str
) -> tuple[str, ...] | None:
    """Return the fields of the @index that was given this name, if there is one."""
    for field in fields_of(related):
        for node in field.directives or ():
            where = document.places.of(node)
            use = DirectiveUse(node, related, field, where, document)
            if use.name == "index" and use.text("name") == index:
                return (field.name.value, *(use.texts("sortKeyFields") or ()))
    return None


def key_type(type_node: ObjectTypeDefinitionNode, field: str) -> TypeRef:
    """Return the type of a key field; an automatic ``id`` is ``ID!``."""
    node = find_field(type_node, field)
    return type_ref(node.type) if node else _REQUIRED_ID


def identity_type(type_node: ObjectTypeDefinitionNode, field: str) -> TypeRef:
    """Return the type of a primary key field as made-up keys and references see it.

    Without @primaryKey that is ``ID!``, even if ``id`` is declared as something else.
    """
    custom = any(find_directive(node, "primaryKey") for node in fields_of(type_node))
    return key_type(type_node, field) if custom else _REQUIRED_ID
