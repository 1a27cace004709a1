"""Which authorization mode a request is judged by: by the shape of its credentials.

The service has no header that names the mode, and never falls back to a second one.
Source: AppSync developer guide, "Using multiple authorization types"; the rest is how
AWS's own simulator and the reported answers fit together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator import wire
from amplikit.emulator.auth import api_key, iam, lambda_authorizer, oidc, user_pool
from amplikit.emulator.auth.bearer import bare_token
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.compact_jwt import claims_by_shape

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from amplikit.emulator.auth.presented import Issuers, Presented, Trusted
    from amplikit.identity.caller import Caller

    Identify = Callable[
        [Presented, Trusted, datetime], Awaitable[Caller | RequestRefusal]
    ]

__all__ = ["AUTH_TYPES", "classify", "identify"]

_SIGV4: Final = "AWS4-HMAC-SHA256"
_TOKEN_MODES: Final = frozenset({AuthMode.USER_POOLS, AuthMode.OIDC})

AUTH_TYPES: Final[Mapping[AuthMode, Identify]] = {
    AuthMode.API_KEY: api_key.identify,
    AuthMode.IAM: iam.identify,
    AuthMode.USER_POOLS: user_pool.identify,
    AuthMode.OIDC: oidc.identify,
    AuthMode.LAMBDA: lambda_authorizer.identify,
}


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return who calls, or the refusal of the one mode that fits."""
    mode = classify(presented.headers, trusted.modes, trusted.issuers)
    if isinstance(mode, RequestRefusal):
        return mode
    return await AUTH_TYPES[mode](presented, trusted, now)


def classify(
    headers: Mapping[str, str], modes: tuple[AuthMode, ...], issuers: Issuers
) -> AuthMode | RequestRefusal:
    """Return the mode; an API key goes before ``Authorization`` (assumed).

    A token of somebody else is not judged by a user pool or an OIDC issuer, except
    where that is all there is.
    """
    if wire.HEADER_API_KEY in headers and AuthMode.API_KEY in modes:
        return AuthMode.API_KEY
    authorization = headers.get("authorization", "").strip()
    if not authorization:
        return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))
    if authorization.startswith(_SIGV4) and AuthMode.IAM in modes:
        return AuthMode.IAM
    claims = claims_by_shape(bare_token(authorization))
    mode = _opaque(modes) if claims is None else _of_token(claims, modes, issuers)
    if mode is not None:
        return mode
    if modes in ((AuthMode.USER_POOLS,), (AuthMode.OIDC,)):
        return _refused(wire.UNPARSABLE_TOKEN, "Authorization holds no JWT")
    if claims is not None and not _TOKEN_MODES.isdisjoint(modes):
        known = ", ".join((*issuers.pools, *issuers.oidc))
        return _refused(
            wire.NO_VALID_HEADER,
            f"the token is from '{claims.get('iss')}', the API trusts {known}",
        )
    return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))


def _of_token(
    claims: Mapping[str, object], modes: tuple[AuthMode, ...], issuers: Issuers
) -> AuthMode | None:
    if len(modes) == 1 and modes[0] in _TOKEN_MODES:
        return modes[0]
    issuer = claims.get("iss")
    if AuthMode.USER_POOLS in modes and issuer in issuers.pools:
        return AuthMode.USER_POOLS
    named = issuer.rstrip("/") if isinstance(issuer, str) else None
    if AuthMode.OIDC in modes and named in {one.rstrip("/") for one in issuers.oidc}:
        return AuthMode.OIDC
    # Beside those two, a JWT is never a token of the Lambda authorizer.
    return _opaque(modes) if _TOKEN_MODES.isdisjoint(modes) else None


def _opaque(modes: tuple[AuthMode, ...]) -> AuthMode | None:
    return AuthMode.LAMBDA if AuthMode.LAMBDA in modes else None


def _refused(message: str, reason: str) -> RequestRefusal:
    return RequestRefusal(401, wire.UNAUTHORIZED_EXCEPTION, message, reason)


def _what_is_missing(headers: Mapping[str, str], modes: tuple[AuthMode, ...]) -> str:
    sent = [
        name for name in (wire.HEADER_API_KEY, "authorization") if headers.get(name)
    ]
    given = " and ".join(sent) or "neither x-api-key nor Authorization"
    return f"the request has {given}; the API takes {', '.join(modes)}"
