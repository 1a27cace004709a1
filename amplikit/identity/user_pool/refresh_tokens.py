"""Refresh tokens: opaque, kept as hashes, good for 30 days."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["RefreshTokens", "SignIn"]

_LIFETIME = timedelta(days=30)
_TOKEN_BYTES = 192


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that a refresh token goes back to."""

    username: str
    client_id: str
    origin_jti: str
    auth_time: datetime


class RefreshTokens:
    """The refresh tokens that have been handed out."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def issue(self, sign_in: SignIn, now: datetime) -> str:
        """Make a token; expired ones are swept out on the way."""
        token = self._entropy.token(_TOKEN_BYTES)
        with self._database.transaction():
            self._database.write(
                "DELETE FROM refresh_token WHERE expires_at <= ?", int(now.timestamp())
            )
            self._database.write(
                "INSERT INTO refresh_token VALUES (?, ?, ?, ?, ?, ?)",
                *(_digest(token), sign_in.username, sign_in.client_id),
                *(sign_in.origin_jti, int(sign_in.auth_time.timestamp())),
                int((now + _LIFETIME).timestamp()),
            )
        return token

    def find(self, token: str, now: datetime) -> SignIn | None:
        """Return what a token stands for, unless it is unknown or expired."""
        row = self._database.row(
            "SELECT * FROM refresh_token WHERE digest = ? AND expires_at > ?",
            *(_digest(token), int(now.timestamp())),
        )
        if row is None:
            return None
        return SignIn(
            username=row["username"],
            client_id=row["client_id"],
            origin_jti=row["origin_jti"],
            auth_time=datetime.fromtimestamp(row["auth_time"], UTC),
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
