"""Time-based one-time passwords: RFC 6238 with SHA-1, 6 digits, 30 seconds."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["SECRET_BYTES", "code_at", "matching_step", "secret_text"]

SECRET_BYTES: Final = 32
_STEP_S: Final = 30
_DIGITS: Final = 6
# Source: Cognito developer guide, "TOTP software token MFA": codes of the time steps
# before and after are taken, for clocks that differ.
_WINDOW: Final = (0, -1, 1)


def secret_text(secret: bytes) -> str:
    """Return ``SecretCode``: base32 without padding, as authenticator apps read it."""
    return base64.b32encode(secret).decode().rstrip("=")


def code_at(secret: str, step: int) -> str:
    """Return the code of a time step; ``secret`` is base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code is of, or None when it is of none near now."""
    current = int(now.timestamp()) // _STEP_S
    given = code.encode("utf-8", "surrogatepass")
    found = None
    try:
        for offset in _WINDOW:
            if hmac.compare_digest(code_at(secret, current + offset).encode(), given):
                found = current + offset
    except binascii.Error:
        return None
    return found
