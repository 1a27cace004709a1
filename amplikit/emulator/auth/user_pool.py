"""``AMAZON_COGNITO_USER_POOLS``: an id or access token of the API's user pool.

Source: AppSync developer guide, "AMAZON_COGNITO_USER_POOLS authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.token_verifier import (
    RefusalReason,
    TokenRefusal,
    user_pool_caller,
)

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller

__all__ = ["bare_token", "identify"]

_BEARER = "bearer "
_NO_JWT = "it is not three parts of base64url, the first two JSON objects"
# Instead of the library's own words, which name no cause.
_DETAILS = {
    RefusalReason.SIGNATURE: "it was changed, or signed with another key of this name"
}


def bare_token(authorization: str) -> str:
    """Return the token without ``Bearer``, which AppSync accepts by now."""
    text = authorization.strip()
    return text[len(_BEARER) :].strip() if text.lower().startswith(_BEARER) else text


def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return the user whose token is in ``Authorization``."""
    token = bare_token(presented.headers["authorization"])
    verified = trusted.tokens.verify(token, trusted.identity.trust(trusted.issuer), now)
    if isinstance(verified, TokenRefusal):
        detail = _DETAILS.get(verified.reason) or verified.detail
        reason = f"the token is refused ({verified.reason}): {detail or _NO_JWT}"
        return RequestRefusal(
            401, wire.UNAUTHORIZED_EXCEPTION, verified.message, reason
        )
    return user_pool_caller(verified, presented.source_ip)
