"""``API_KEY``: a key of the API that has not expired.

Unknown and expired keys are answered alike. Source: AppSync developer guide, "API_KEY
authorization"; answers quoted in public issues.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import ApiKeyCaller

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller

__all__ = ["identify"]


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return the holder of the key in ``x-api-key``."""
    key = trusted.identity.api_keys.find(presented.headers[wire.HEADER_API_KEY])
    if key is None:
        return _refused("the API key is unknown")
    if key.kind != "appsync":
        return _refused(f"key '{key.id}' is the gateway's: use POST /partner/graphql")
    if key.expired(now):
        return _refused(f"key '{key.id}' expired at {key.expires_at:%Y-%m-%d %H:%M}Z")
    return ApiKeyCaller(key.id)


def _refused(reason: str) -> RequestRefusal:
    return RequestRefusal(
        401, wire.UNAUTHORIZED_EXCEPTION, wire.NOT_AUTHORIZED_CALL, reason
    )
