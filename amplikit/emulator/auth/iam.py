"""``AWS_IAM``: a request signed with Signature Version 4 for AppSync.

Source: AppSync developer guide, "AWS_IAM authorization".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity import sigv4

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller

__all__ = ["identify"]

_SERVICE: Final = "appsync"


async def identify(
    presented: Presented, trusted: Trusted, now: datetime
) -> Caller | RequestRefusal:
    """Return the principal that signed the request."""
    identity = trusted.identity
    scope = sigv4.Scope(identity.facts.region, _SERVICE)
    verified = sigv4.verify(presented.signed, identity.credentials.find, now, scope)
    if isinstance(verified, sigv4.SignatureRefusal):
        reason = f"the signature is refused: {verified.reason}"
        return RequestRefusal(
            verified.status, verified.error_type, verified.message, reason
        )
    return identity.credentials.caller(verified.credential, presented.source_ip)
