"""Codes that prove an address, a number or a wish: six digits, one per purpose.

Codes are made for names that do not exist as well, and go nowhere: the answers to
later calls then tell nothing about who exists.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from amplikit.identity.entropy import DIGITS
from amplikit.identity.user_pool.refusal import CODE_EXPIRED, CODE_MISMATCH

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.user_pool.refusal import Refusal

__all__ = ["CodePurpose", "Codes"]

_LENGTH = 6


class CodePurpose(StrEnum):
    """What a code is for."""

    SIGN_UP = "sign-up"
    PASSWORD = "password"  # noqa: S105  a purpose
    EMAIL = "email"
    PHONE_NUMBER = "phone_number"


# Source: Cognito developer guide, "Quotas": validity of codes.
_LIFETIMES = {
    CodePurpose.SIGN_UP: timedelta(hours=24),
    CodePurpose.PASSWORD: timedelta(hours=1),
    CodePurpose.EMAIL: timedelta(hours=24),
    CodePurpose.PHONE_NUMBER: timedelta(hours=24),
}


class Codes:
    """The codes that are waiting to be typed in."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def new(self) -> str:
        """Return six digits that nothing waits for yet."""
        return self._entropy.text(DIGITS, _LENGTH)

    def issue(self, username: str, purpose: CodePurpose, now: datetime) -> str:
        """Make a code; the one before it no longer counts. Expired ones are swept."""
        code = self.new()
        expires_at = _milliseconds(now + _LIFETIMES[purpose])
        with self._database.transaction():
            self._database.write(
                "DELETE FROM issued_code WHERE expires_at <= ?", _milliseconds(now)
            )
            self._database.write(
                "INSERT OR REPLACE INTO issued_code VALUES (?, ?, ?, ?)",
                *(username, purpose.value, code, expires_at),
            )
        return code

    def redeem(
        self, username: str, purpose: CodePurpose, code: str, now: datetime
    ) -> Refusal | None:
        """Use the code up, or say why it does not hold."""
        row = self._database.row(
            "SELECT * FROM issued_code WHERE username = ? AND purpose = ?",
            *(username, purpose.value),
        )
        if row is None or row["expires_at"] <= _milliseconds(now):
            return CODE_EXPIRED
        given = code.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(row["code"].encode(), given):
            return CODE_MISMATCH
        self.forget(username, purpose)
        return None

    def forget(self, username: str, purpose: CodePurpose) -> None:
        """Let a code count no longer."""
        self._database.write(
            "DELETE FROM issued_code WHERE username = ? AND purpose = ?",
            *(username, purpose.value),
        )


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
