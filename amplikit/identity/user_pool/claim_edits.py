"""What the answer of PreTokenGeneration does to tokens.

Source: Cognito developer guide, "Pre token generation Lambda trigger": the two event
versions, and the claims that cannot be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import TokenEvent
from amplikit.identity.tokens import ClaimEdits
from amplikit.identity.user_pool.triggers import INVALID_OUTPUT

if TYPE_CHECKING:
    from amplikit.identity.user_pool.refusal import Refusal

__all__ = ["Customised", "customised"]

_PROTECTED = frozenset(
    {
        *("acr", "amr", "aud", "at_hash", "auth_time", "azp", "client_id"),
        *("cognito:username", "device_key", "event_id", "exp", "iat", "identities"),
        *("iss", "jti", "nbf", "nonce", "origin_jti", "scope", "sub", "token_use"),
        *("username", "version", "cognito:groups", "cognito:roles"),
        *("cognito:preferred_role", "dev:cognito:username"),
    }
)


@dataclass(frozen=True, slots=True)
class Customised:
    """The edits; ``groups`` and ``roles`` are None where the user's own stay."""

    id_edits: ClaimEdits
    access_edits: ClaimEdits
    groups: tuple[str, ...] | None = None
    roles: tuple[str, ...] | None = None
    preferred_role: str | None = None
    scopes_added: tuple[str, ...] = ()
    scopes_removed: frozenset[str] = frozenset()

    def scope(self, scope: str) -> str:
        """Return the access token's scope with the edits."""
        scopes = dict.fromkeys((*scope.split(), *self.scopes_added))
        return " ".join(each for each in scopes if each not in self.scopes_removed)


class _Unreadable(Exception):
    """The answer has not the form of its version."""


def customised(
    response: Mapping[str, object], version: TokenEvent
) -> Customised | Refusal | None:
    """Return the edits; None when the function leaves everything as it is."""
    try:
        match version:
            case TokenEvent.V1:
                return _first(_structure(response, "claimsOverrideDetails"))
            case TokenEvent.V2:
                return _second(_structure(response, "claimsAndScopeOverrideDetails"))
    except _Unreadable:
        return INVALID_OUTPUT


def _first(details: Mapping[str, object]) -> Customised:
    edits = _edits(details, texts_only=True)
    groups, roles, preferred = _groups(details)
    return Customised(edits, ClaimEdits(), groups, roles, preferred)


def _second(details: Mapping[str, object]) -> Customised:
    access = _structure(details, "accessTokenGeneration")
    groups, roles, preferred = _groups(details)
    return Customised(
        _edits(_structure(details, "idTokenGeneration")),
        _edits(access),
        groups,
        roles,
        preferred,
        _texts(access, "scopesToAdd"),
        frozenset(_texts(access, "scopesToSuppress")),
    )


def _edits(details: Mapping[str, object], *, texts_only: bool = False) -> ClaimEdits:
    added = _structure(details, "claimsToAddOrOverride")
    if texts_only and not all(isinstance(value, str) for value in added.values()):
        raise _Unreadable
    return ClaimEdits(
        {name: value for name, value in added.items() if name not in _PROTECTED},
        frozenset(_texts(details, "claimsToSuppress")) - _PROTECTED,
    )


def _groups(
    details: Mapping[str, object],
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None, str | None]:
    if "groupOverrideDetails" not in details:
        return None, None, None
    # There and empty, it takes all groups away.
    override = _structure(details, "groupOverrideDetails")
    preferred = override.get("preferredRole")
    if not isinstance(preferred, str | None):
        raise _Unreadable
    return (
        _texts(override, "groupsToOverride"),
        _texts(override, "iamRolesToOverride"),
        preferred,
    )


def _structure(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _Unreadable
    return value


def _texts(parent: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = parent.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _Unreadable
    return tuple(value)
