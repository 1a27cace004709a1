"""Refresh tokens and sign-outs: opaque tokens, kept as hashes until they end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import (
    INVALID_REFRESH_TOKEN,
    Refusal,
    not_authorized,
)

if TYPE_CHECKING:
    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["RefreshTokens", "SignIn"]

_TOKEN_BYTES = 192
# As long as access tokens of the sign-in may hold.
_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that a refresh token goes back to."""

    username: str
    client_id: str
    origin_jti: str
    auth_time: datetime
    scope: str | None = None


class RefreshTokens:
    """The refresh tokens that have been handed out, and the sign-ins that ended."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def issue(self, sign_in: SignIn, now: datetime, lifetime: timedelta) -> str:
        """Make a token; those that ended long ago are swept out on the way."""
        token = self._entropy.token(_TOKEN_BYTES)
        with self._database.transaction():
            self._database.write(
                "DELETE FROM refresh_token WHERE expires_at <= ?",
                int((now - _REMEMBERED).timestamp()),
            )
            self._database.write(
                "INSERT INTO refresh_token (digest, username, client_id, origin_jti,"
                " auth_time, expires_at, scope) VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(_digest(token), sign_in.username, sign_in.client_id),
                *(sign_in.origin_jti, int(sign_in.auth_time.timestamp())),
                *(int((now + lifetime).timestamp()), sign_in.scope),
            )
        return token

    def find(self, token: str, now: datetime) -> SignIn | Refusal:
        """Return what a token stands for, unless it is unknown or has ended."""
        row = self._database.row(
            "SELECT * FROM refresh_token WHERE digest = ?", _digest(token)
        )
        if row is None:
            return INVALID_REFRESH_TOKEN
        if row["revoked"]:
            return not_authorized(words.REFRESH_TOKEN_REVOKED)
        if row["expires_at"] <= int(now.timestamp()):
            return not_authorized(words.REFRESH_TOKEN_EXPIRED)
        return SignIn(
            username=row["username"],
            client_id=row["client_id"],
            origin_jti=row["origin_jti"],
            auth_time=datetime.fromtimestamp(row["auth_time"], UTC),
            scope=row["scope"],
        )

    def use_up(self, token: str) -> bool:
        """Remove one token; its sign-in goes on. False when it was gone already."""
        return bool(
            self._database.write(
                "DELETE FROM refresh_token WHERE digest = ?", _digest(token)
            )
        )

    def revoke(self, sign_in: SignIn) -> None:
        """End one sign-in: its refresh tokens, and its access tokens."""
        self._database.write(
            "UPDATE refresh_token SET revoked = 1 WHERE origin_jti = ?",
            sign_in.origin_jti,
        )

    def revoke_all(self, username: str, now: datetime) -> None:
        """End all sign-ins of a user."""
        with self._database.transaction():
            self._database.write(
                "UPDATE refresh_token SET revoked = 1 WHERE username = ?", username
            )
            self._database.write(
                "INSERT OR REPLACE INTO signed_out SELECT username, ? FROM user"
                " WHERE username = ?",
                *(int(now.timestamp()), username),
            )

    def is_over(self, username: str, origin_jti: str, issued_at: int) -> bool:
        """Whether a sign-in has ended, so that its access tokens count no more.

        A token that the command line made has no refresh token beside it; it counts
        when it is younger than the user's last sign-out.
        """
        rows = self._database.rows(
            "SELECT revoked FROM refresh_token WHERE origin_jti = ? AND username = ?",
            *(origin_jti, username),
        )
        if rows:
            return all(row["revoked"] for row in rows)
        row = self._database.row(
            "SELECT at FROM signed_out WHERE username = ?", username
        )
        return row is not None and issued_at <= row["at"]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
