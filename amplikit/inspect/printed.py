"""Which modes AppSync lets through to each field: read off the printed schema.

A field's own ``@aws_...`` directives count, else those of its type, else the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode, parse

from amplikit.blueprint.field_access import field_access

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.modes import AuthConfig, AuthMode

__all__ = ["field_modes", "object_types"]


def object_types(sdl: str) -> Iterator[ObjectTypeDefinitionNode]:
    """Yield the object types of a printed schema."""
    for node in parse(sdl).definitions:
        if isinstance(node, ObjectTypeDefinitionNode):
            yield node


def field_modes(
    types: Iterable[ObjectTypeDefinitionNode], auth: AuthConfig
) -> dict[str, frozenset[AuthMode]]:
    """Return the modes of every field by its coordinate."""
    return {
        f"{node.name.value}.{field.name.value}": field_access(
            field.directives or (), node.directives or (), auth
        ).modes
        for node in types
        for field in node.fields or ()
    }
