"""Whether a caller, and an item, satisfy a grant.

Pure functions of what the rules can see of a caller, so that the emulator and the
access matrix read the same grants in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, assert_never

import orjson

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, GroupText, OwnerIs, Who

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.operations import RequireAuth

__all__ = [
    "OwnerIdentity",
    "RoleSubject",
    "Subject",
    "above_rules",
    "dynamic_groups",
    "groups_of",
    "holds_for_caller",
    "holds_for_item",
    "is_group_text",
    "named_values",
    "owner_identity",
    "owner_values",
    "passes_without_rules",
]

_AUTHENTICATED = "authenticated"
_UNAUTHENTICATED = "unauthenticated"
_TOKEN_MODES = frozenset({AuthMode.USER_POOLS, AuthMode.OIDC})


class RoleSubject(Protocol):
    """What the rules read of an IAM caller; null for plain IAM but the ARN."""

    @property
    def user_arn(self) -> str:
        """The assumed role, with its session's name."""

    @property
    def cognito_identity_pool_id(self) -> str | None:
        """The identity pool that the credentials come from."""

    @property
    def cognito_identity_id(self) -> str | None:
        """Who the identity pool says it is."""

    @property
    def cognito_identity_auth_type(self) -> str | None:
        """``authenticated`` or ``unauthenticated``."""


class Subject(Protocol):
    """What the rules read of a caller, be it a request's or an imagined one."""

    @property
    def mode(self) -> AuthMode:
        """How it is authorized."""

    @property
    def claims(self) -> Mapping[str, object]:
        """What its token says; empty without one."""

    @property
    def iam(self) -> RoleSubject | None:
        """The IAM principal, if it is one."""


@dataclass(frozen=True, slots=True)
class OwnerIdentity:
    """What is stored for this owner, and every stored form that is the caller's."""

    stored: str
    accepted: tuple[str, ...]
    shown: str


def above_rules(grant: Grant) -> bool:
    """Whether it is the configuration's, for roles to which no rule applies (v2)."""
    return grant.who in {Who.ADMIN_ROLE, Who.IAM_ACCESS}


def passes_without_rules(required: RequireAuth, caller: Subject) -> bool:
    """Whether it is let in where no rule was asked (v2): sandbox mode, IAM access."""
    if required.sandbox and caller.mode is AuthMode.API_KEY:
        return True
    role = caller.iam
    return required.iam_access and role is not None and not role.cognito_identity_id


def holds_for_caller(grant: Grant, caller: Subject) -> bool:
    """Whether the grant lets this caller in without looking at an item."""
    if grant.mode is not caller.mode:
        return False
    match grant.who:
        case Who.ANY_OF_MODE:
            return True
        case Who.ITEM:
            return False
        case Who.GROUPS:
            return _in_static_group(grant, caller)
        case Who.SIGNED_IN_ROLE:
            return _pool_role(caller) == _AUTHENTICATED
        case Who.GUEST_ROLE:
            return _pool_role(caller) == _UNAUTHENTICATED
        case Who.ADMIN_ROLE:
            # A substring of the ARN, as the real resolvers test it.
            role = caller.iam
            return (
                role is not None
                and role.cognito_identity_id is None
                and any(name in role.user_arn for name in grant.names)
            )
        case Who.IAM_ACCESS:
            role = caller.iam
            return (
                role is not None
                and role.cognito_identity_id is None
                and role.cognito_identity_pool_id is None
            )
        case _:
            assert_never(grant.who)


def holds_for_item(
    grant: Grant, caller: Subject, item: Mapping[str, object] | None
) -> bool:
    """Whether an item names this caller, or one of the caller's groups."""
    if grant.item is None or grant.mode is not caller.mode or item is None:
        return False
    stored = item.get(grant.item.attribute)
    match grant.item:
        case OwnerIs():
            identity = owner_identity(grant.item, caller)
            wanted = identity.accepted if identity else ()
        case GroupIs():
            wanted = dynamic_groups(grant, caller)
        case _:
            assert_never(grant.item)
    is_list = isinstance(stored, list) if grant.item.as_stored else grant.item.is_list
    if is_list and isinstance(stored, list):
        return any(one in stored for one in wanted)
    if is_list and isinstance(grant.item, GroupIs):
        # v2 calls contains() on it, which a text has, too.
        return isinstance(stored, str) and any(one in stored for one in wanted)
    return not is_list and isinstance(stored, str) and stored in wanted


def named_values(grant: Grant, caller: Subject) -> tuple[str, ...]:
    """Return what a key may hold to be the caller's, what is stored last."""
    match grant.item:
        case OwnerIs():
            identity = owner_identity(grant.item, caller)
            if identity is None:
                return ()
            return (*identity.accepted[1:], identity.stored)
        case GroupIs():
            return dynamic_groups(grant, caller)
        case None:
            return ()
        case _:
            assert_never(grant.item)


def owner_identity(owner: OwnerIs, caller: Subject) -> OwnerIdentity | None:
    """Return the caller as an owner, or None when a claim is absent (v2)."""
    parts = [part for part in _claims(owner, caller) if part is not None]
    if not parts or len(parts) < len(owner.claims):
        return None
    stored = "::".join(parts)
    accepted = (stored, *parts) if len(parts) > 1 else (stored,)
    return OwnerIdentity(stored, accepted, shown=parts[-1])


def owner_values(owner: OwnerIs, caller: Subject) -> tuple[str, ...]:
    """Return the stored forms that are the caller's, by whatever claims there are."""
    identity = owner_identity(owner, caller)
    if identity is not None:
        return identity.accepted
    return tuple(part for part in _claims(owner, caller) if part is not None)


def _claims(owner: OwnerIs, caller: Subject) -> tuple[str | None, ...]:
    if caller.mode not in _TOKEN_MODES:
        return ()
    parts = []
    for alternatives in owner.claims:
        found = (caller.claims.get(name) for name in alternatives)
        part = next((one for one in found if one is not None), owner.missing_claim)
        parts.append(None if part is None else str(part))
    return tuple(parts)


def groups_of(caller: Subject, claim: str) -> tuple[str, ...]:
    """Return the groups a token names; the claim may be a list or JSON text."""
    found = _group_claim(caller, claim)
    if isinstance(found, str):
        try:
            parsed: object = orjson.loads(found)
        except orjson.JSONDecodeError:
            parsed = None
        found = parsed if isinstance(parsed, list) else [found]
    if isinstance(found, list | tuple):
        return tuple(str(name) for name in found)
    return ()


def dynamic_groups(grant: Grant, caller: Subject) -> tuple[str, ...]:
    """Return the groups that a grant finds in the token."""
    if grant.item is None or not isinstance(grant.item, GroupIs):
        return ()
    claim = grant.item.claim
    if grant.group_text is GroupText.IGNORED and is_group_text(caller, claim):
        return ()
    return groups_of(caller, claim)


def is_group_text(caller: Subject, claim: str) -> bool:
    """Whether the claim is a text instead of a list."""
    return isinstance(_group_claim(caller, claim), str)


def _in_static_group(grant: Grant, caller: Subject) -> bool:
    found = _group_claim(caller, grant.group_claim)
    if isinstance(found, str) and grant.group_text is not GroupText.PARSED:
        searched = grant.group_text is GroupText.SEARCHED
        return searched and any(name in found for name in grant.names)
    return any(name in groups_of(caller, grant.group_claim) for name in grant.names)


def _group_claim(caller: Subject, claim: str) -> object:
    return caller.claims.get(claim)


def _pool_role(caller: Subject) -> str | None:
    return caller.iam.cognito_identity_auth_type if caller.iam else None
