"""Which role an identity gets.

Source: Cognito developer guide, "Role-based access control".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.identity_pool import AmbiguousRole, MatchType
from amplikit.identity.identity_pool.refusals import (
    FORBIDDEN_ROLE,
    Refusal,
    ambiguous_role,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.identity_pool import RoleMapping, RoleRule

__all__ = ["PoolRoles", "user_role"]

_PREFERRED = "cognito:preferred_role"
_ROLES = "cognito:roles"


@dataclass(frozen=True, slots=True)
class PoolRoles:
    """The pool's two roles by name, and how tokens lead to others."""

    authenticated: str
    unauthenticated: str
    mapping: RoleMapping | None = None


def user_role(
    roles: PoolRoles,
    claims: Mapping[str, object] | None,
    custom_role: str | None,
    provider: str,
) -> str | Refusal:
    """Return the role of a signed-in identity: an ARN, or the pool's own by name.

    ``claims`` are those of the user pool's token, None for users of other providers,
    who have no mapping. ``provider`` is how the mapping is called in a refusal.
    """
    mapping = roles.mapping
    if mapping is None or claims is None:
        return FORBIDDEN_ROLE if custom_role else roles.authenticated
    if mapping.rules is None:
        found = _named_by_token(claims, custom_role)
    elif custom_role:
        found = FORBIDDEN_ROLE
    else:
        held = (rule.role for rule in mapping.rules if _holds(rule, claims))
        found = next(held, None)
    if found is not None:
        return found
    match mapping.ambiguous:
        case AmbiguousRole.AUTHENTICATED_ROLE:
            return roles.authenticated
        case AmbiguousRole.DENY:
            return ambiguous_role(provider)
        case _:
            assert_never(mapping.ambiguous)


def _named_by_token(
    claims: Mapping[str, object], custom_role: str | None
) -> str | Refusal | None:
    listed = claims.get(_ROLES)
    if custom_role is not None:
        allowed = isinstance(listed, list) and custom_role in listed
        return custom_role if allowed else FORBIDDEN_ROLE
    preferred = claims.get(_PREFERRED)
    return preferred if isinstance(preferred, str) else None


def _holds(rule: RoleRule, claims: Mapping[str, object]) -> bool:
    claim = claims.get(rule.claim)
    if claim is None:
        return False
    # A claim that is a list holds when one of its elements does.
    values = [str(each) for each in (claim if isinstance(claim, list) else [claim])]
    match rule.match:
        case MatchType.EQUALS:
            return rule.value in values
        case MatchType.CONTAINS:
            return any(rule.value in value for value in values)
        case MatchType.STARTS_WITH:
            return any(value.startswith(rule.value) for value in values)
        case MatchType.NOT_EQUAL:
            return rule.value not in values
        case _:
            assert_never(rule.match)
