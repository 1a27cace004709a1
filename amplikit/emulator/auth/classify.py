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
    mode = classify(presented.headers, trusted.modes)
    if isinstance(mode, RequestRefusal):
        return mode
    return AUTH_TYPES[mode](presented, trusted, now)


def classify(
    headers: Mapping[str, str], modes: tuple[AuthMode, ...]
) -> AuthMode | RequestRefusal:
    """Return the mode; an API key goes before ``Authorization`` (assumed)."""
    if wire.HEADER_API_KEY in headers and AuthMode.API_KEY in modes:
        return AuthMode.API_KEY
    authorization = headers.get("authorization", "").strip()
    if not authorization:
        return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))
    if authorization.startswith(_SIGV4) and AuthMode.IAM in modes:
        return AuthMode.IAM
    if _is_jwt(user_pool.bare_token(authorization)):
        for mode in (AuthMode.USER_POOLS, AuthMode.OIDC):
            if mode in modes:
                return mode
    elif AuthMode.LAMBDA in modes and not authorization.startswith(_SIGV4):
        return AuthMode.LAMBDA
    if modes == (AuthMode.USER_POOLS,):
        return _refused(wire.UNPARSABLE_TOKEN, "Authorization holds no JWT")
    return _refused(wire.NO_VALID_HEADER, _what_is_missing(headers, modes))


def _is_jwt(token: str) -> bool:
    parts = token.split(".")
    if len(parts) != _JWT_PARTS:
        return False
    try:
        for part in parts[:2]:
            decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            if not isinstance(orjson.loads(decoded), dict):
                return False
    except (binascii.Error, ValueError):
        return False
    return True


def _refused(message: str, reason: str) -> RequestRefusal:
    return RequestRefusal(401, wire.UNAUTHORIZED_EXCEPTION, message, reason)


def _what_is_missing(headers: Mapping[str, str], modes: tuple[AuthMode, ...]) -> str:
    sent = [
        name for name in (wire.HEADER_API_KEY, "authorization") if headers.get(name)
    ]
    given = " and ".join(sent) or "neither x-api-key nor Authorization"
    return f"the request has {given}; the API takes {', '.join(modes)}"
