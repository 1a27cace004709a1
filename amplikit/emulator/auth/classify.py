"""Which authorization mode a request is judged by: by the shape of its credentials.

The service has no header that names the mode, and never falls back to a second one.
Source: AppSync developer guide, "Using multiple authorization types"; the rest is how
AWS's own simulator and the reported answers fit together.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator import wire
from amplikit.emulator.auth import api_key, iam, unserved, user_pool
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller

    Identify = Callable[[Presented, Trusted, datetime], Caller | RequestRefusal]

__all__ = ["AUTH_TYPES", "classify", "identify"]

_SIGV4: Final = "AWS4-HMAC-SHA256"
_JWT_PARTS: Final = 3

AUTH_TYPES: Final[Mapping[AuthMode, Identify]] = {
    AuthMode.API_KEY: api_key.identify,
    AuthMode.IAM: iam.identify,
    AuthMode.USER_POOLS: user_pool.identify,
    AuthMode.OIDC: unserved.identify,
    AuthMode.LAMBDA: unserved.identify,
}


def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return who calls, or the refusal of the one mode that fits."""
    mode = classify(presented.headers, trusted.modes, trusted.issuer)
    if isinstance(mode, RequestRefusal):
        return mode
    return AUTH_TYPES[mode](presented, trusted, now)


def classify(
    headers: Mapping[str, str], modes: tuple[AuthMode, ...], issuer: str
) -> AuthMode | RequestRefusal:
    """Return the mode; an API key goes before ``Authorization`` (assumed).

    ``issuer`` is the user pool's. A token of somebody else is not judged by the pool,
    except where the pool is all there is.
    """
    if wire.HEADER_API_KEY in headers and AuthMode.API_KEY in modes:
        return AuthMode.API_KEY
    authorization = headers.get("authorization", "").strip()
    if not authorization:
        return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))
    if authorization.startswith(_SIGV4) and AuthMode.IAM in modes:
        return AuthMode.IAM
    claims = _claims(user_pool.bare_token(authorization))
    mode = _opaque(modes) if claims is None else _of_token(claims, modes, issuer)
    if mode is not None:
        return mode
    if modes == (AuthMode.USER_POOLS,):
        return _refused(wire.UNPARSABLE_TOKEN, "Authorization holds no JWT")
    if claims is not None and AuthMode.USER_POOLS in modes:
        return _refused(
            wire.NO_VALID_HEADER,
            f"the token is from '{claims.get('iss')}', the user pool is '{issuer}'",
        )
    return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))


def _of_token(
    claims: Mapping[str, object], modes: tuple[AuthMode, ...], issuer: str
) -> AuthMode | None:
    pool_alone = modes == (AuthMode.USER_POOLS,)
    if AuthMode.USER_POOLS in modes and (pool_alone or claims.get("iss") == issuer):
        return AuthMode.USER_POOLS
    if AuthMode.OIDC in modes:
        return AuthMode.OIDC
    # Beside a pool, a JWT is never a token of the Lambda authorizer.
    return None if AuthMode.USER_POOLS in modes else _opaque(modes)


def _opaque(modes: tuple[AuthMode, ...]) -> AuthMode | None:
    return AuthMode.LAMBDA if AuthMode.LAMBDA in modes else None


def _claims(token: str) -> dict[str, object] | None:
    """Return the claims of a token, unverified; None when it is no JWT."""
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return None
    try:
        header, claims = (
            orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            for part in parts[:2]
        )
    except (binascii.Error, ValueError):
        return None
    is_jwt = isinstance(header, dict) and isinstance(claims, dict)
    return claims if is_jwt else None


def _refused(message: str, reason: str) -> RequestRefusal:
    return RequestRefusal(401, wire.UNAUTHORIZED_EXCEPTION, message, reason)


def _what_is_missing(headers: Mapping[str, str], modes: tuple[AuthMode, ...]) -> str:
    sent = [
        name for name in (wire.HEADER_API_KEY, "authorization") if headers.get(name)
    ]
    given = " and ".join(sent) or "neither x-api-key nor Authorization"
    return f"the request has {given}; the API takes {', '.join(modes)}"
