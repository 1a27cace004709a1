"""Which ``@aws_...`` directives stand where: the first of AppSync's three layers.

Source: getDirectivesForRules (v1) and getServiceDirectives (v2) of the auth
transformers; the same rule in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.modes import AuthMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import ObjectTypeDefinitionNode, ObjectTypeExtensionNode

    from amplikit.blueprint.api import Provider

__all__ = ["Access", "mode_directives", "written_modes"]

_DIRECTIVES = {
    AuthMode.API_KEY: "@aws_api_key",
    AuthMode.IAM: "@aws_iam",
    AuthMode.OIDC: "@aws_oidc",
    AuthMode.USER_POOLS: "@aws_cognito_user_pools",
    AuthMode.LAMBDA: "@aws_lambda",
}


def mode_directives(
    providers: Iterable[Provider], default: AuthMode, *, with_default: bool = False
) -> tuple[str, ...]:
    """Return the directives for these providers.

    None if they are the API's default alone: AppSync then lets in the default mode.
    ``with_default``: name the default beside others even if no provider has it.
    """
    modes = {MODE_OF[provider] for provider in providers}
    others = modes - {default}
    if not others:
        return ()
    wanted = others | {default} if with_default or default in modes else others
    return tuple(text for mode, text in _DIRECTIVES.items() if mode in wanted)


def written_modes(
    node: ObjectTypeDefinitionNode | ObjectTypeExtensionNode,
) -> tuple[AuthMode, ...]:
    """Return the modes that the schema itself names on a type."""
    written = {f"@{use.name.value}" for use in node.directives or ()}
    return tuple(mode for mode, text in _DIRECTIVES.items() if text in written)


class Access:
    """The directives by coordinate while they are collected; each stands once.

    ``open_types`` are what both roles of an identity pool are given to read because
    some model leads there.
    """

    def __init__(self) -> None:
        self._found: dict[str, dict[str, None]] = {}
        self.open_types: dict[str, None] = {}

    def add(self, coordinate: str, directives: Iterable[str]) -> None:
        """Add directives to a type (``Post``) or a field (``Query.getPost``)."""
        self._found.setdefault(coordinate, {}).update(dict.fromkeys(directives))

    def of(self, coordinate: str) -> tuple[str, ...]:
        """Return the directives of a type or field."""
        return tuple(self._found.get(coordinate, ()))
