"""Verification of an OpenID Connect issuer's tokens, as AppSync does it.

Source: AppSync developer guide, "OPENID_CONNECT authorization".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from joserfc import jws
from joserfc.errors import JoseError

from amplikit.identity import words
from amplikit.identity.caller import OidcCaller
from amplikit.identity.compact_jwt import decode, number
from amplikit.identity.jwk_set import ALGORITHMS
from amplikit.identity.token_cache import RefusalReason, TokenRefusal, VerifiedClaims
from amplikit.identity.token_verifier import refuse_times

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping
    from datetime import datetime

    from amplikit.identity.jwk_set import JwkSet, PublicKey

__all__ = ["OidcTrust", "oidc_caller", "refuse_signature", "verify_oidc_token"]

# Issuers put members of their own into the header, which do not matter here.
_REGISTRY: Final = jws.JWSRegistry(
    algorithms=sorted(ALGORITHMS), strict_check_header=False
)


@dataclass(frozen=True, slots=True)
class OidcTrust:
    """Which tokens of an issuer are accepted.

    ``issuer`` is None where the service does not compare it: as the only mode. The
    times are those of ``OidcProvider``.
    """

    issuer: str | None
    keys: JwkSet = field(repr=False)
    client_pattern: re.Pattern[str] | None = None
    iat_ttl_ms: int | None = None
    auth_ttl_ms: int | None = None


def verify_oidc_token(
    token: str, trust: OidcTrust, now: datetime
) -> VerifiedClaims | TokenRefusal:
    """Check form, algorithm, issuer, key, signature, client and times."""
    decoded = decode(token)
    if decoded is None:
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN)
    claims = decoded.claims
    return (
        _refuse_issuer(claims, trust)
        or refuse_signature(token, decoded.header, trust.keys)
        or _refuse_client(claims, trust)
        or refuse_times(claims, now)
        or _hold(claims, trust, now)
    )


def oidc_caller(verified: VerifiedClaims) -> OidcCaller:
    """Return who a verified token is, as ``$ctx.identity`` shows it."""
    claims = verified.claims
    return OidcCaller(str(claims.get("sub", "")), str(claims.get("iss", "")), claims)


def refuse_signature(
    token: str, header: Mapping[str, object], keys: JwkSet
) -> TokenRefusal | None:
    """Return why a published key has not made the signature; None when it has.

    ``header`` is the token's own. The algorithm must be one that the key is for.
    """
    key = _key(header, keys)
    if isinstance(key, TokenRefusal):
        return key
    try:
        jws.deserialize_compact(
            token, key, algorithms=[str(header["alg"])], registry=_REGISTRY
        )
    except (JoseError, ValueError) as error:
        return TokenRefusal(
            RefusalReason.SIGNATURE, words.NOT_AUTHORIZED_CALL, str(error)
        )
    return None


def _key(header: Mapping[str, object], keys: JwkSet) -> PublicKey | TokenRefusal:
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        detail = f"alg is {algorithm!r}, not one of RS, PS and ES"
        return TokenRefusal(RefusalReason.ALGORITHM, words.UNPARSABLE_TOKEN, detail)
    if "crit" in header or "b64" in header:
        # RFC 7515: what a verifier must understand and does not, it refuses.
        detail = f"crit is {header.get('crit')!r}"
        return TokenRefusal(RefusalReason.MALFORMED, words.UNPARSABLE_TOKEN, detail)
    key = keys.find(kid, algorithm) if isinstance(kid, str) else None
    if key is None:
        detail = f"kid is {kid!r}, of which the issuer has no key for {algorithm}"
        return TokenRefusal(
            RefusalReason.UNKNOWN_KEY, words.NOT_AUTHORIZED_CALL, detail
        )
    return key


def _refuse_issuer(
    claims: Mapping[str, object], trust: OidcTrust
) -> TokenRefusal | None:
    if trust.issuer is None or claims.get("iss") == trust.issuer:
        return None
    detail = f"iss is {claims.get('iss')!r}, not '{trust.issuer}'"
    return TokenRefusal(RefusalReason.ISSUER, words.NOT_AUTHORIZED_CALL, detail)


def _refuse_client(
    claims: Mapping[str, object], trust: OidcTrust
) -> TokenRefusal | None:
    pattern = trust.client_pattern
    if pattern is None:
        return None
    audience = claims.get("aud")
    named = [*(audience if isinstance(audience, list) else [audience])]
    named.append(claims.get("azp"))
    if any(isinstance(one, str) and pattern.fullmatch(one) for one in named):
        return None
    detail = f"neither aud nor azp of {named!r} is a client that may call"
    return TokenRefusal(RefusalReason.CLIENT, words.TOKEN_OF_OTHER_CLIENT, detail)


def _hold(
    claims: Mapping[str, object], trust: OidcTrust, now: datetime
) -> VerifiedClaims | TokenRefusal:
    """Ask for ``iat``, and for the times that the API limits."""
    ends = [number(claims, "exp") or 0.0]
    for name, ttl_ms, required in (
        ("iat", trust.iat_ttl_ms, True),
        ("auth_time", trust.auth_ttl_ms, trust.auth_ttl_ms is not None),
    ):
        since = number(claims, name)
        if since is None and required:
            detail = f"{name} is {claims.get(name)!r}, not a time"
            return TokenRefusal(
                RefusalReason.MALFORMED, words.NOT_AUTHORIZED_CALL, detail
            )
        if since is not None and ttl_ms is not None:
            ends.append(since + ttl_ms / 1000)
            if now.timestamp() >= ends[-1]:
                detail = f"{name} is {claims[name]}, {ttl_ms} ms are over"
                return TokenRefusal(RefusalReason.EXPIRED, words.TOKEN_EXPIRED, detail)
    return VerifiedClaims(MappingProxyType({**claims}), min(ends))
