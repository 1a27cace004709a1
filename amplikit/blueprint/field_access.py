"""Layer 1: which authorization modes may touch a field, by its AppSync directives.

Directives on a field replace those on its type; a field with neither admits the API's
default mode alone, or nobody when that is a user pool that denies by default. Two
quirks of the service are kept: ``@aws_auth`` counts only while the user pool is the
sole mode, ``@aws_cognito_user_pools`` only while it is not.
Source: AppSync developer guide, "Authorization and authentication".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphql import ListValueNode, StringValueNode

from amplikit.blueprint.modes import AuthMode, DefaultAction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import DirectiveNode

    from amplikit.blueprint.grants import Subject
    from amplikit.blueprint.modes import AuthConfig

__all__ = ["MODE_DIRECTIVES", "FieldAccess", "field_access"]

_GROUPS: Final = "cognito:groups"
MODE_DIRECTIVES: Final = {
    "aws_api_key": AuthMode.API_KEY,
    "aws_iam": AuthMode.IAM,
    "aws_oidc": AuthMode.OIDC,
    "aws_lambda": AuthMode.LAMBDA,
    "aws_cognito_user_pools": AuthMode.USER_POOLS,
}


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """Who may touch a field; ``groups`` is None when every user may."""

    modes: frozenset[AuthMode]
    groups: frozenset[str] | None = None

    def admits(self, caller: Subject) -> bool:
        """Whether the caller's mode, and for users a group, is admitted."""
        if caller.mode not in self.modes:
            return False
        if self.groups is None or caller.mode is not AuthMode.USER_POOLS:
            return True
        claimed = caller.claims.get(_GROUPS)
        return isinstance(claimed, list) and not self.groups.isdisjoint(
            group for group in claimed if isinstance(group, str)
        )

    def hint(self, caller: Subject) -> str:
        """Say what would let the caller in."""
        if caller.mode in self.modes:
            names = ", ".join(sorted(self.groups or ()))
            return f"Put the user into one of the groups: {names}."
        admitted = ", ".join(sorted(self.modes)) or "no mode"
        return (
            f"The field admits {admitted}; the call came by {caller.mode.value}."
            " Add an @auth rule with this provider, or call with another mode."
        )


def field_access(
    field: Sequence[DirectiveNode], parent: Sequence[DirectiveNode], auth: AuthConfig
) -> FieldAccess:
    """Return who may touch a field that carries these directives, in this type."""
    denies = (
        auth.default is AuthMode.USER_POOLS
        and auth.default_action is DefaultAction.DENY
    )
    if auth.modes == (AuthMode.USER_POOLS,):
        groups = _groups_of(field, "aws_auth")
        closed = denies and groups is None
        return FieldAccess(frozenset(() if closed else auth.modes), groups)
    for directives in (field, parent):
        modes = frozenset(
            MODE_DIRECTIVES[directive.name.value]
            for directive in directives
            if directive.name.value in MODE_DIRECTIVES
        )
        if modes:
            return FieldAccess(modes, _groups_of(directives, "aws_cognito_user_pools"))
    return FieldAccess(frozenset(() if denies else (auth.default,)))


def _groups_of(directives: Sequence[DirectiveNode], name: str) -> frozenset[str] | None:
    for directive in directives:
        if directive.name.value != name:
            continue
        for argument in directive.arguments or ():
            value = argument.value
            elements = value.values if isinstance(value, ListValueNode) else (value,)
            groups = frozenset(
                element.value
                for element in elements
                if isinstance(element, StringValueNode)
            )
            if groups:
                return groups
    return None
