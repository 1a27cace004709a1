"""Whether a caller, and an item, satisfy a grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import orjson

from amplikit.blueprint.operations import Grant, GroupIs, GroupText, OwnerIs, Who
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
    "dynamic_groups",
    "groups_of",
    "holds_for_caller",
    "holds_for_item",
    "is_group_text",
    "item_condition",
    "named_values",
    "one_of",
    "owner_identity",
    "owner_values",
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
            return _in_static_group(grant, caller)
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


def item_condition(grant: Grant, caller: Caller) -> Condition | None:
    """Return ``holds_for_item`` as a condition, or None when no item can satisfy it.

    Any claim of an owner is enough here, even where another one is absent (v2).
    """
    if grant.item is None or grant.mode is not caller.mode:
        return None
    path = Path((grant.item.attribute,))
    match grant.item:
        case OwnerIs():
            wanted = owner_values(grant.item, caller)
        case GroupIs():
            wanted = dynamic_groups(grant, caller)
        case _:
            assert_never(grant.item)
    if not wanted:
        return None
    if grant.item.is_list:
        return Or(tuple(Contains(path, Given(one)) for one in wanted))
    if isinstance(grant.item, GroupIs):
        return In(path, tuple(Given(one) for one in wanted))
    return Or(tuple(Comparison(path, "=", Given(one)) for one in wanted))


def named_values(grant: Grant, caller: Caller) -> tuple[str, ...]:
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


def one_of(grant: Grant, values: tuple[str, ...]) -> Condition:
    """Return the condition that the grant's attribute is one of the values."""
    name = grant.item.attribute if grant.item is not None else ""
    return In(Path((name,)), tuple(Given(one) for one in values))


def owner_identity(owner: OwnerIs, caller: Caller) -> OwnerIdentity | None:
    """Return the caller as an owner, or None when a claim is absent (v2)."""
    parts = [part for part in _claims(owner, caller) if part is not None]
    if not parts or len(parts) < len(owner.claims):
        return None
    stored = "::".join(parts)
    accepted = (stored, *parts) if len(parts) > 1 else (stored,)
    return OwnerIdentity(stored, accepted, shown=parts[-1])


def owner_values(owner: OwnerIs, caller: Caller) -> tuple[str, ...]:
    """Return the stored forms that are the caller's, by whatever claims there are."""
    identity = owner_identity(owner, caller)
    if identity is not None:
        return identity.accepted
    return tuple(part for part in _claims(owner, caller) if part is not None)


def _claims(owner: OwnerIs, caller: Caller) -> tuple[str | None, ...]:
    if not isinstance(caller, UserPoolCaller):
        return ()
    parts = []
    for alternatives in owner.claims:
        found = (caller.claims.get(name) for name in alternatives)
        part = next((one for one in found if one is not None), owner.missing_claim)
        parts.append(None if part is None else str(part))
    return tuple(parts)


def groups_of(caller: Caller, claim: str) -> tuple[str, ...]:
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


def dynamic_groups(grant: Grant, caller: Caller) -> tuple[str, ...]:
    """Return the groups that a grant finds in the token."""
    if grant.item is None or not isinstance(grant.item, GroupIs):
        return ()
    claim = grant.item.claim
    if grant.group_text is GroupText.IGNORED and is_group_text(caller, claim):
        return ()
    return groups_of(caller, claim)


def is_group_text(caller: Caller, claim: str) -> bool:
    """Whether the claim is a text instead of a list."""
    return isinstance(_group_claim(caller, claim), str)


def _in_static_group(grant: Grant, caller: Caller) -> bool:
    found = _group_claim(caller, grant.group_claim)
    if isinstance(found, str) and grant.group_text is not GroupText.PARSED:
        searched = grant.group_text is GroupText.SEARCHED
        return searched and any(name in found for name in grant.names)
    return any(name in groups_of(caller, grant.group_claim) for name in grant.names)


def _group_claim(caller: Caller, claim: str) -> object:
    return caller.claims.get(claim) if isinstance(caller, UserPoolCaller) else None


def _pool_role(caller: Caller) -> str | None:
    if not isinstance(caller, IamCaller):
        return None
    return caller.cognito_identity_auth_type
