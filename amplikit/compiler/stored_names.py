"""What a model was called before: its table and its made-up keys keep that name.

Source: TransformerResourceHelper of amplify-graphql-transformer-core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode

from amplikit.compiler.document import find_directive
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from amplikit.compiler.document import Document

__all__ = ["original_name", "original_place"]


def original_name(document: Document, type_name: str) -> str:
    """Return the name that @mapsTo gives for a type, else its own."""
    node = document.objects.get(type_name)
    directive = find_directive(node, "mapsTo") if node else None
    if not isinstance(node, ObjectTypeDefinitionNode) or directive is None:
        return type_name
    use = DirectiveUse(directive, node, None, document.places.of(directive), document)
    return use.text("name") or type_name


def original_place(use: DirectiveUse) -> str:
    """Return the coordinate of a field under its model's old name."""
    name = original_name(use.document, use.type_name)
    return name if use.field is None else f"{name}.{use.field.name.value}"
