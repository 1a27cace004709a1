"""Modes that an API may switch on and that this emulator does not serve yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.emulator.auth.presented import Presented, Trusted
    from amplikit.identity.caller import Caller

__all__ = ["identify"]


def identify(
    _presented: Presented, _trusted: Trusted, _now: datetime
) -> Caller | RequestRefusal:
    """Refuse, and tell the operator that it is not the caller's fault."""
    return RequestRefusal(
        401,
        wire.UNAUTHORIZED_EXCEPTION,
        wire.NOT_AUTHORIZED_CALL,
        "OPENID_CONNECT and AWS_LAMBDA are switched on but not served locally yet:"
        " call with an API key, a user pool token or IAM credentials",
    )
