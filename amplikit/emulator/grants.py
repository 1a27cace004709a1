"""Whether a caller, and an item, satisfy a grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import orjson

from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, Who
from amplikit.identity.caller import IamCaller, UserPoolCaller
from amplikit.store.conditions import (
    Comparison,
    Condition,
    Contains,
    Given,
    In,
    Or,
    Path,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.caller import Caller

__all__ = [
    "OwnerIdentity",
    "groups_of",
    "holds_for_caller",
    "holds_for_item",
    "item_condition",
    "owner_identity",
]

_AUTHENTICATED = "authenticated"
_UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True)
class OwnerIdentity:
    """What is stored for this owner, and every stored form that is the caller's."""

    stored: str
    accepted: tuple[str, ...]
    shown: str


def holds_for_caller(grant: Grant, caller: Caller) -> bool:
    """Whether the grant lets this caller in without looking at an item."""
    if grant.mode is not caller.mode:
        return False
    match grant.who:
        case Who.ANY_OF_MODE:
            return True
        case Who.ITEM:
            return False
        case Who.GROUPS:
            return any(
                name in groups_of(caller, grant.group_claim) for name in grant.names
            )
        case Who.SIGNED_IN_ROLE:
            return _pool_role(caller) == _AUTHENTICATED
        case Who.GUEST_ROLE:
            return _pool_role(caller) == _UNAUTHENTICATED
        case Who.ADMIN_ROLE:
            # A substring of the ARN, as the real resolvers test it.
            return (
                isinstance(caller, IamCaller)
                and caller.cognito_identity_id is None
                and any(name in caller.user_arn for name in grant.names)
            )
        case Who.IAM_ACCESS:
            return (
                isinstance(caller, IamCaller)
                and caller.cognito_identity_id is None
                and caller.cognito_identity_pool_id is None
            )
        case _:
            assert_never(grant.who)


def holds_for_item(
    grant: Grant, caller: Caller, item: Mapping[str, object] | None
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
            wanted = groups_of(caller, grant.item.claim)
        case _:
            assert_never(grant.item)
    if isinstance(stored, list):
        return any(one in stored for one in wanted)
    return isinstance(stored, str) and stored in wanted


def item_condition(grant: Grant, caller: Caller) -> Condition | None:
    """Return ``holds_for_item`` as a condition, or None when no item can satisfy it."""
    if grant.item is None or grant.mode is not caller.mode:
        return None
    path = Path((grant.item.attribute,))
    match grant.item:
        case OwnerIs():
            identity = owner_identity(grant.item, caller)
            wanted = identity.accepted if identity else ()
        case GroupIs():
            wanted = groups_of(caller, grant.item.claim)
        case _:
            assert_never(grant.item)
    if not wanted:
        return None
    if grant.item.is_list:
        return Or(tuple(Contains(path, Given(one)) for one in wanted))
    if isinstance(grant.item, GroupIs):
        return In(path, tuple(Given(one) for one in wanted))
    return Or(tuple(Comparison(path, "=", Given(one)) for one in wanted))


def owner_identity(owner: OwnerIs, caller: Caller) -> OwnerIdentity | None:
    """Return the caller as an owner, or None when a claim is absent (v2)."""
    if not isinstance(caller, UserPoolCaller):
        return None
    parts = []
    for alternatives in owner.claims:
        found = (caller.claims.get(name) for name in alternatives)
        part = next((one for one in found if one is not None), owner.missing_claim)
        if part is None:
            return None
        parts.append(str(part))
    stored = "::".join(parts)
    accepted = (stored, *parts) if len(parts) > 1 else (stored,)
    return OwnerIdentity(stored, accepted, shown=parts[-1])


def groups_of(caller: Caller, claim: str) -> tuple[str, ...]:
    """Return the groups a token names; the claim may be a list or JSON text."""
    if not isinstance(caller, UserPoolCaller):
        return ()
    found = caller.claims.get(claim)
    if isinstance(found, str):
        try:
            parsed: object = orjson.loads(found)
        except orjson.JSONDecodeError:
            parsed = None
        found = parsed if isinstance(parsed, list) else [found]
    if isinstance(found, list | tuple):
        return tuple(str(name) for name in found)
    return ()


def _pool_role(caller: Caller) -> str | None:
    if not isinstance(caller, IamCaller):
        return None
    return caller.cognito_identity_auth_type
