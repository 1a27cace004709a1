"""What ``extend`` may not do; looked at before anything else is validated.

Source: the constructors of TransformerContext (v1) and TransformerOutput (v2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    EnumTypeExtensionNode,
    InputObjectTypeExtensionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeExtensionNode,
    UnionTypeExtensionNode,
)

from amplikit.compiler.rejection import rejection
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import NameNode, TypeExtensionNode

    from amplikit.compiler.document import Document
    from amplikit.errors import Problem

__all__ = ["extension_problems"]

# How the transformers call what is extended, and what they call its parts.
_WORDS: dict[type[TypeExtensionNode], tuple[str, str, str]] = {
    ObjectTypeExtensionNode: ("type", "Object", "field"),
    InputObjectTypeExtensionNode: ("input", "Input object", "field"),
    InterfaceTypeExtensionNode: ("interface", "Interface", "field"),
    UnionTypeExtensionNode: ("union", "Union", "type"),
    EnumTypeExtensionNode: ("enum", "Enum", "value"),
}


def extension_problems(document: Document) -> Iterator[Problem]:
    """Yield extensions of what does not exist, or that repeat what is there."""
    for name, extensions in document.extensions.items():
        seen = {part.value for part in _parts(document.types.get(name))}
        for node in extensions:
            words = _WORDS.get(type(node))
            if words is None:
                continue
            word, title, part_word = words
            where = document.places.of(node)
            if name not in document.types:
                yield rejection(
                    "extends-nothing",
                    message=f"There is no {word} '{name}' to extend.",
                    hint=did_you_mean(name, document.types).strip()
                    or f"Write '{word} {name}' without 'extend'.",
                    where=where,
                    amplify=f"Cannot extend nonexistent {word} '{name}'.",
                    kind="Error",
                )
                break
            for part in _parts(node):
                if part.value in seen:
                    yield rejection(
                        "duplicate-definition",
                        message=f"'{name}.{part.value}' is there already.",
                        hint="Remove it from the extension.",
                        where=document.places.of(part),
                        amplify=f"{title} type extension '{name}' cannot redeclare "
                        f"{part_word} {part.value}",
                        kind="Error",
                    )
                seen.add(part.value)


def _parts(node: object) -> Iterator[NameNode]:
    """Yield the names of the fields, values or members of a definition."""
    for attribute in ("fields", "values", "types"):
        for part in getattr(node, attribute, None) or ():
            yield part.name
