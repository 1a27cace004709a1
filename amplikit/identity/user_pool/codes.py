"""Confirmation codes: six digits, good for 24 hours, one per user."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit.identity.entropy import DIGITS
from amplikit.identity.user_pool.refusal import CODE_EXPIRED, CODE_MISMATCH

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.user_pool.refusal import Refusal

__all__ = ["Codes"]

_LENGTH = 6
_LIFETIME = timedelta(hours=24)


class Codes:
    """The codes that are waiting to be typed in."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def issue(self, username: str, now: datetime) -> str:
        """Make a code; the one before it no longer counts."""
        code = self._entropy.text(DIGITS, _LENGTH)
        expires_at = round((now + _LIFETIME).timestamp() * 1000)
        self._database.write(
            "INSERT OR REPLACE INTO confirmation_code VALUES (?, ?, ?)",
            *(username, code, expires_at),
        )
        return code

    def redeem(self, username: str, code: str, now: datetime) -> Refusal | None:
        """Use the code up, or say why it does not hold."""
        row = self._database.row(
            "SELECT * FROM confirmation_code WHERE username = ?", username
        )
        if row is None or row["expires_at"] <= round(now.timestamp() * 1000):
            return CODE_EXPIRED
        if not hmac.compare_digest(row["code"].encode(), code.encode()):
            return CODE_MISMATCH
        self._database.write(
            "DELETE FROM confirmation_code WHERE username = ?", username
        )
        return None
