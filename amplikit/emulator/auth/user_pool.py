"""``AMAZON_COGNITO_USER_POOLS``: an id or access token of the API's user pool.

Source: AppSync developer guide, "AMAZON_COGNITO_USER_POOLS authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.auth.bearer import bare_token
from amplikit.emulator.auth.fetch import FetchFailed
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.compact_jwt import decode
from amplikit.identity.token_cache import RefusalReason, TokenRefusal
from amplikit.identity.token_verifier import user_pool_caller

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.emulator.auth.token_issuers import OtherUserPool
    from amplikit.identity.caller import Caller

__all__ = ["identify"]

_NO_JWT = "it is not three parts of base64url, the first two JSON objects"
# Instead of the library's own words, which name no cause.
_DETAILS = {
    RefusalReason.SIGNATURE: "it was changed, or signed with another key of this name"
}


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return the user whose token is in ``Authorization``."""
    token = bare_token(presented.headers["authorization"])
    other = _other_pool(token, trusted)
    try:
        verified = (
            trusted.tokens.verify(token, trusted.trust(), now)
            if other is None
            else await other[0].verify(token, other[1], now)
        )
    except FetchFailed as failed:
        return RequestRefusal(
            401, wire.UNAUTHORIZED_EXCEPTION, wire.NOT_AUTHORIZED_CALL, str(failed)
        )
    if isinstance(verified, TokenRefusal):
        detail = _DETAILS.get(verified.reason) or verified.detail
        reason = f"the token is refused ({verified.reason}): {detail or _NO_JWT}"
        return RequestRefusal(
            401, wire.UNAUTHORIZED_EXCEPTION, verified.message, reason
        )
    strategy = trusted.default_action if other is None else None
    return user_pool_caller(verified, presented.source_ip, strategy)


def _other_pool(token: str, trusted: Trusted) -> tuple[OtherUserPool, str] | None:
    """Return the pool beside the API's own that a token names, and the key's name."""
    if not trusted.pools:
        return None
    decoded = decode(token)
    issuer = decoded.claims.get("iss") if decoded else None
    for pool in trusted.pools:
        if decoded and pool.provider.issuer == issuer:
            return pool, str(decoded.header.get("kid"))
    return None
