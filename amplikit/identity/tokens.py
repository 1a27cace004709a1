"""The user pool's id and access tokens: RS256 JWTs with exactly Cognito's claims."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from joserfc import jws

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from amplikit.identity.entropy import Entropy
    from amplikit.identity.signing_keys import SigningKey
    from amplikit.identity.user_pool.users import User

__all__ = [
    "DEFAULT_LIFETIME",
    "DEFAULT_SCOPE",
    "ClaimEdits",
    "TokenPair",
    "TokenRequest",
    "issue_tokens",
    "sign_machine_token",
]

ALGORITHM = "RS256"
DEFAULT_LIFETIME = timedelta(hours=1)

DEFAULT_SCOPE = "aws.cognito.signin.user.admin"
_BOOLEAN_ATTRIBUTES = frozenset({"email_verified", "phone_number_verified"})


@dataclass(frozen=True, slots=True)
class ClaimEdits:
    """What a function does to a token's claims; what it removes stays away."""

    added: Mapping[str, object] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()

    def apply(self, claims: dict[str, object]) -> dict[str, object]:
        """Return the claims with the edits."""
        merged = {**claims, **self.added}
        return {name: it for name, it in merged.items() if name not in self.removed}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """For whom, by whom and until when tokens are made.

    ``auth_time`` and ``origin_jti`` are those of the sign-in that a refresh goes back
    to. ``groups`` are shown instead of the user's. ``readable`` are the attributes that
    the client may see, None for all. ``overrides`` replace claims in both tokens.
    """

    user: User
    issuer: str
    client_id: str
    now: datetime
    lifetime: timedelta = DEFAULT_LIFETIME
    id_lifetime: timedelta | None = None
    auth_time: datetime | None = None
    origin_jti: str | None = None
    scope: str = DEFAULT_SCOPE
    groups: tuple[str, ...] | None = None
    roles: tuple[str, ...] = ()
    preferred_role: str | None = None
    readable: frozenset[str] | None = None
    id_claims: Mapping[str, object] = field(default_factory=dict)
    """Claims of this sign-in alone, such as ``nonce``."""
    id_edits: ClaimEdits = ClaimEdits()
    access_edits: ClaimEdits = ClaimEdits()
    overrides: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in yields; ``origin_jti`` is what a refresh must hand on."""

    origin_jti: str
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def issue_tokens(
    request: TokenRequest, keys: Sequence[SigningKey], entropy: Entropy
) -> TokenPair:
    """Return both tokens, each signed with the key of its use."""
    origin_jti = request.origin_jti or entropy.uuid()
    event_id = entropy.uuid()
    by_use = {key.token_use: key for key in keys}
    common = _common_claims(request, origin_jti, event_id)
    issued = int(request.now.timestamp())
    id_lifetime = request.id_lifetime or request.lifetime
    id_claims = common | _id_claims(request) | {"jti": entropy.uuid()}
    id_claims["exp"] = issued + int(id_lifetime.total_seconds())
    access_claims = common | _access_claims(request) | {"jti": entropy.uuid()}
    return TokenPair(
        origin_jti=origin_jti,
        id_token=_sign(
            by_use["id"], request.id_edits.apply(id_claims), request.overrides
        ),
        access_token=_sign(
            by_use["access"],
            request.access_edits.apply(access_claims),
            request.overrides,
        ),
    )


def _common_claims(
    request: TokenRequest, origin_jti: str, event_id: str
) -> dict[str, object]:
    issued = int(request.now.timestamp())
    authenticated = request.auth_time or request.now
    groups = request.user.groups if request.groups is None else request.groups
    claims: dict[str, object] = {"sub": request.user.sub}
    if groups:
        claims["cognito:groups"] = list(groups)
    return claims | {
        "iss": request.issuer,
        "origin_jti": origin_jti,
        "event_id": event_id,
        "auth_time": int(authenticated.timestamp()),
        "exp": issued + int(request.lifetime.total_seconds()),
        "iat": issued,
    }


def _id_claims(request: TokenRequest) -> dict[str, object]:
    readable = request.readable
    attributes: dict[str, object] = {
        name: value == "true" if name in _BOOLEAN_ATTRIBUTES else value
        for name, value in request.user.attributes
        if readable is None or name in readable
    }
    if request.roles:
        attributes["cognito:roles"] = list(request.roles)
    if request.preferred_role is not None:
        attributes["cognito:preferred_role"] = request.preferred_role
    return attributes | {
        **request.id_claims,
        "cognito:username": request.user.username,
        "aud": request.client_id,
        "token_use": "id",
    }


def _access_claims(request: TokenRequest) -> dict[str, object]:
    return {
        "client_id": request.client_id,
        "token_use": "access",
        "scope": request.scope,
        "username": request.user.username,
    }


def sign_machine_token(
    key: SigningKey, claims: Mapping[str, object], entropy: Entropy
) -> str:
    """Return an access token that is no user's."""
    return _sign(key, {**claims, "jti": entropy.uuid()}, None)


def _sign(
    key: SigningKey, claims: dict[str, object], overrides: Mapping[str, object] | None
) -> str:
    header = {"kid": key.kid, "alg": ALGORITHM}
    # Not orjson: an overriding claim may be an integer beyond 64 bits.
    payload = json.dumps({**claims, **(overrides or {})}, separators=(",", ":"))
    return jws.serialize_compact(header, payload, key.key, algorithms=[ALGORITHM])
