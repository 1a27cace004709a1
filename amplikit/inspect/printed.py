"""Which modes AppSync lets through to each field: read off the printed schema.

A field's own ``@aws_...`` directives count, else those of its type, else the default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode, parse

from amplikit.blueprint.modes import AuthMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import ConstDirectiveNode

__all__ = ["MODE_DIRECTIVES", "field_modes", "object_types"]

MODE_DIRECTIVES = {
    "aws_api_key": AuthMode.API_KEY,
    "aws_iam": AuthMode.IAM,
    "aws_oidc": AuthMode.OIDC,
    "aws_cognito_user_pools": AuthMode.USER_POOLS,
    "aws_lambda": AuthMode.LAMBDA,
}


def object_types(sdl: str) -> Iterator[ObjectTypeDefinitionNode]:
    """Yield the object types of a printed schema."""
    for node in parse(sdl).definitions:
        if isinstance(node, ObjectTypeDefinitionNode):
            yield node


def field_modes(
    types: Iterable[ObjectTypeDefinitionNode], default: AuthMode
) -> dict[str, frozenset[AuthMode]]:
    """Return the modes of every field by its coordinate."""
    found = {}
    for node in types:
        of_type = _named(node.directives) or frozenset({default})
        for field in node.fields or ():
            place = f"{node.name.value}.{field.name.value}"
            found[place] = _named(field.directives) or of_type
    return found


def _named(
    directives: tuple[ConstDirectiveNode, ...] | None,
) -> frozenset[AuthMode]:
    names = (node.name.value for node in directives or ())
    return frozenset(MODE_DIRECTIVES[name] for name in names if name in MODE_DIRECTIVES)
