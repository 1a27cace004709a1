"""Verification of user pool tokens, as AppSync does it, with a bounded cache."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from amplikit.identity import words
from amplikit.identity.caller import Claims, UserPoolCaller
from amplikit.identity.tokens import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from joserfc.jwk import RSAKey

__all__ = [
    "RefusalReason",
    "TokenRefusal",
    "TokenVerifier",
    "Trust",
    "VerifiedClaims",
    "user_pool_caller",
    "verify_token",
]

_CACHED = 4096
_MAX_LENGTH = 65_536
_PARTS = 3


class RefusalReason(StrEnum):
    """Why a token is refused, for the operator's log."""

    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    ISSUER = "issuer"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    USE = "use"
    CLIENT = "client"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens are accepted: one issuer, its public keys and its clients."""

    issuer: str
    keys: Mapping[str, RSAKey] = field(repr=False)
    client_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """The claims of a token that holds until ``expires_at`` (epoch seconds)."""

    claims: Claims = field(repr=False)
    expires_at: float


@dataclass(frozen=True, slots=True)
class TokenRefusal:
    """A refused token: AppSync's message, and why, in words for the log."""

    reason: RefusalReason
    message: str
    detail: str = ""


class TokenVerifier:
    """Remembers verified tokens by the hash of the whole token.

    ``exp`` is looked at each time. Another ``Trust`` object empties the cache: the
    identity store hands out a new one after every change of its file, so a rotated
    key or a removed client counts at once.
    """

    def __init__(self) -> None:
        self._trust: Trust | None = None
        self._cache: OrderedDict[bytes, VerifiedClaims] = OrderedDict()

    def verify(
        self, token: str, trust: Trust, now: datetime
    ) -> VerifiedClaims | TokenRefusal:
        """Return the claims, or why AppSync refuses the token."""
        if trust is not self._trust:
            self._cache.clear()
            self._trust = trust
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._cache.get(digest)
        if known and now.timestamp() < known.expires_at:
            return known
        result = verify_token(token, trust, now)
        if isinstance(result, VerifiedClaims):
            self._cache[digest] = result
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return result


def verify_token(
    token: str, trust: Trust, now: datetime
) -> VerifiedClaims | TokenRefusal:
    """Check form, algorithm, issuer, key, signature, use, client and expiry.

    RS256 is the only algorithm. ``exp`` has no leeway. A token of a user who signed
    out or was deleted holds until it expires, as on AWS: nothing asks the pool.
    Source: AppSync developer guide, "Amazon Cognito user pools authorization".
    """
    decoded = _decode(token)
    if decoded is None:
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN)
    header, claims = decoded
    return (
        _refuse_header(header, claims, trust)
        or _refuse_signature(token, trust.keys[str(header["kid"])])
        or _refuse_claims(claims, trust, now)
        or VerifiedClaims(MappingProxyType(claims), _number(claims["exp"]))
    )


def user_pool_caller(
    verified: VerifiedClaims,
    source_ip: tuple[str, ...] = ("127.0.0.1",),
    default_auth_strategy: str | None = "ALLOW",
) -> UserPoolCaller:
    """Return who a verified token is, as ``$ctx.identity`` shows it."""
    claims = verified.claims
    groups = claims.get("cognito:groups")
    username = claims.get("username", claims.get("cognito:username", ""))
    return UserPoolCaller(
        sub=str(claims.get("sub", "")),
        username=str(username),
        issuer=str(claims["iss"]),
        claims=claims,
        groups=tuple(map(str, groups)) if isinstance(groups, list) else (),
        source_ip=source_ip,
        default_auth_strategy=default_auth_strategy,
    )


def _refuse_header(
    header: dict[str, object], claims: dict[str, object], trust: Trust
) -> TokenRefusal | None:
    if header.get("alg") != ALGORITHM:
        detail = f"alg is {header.get('alg')!r}, not '{ALGORITHM}'"
        return TokenRefusal(RefusalReason.ALGORITHM, words.UNPARSABLE_TOKEN, detail)
    if "crit" in header:
        # RFC 7515: what a verifier must understand and does not, it refuses.
        detail = f"crit is {header['crit']!r}"
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN, detail)
    if claims.get("iss") != trust.issuer:
        detail = f"iss is {claims.get('iss')!r}, not '{trust.issuer}'"
        return TokenRefusal(RefusalReason.ISSUER, words.NOT_AUTHORIZED_CALL, detail)
    kid = header.get("kid")
    if not isinstance(kid, str) or kid not in trust.keys:
        detail = f"kid is {kid!r}, not one of the pool's"
        return TokenRefusal(
            RefusalReason.UNKNOWN_KEY, words.NOT_AUTHORIZED_CALL, detail
        )
    return None


def _refuse_signature(token: str, key: RSAKey) -> TokenRefusal | None:
    try:
        jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        return TokenRefusal(
            RefusalReason.SIGNATURE, words.NOT_AUTHORIZED_CALL, str(error)
        )
    return None


def _refuse_claims(
    claims: dict[str, object], trust: Trust, now: datetime
) -> TokenRefusal | None:
    match claims.get("token_use"):
        case "id":
            client_id = claims.get("aud")
        case "access":
            client_id = claims.get("client_id")
        case other:
            detail = f"token_use is {other!r}, not 'id' or 'access'"
            return TokenRefusal(RefusalReason.USE, words.NOT_AUTHORIZED_CALL, detail)
    if not isinstance(client_id, str) or client_id not in trust.client_ids:
        detail = f"client {client_id!r} is not one of the pool's"
        return TokenRefusal(RefusalReason.CLIENT, words.TOKEN_OF_OTHER_CLIENT, detail)
    expires_at = claims.get("exp")
    if isinstance(expires_at, bool) or not isinstance(expires_at, int | float):
        detail = f"exp is {expires_at!r}, not a time"
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN, detail)
    if now.timestamp() >= expires_at:
        detail = f"exp is {expires_at}"
        return TokenRefusal(RefusalReason.EXPIRED, words.TOKEN_EXPIRED, detail)
    return None


def _decode(token: str) -> tuple[dict[str, object], dict[str, object]] | None:
    """Return header and claims, unverified, or None when this is no JWT."""
    parts = token.split(".") if len(token) <= _MAX_LENGTH else []
    if len(parts) != _PARTS:
        return None
    header, claims, signature = map(_decode_part, parts)
    if header is None or claims is None or not signature:
        return None
    try:
        objects = orjson.loads(header), orjson.loads(claims)
    except orjson.JSONDecodeError:
        return None
    if not all(isinstance(value, dict) for value in objects):
        return None
    return objects


def _decode_part(part: str) -> bytes | None:
    """Decode base64url in its one canonical spelling: no padding, no spare bits set.

    Otherwise the last letter of a token could be changed without notice.
    """
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return None
    canonical = base64.urlsafe_b64encode(decoded).rstrip(b"=").decode()
    return decoded if canonical == part else None


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
