"""``OPENID_CONNECT``: a token of an issuer that the API names.

Source: AppSync developer guide, "OPENID_CONNECT authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator import wire
from amplikit.emulator.auth.bearer import bare_token
from amplikit.emulator.auth.fetch import FetchFailed
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.compact_jwt import decode
from amplikit.identity.oidc import oidc_caller
from amplikit.identity.token_cache import TokenRefusal

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.emulator.auth.token_issuers import OidcIssuer
    from amplikit.identity.caller import Caller

__all__ = ["identify"]


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return the subject of the token in ``Authorization``."""
    token = bare_token(presented.headers["authorization"])
    decoded = decode(token)
    if decoded is None:
        return _refused("Authorization holds no JWT", wire.UNPARSABLE_TOKEN)
    issuer = _issuer(decoded.claims.get("iss"), trusted)
    if issuer is None:
        return _refused("no OIDC issuer is configured")
    kid = decoded.header.get("kid")
    try:
        verified = await issuer.verify(token, str(kid), now)
    except FetchFailed as failed:
        return _refused(str(failed))
    if isinstance(verified, TokenRefusal):
        reason = f"the token is refused ({verified.reason}): {verified.detail}"
        return _refused(reason, verified.message)
    return oidc_caller(verified)


def _issuer(claimed: object, trusted: Trusted) -> OidcIssuer | None:
    """Return the issuer that the token names; as the only mode there is one anyway."""
    named = claimed.rstrip("/") if isinstance(claimed, str) else None
    issuers = trusted.oidc
    alone = issuers if trusted.modes == (AuthMode.OIDC,) else ()
    return next(
        (one for one in issuers if one.provider.issuer.rstrip("/") == named),
        next(iter(alone), None),
    )


def _refused(reason: str, message: str = wire.NOT_AUTHORIZED_CALL) -> RequestRefusal:
    return RequestRefusal(401, wire.UNAUTHORIZED_EXCEPTION, message, reason)
