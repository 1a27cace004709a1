"""Verification of user pool tokens, as AppSync does it, with a bounded cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from joserfc import jws
from joserfc.errors import JoseError

from amplikit.identity import words
from amplikit.identity.caller import UserPoolCaller
from amplikit.identity.compact_jwt import decode, number
from amplikit.identity.token_cache import (
    RefusalReason,
    TokenCache,
    TokenRefusal,
    VerifiedClaims,
)
from amplikit.identity.tokens import ALGORITHM

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping
    from datetime import datetime

    from joserfc.jwk import RSAKey

__all__ = [
    "RefusalReason",
    "TokenRefusal",
    "TokenVerifier",
    "Trust",
    "VerifiedClaims",
    "refuse_times",
    "user_pool_caller",
    "verify_token",
]

# Clocks differ; a token's own time may be a little ahead of ours.
CLOCK_SKEW_S = 60


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens are accepted: one issuer, its public keys and its clients.

    ``client_ids`` is None when all of a pool's clients are welcome, which is unknown
    here; ``client_pattern`` is what the client's id must match as a whole besides.
    """

    issuer: str
    keys: Mapping[str, RSAKey] = field(repr=False)
    client_ids: frozenset[str] | None
    client_pattern: re.Pattern[str] | None = None


class TokenVerifier(TokenCache[Trust]):
    """Verifies the tokens of one user pool."""

    def __init__(self) -> None:
        super().__init__(verify_token)


def verify_token(
    token: str, trust: Trust, now: datetime
) -> VerifiedClaims | TokenRefusal:
    """Check form, algorithm, issuer, key, signature, use, client and expiry.

    RS256 is the only algorithm. ``exp`` has no leeway. A token of a user who signed
    out or was deleted holds until it expires, as on AWS: nothing asks the pool.
    Source: AppSync developer guide, "Amazon Cognito user pools authorization".
    """
    decoded = decode(token)
    if decoded is None:
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN)
    header, claims = decoded.header, decoded.claims
    return (
        _refuse_header(header, claims, trust)
        or _refuse_signature(token, trust.keys[str(header["kid"])])
        or _refuse_claims(claims, trust, now)
        or VerifiedClaims(MappingProxyType({**claims}), number(claims, "exp") or 0.0)
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
    header: Mapping[str, object], claims: Mapping[str, object], trust: Trust
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
    claims: Mapping[str, object], trust: Trust, now: datetime
) -> TokenRefusal | None:
    match claims.get("token_use"):
        case "id":
            client_id = claims.get("aud")
        case "access":
            client_id = claims.get("client_id")
        case other:
            detail = f"token_use is {other!r}, not 'id' or 'access'"
            return TokenRefusal(RefusalReason.USE, words.NOT_AUTHORIZED_CALL, detail)
    if not isinstance(client_id, str) or not _is_welcome(client_id, trust):
        detail = f"client {client_id!r} is not one of the pool's that may call"
        return TokenRefusal(RefusalReason.CLIENT, words.TOKEN_OF_OTHER_CLIENT, detail)
    return refuse_times(claims, now)


def _is_welcome(client_id: str, trust: Trust) -> bool:
    if trust.client_ids is not None and client_id not in trust.client_ids:
        return False
    return trust.client_pattern is None or bool(
        trust.client_pattern.fullmatch(client_id)
    )


def refuse_times(claims: Mapping[str, object], now: datetime) -> TokenRefusal | None:
    """Ask for ``exp``, and refuse what is over or has not begun.

    ``exp`` and ``nbf`` have no leeway, ``iat`` has that of two clocks.
    """
    instant = now.timestamp()
    expires_at = number(claims, "exp")
    if expires_at is None:
        detail = f"exp is {claims.get('exp')!r}, not a time"
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN, detail)
    if instant >= expires_at:
        detail = f"exp is {claims.get('exp')}"
        return TokenRefusal(RefusalReason.EXPIRED, words.TOKEN_EXPIRED, detail)
    for name, leeway_s in (("nbf", 0), ("iat", CLOCK_SKEW_S)):
        if name not in claims:
            continue
        begins_at = number(claims, name)
        if begins_at is None or instant + leeway_s < begins_at:
            detail = f"{name} is {claims[name]!r}, the time is {instant:.0f}"
            return TokenRefusal(
                RefusalReason.NOT_YET, words.NOT_AUTHORIZED_CALL, detail
            )
    return None
