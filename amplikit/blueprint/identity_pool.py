"""The identity pool: who may come in without a sign-in, and which role users get.

Source: Cognito identity pools API reference; CloudFormation,
``AWS::Cognito::IdentityPoolRoleAttachment``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "AmbiguousRole",
    "IdentityPoolSettings",
    "MatchType",
    "RoleMapping",
    "RoleRule",
]


class MatchType(StrEnum):
    """How a rule compares a claim with its value."""

    EQUALS = "Equals"
    CONTAINS = "Contains"
    STARTS_WITH = "StartsWith"
    NOT_EQUAL = "NotEqual"


class AmbiguousRole(StrEnum):
    """What a user gets when the mapping finds no role, or several."""

    AUTHENTICATED_ROLE = "AuthenticatedRole"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A role for users whose token has a claim."""

    claim: str
    match: MatchType
    value: str
    role: str


@dataclass(frozen=True, slots=True)
class RoleMapping:
    """How the token of a user of the pool leads to a role.

    By the first rule that holds; ``rules`` is None when the token itself names the
    role, ``cognito:preferred_role``.
    """

    rules: tuple[RoleRule, ...] | None = None
    ambiguous: AmbiguousRole = AmbiguousRole.AUTHENTICATED_ROLE


@dataclass(frozen=True, slots=True)
class IdentityPoolSettings:
    """The one identity pool. ``oidc`` are issuers whose users it knows.

    ``classic_flow`` lets a token of the pool be handed to STS.
    """

    guests: bool = True
    classic_flow: bool = True
    oidc: tuple[str, ...] = ()
    mapping: RoleMapping | None = None
