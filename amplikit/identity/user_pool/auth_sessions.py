"""What waits for the client's next step: challenges, and codes of OAuth."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["AuthSession", "AuthSessions"]

_TOKEN_BYTES = 288
# Source: none; the service takes a few wrong codes within one session.
_MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class AuthSession:
    """An open step; ``expired`` ones are still known for a while."""

    token: str = field(repr=False)
    kind: str
    state: Mapping[str, str] = field(repr=False)
    expired: bool


class AuthSessions:
    """Opaque tokens, kept as hashes; each serves once."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def open(
        self, kind: str, state: Mapping[str, str], now: datetime, lifetime: timedelta
    ) -> str:
        """Return a token; those that expired an hour ago are swept out on the way."""
        token = base64.b64encode(self._entropy.random_bytes(_TOKEN_BYTES)).decode()
        at = _milliseconds(now)
        with self._database.transaction():
            self._database.write(
                "DELETE FROM auth_session WHERE expires_at <= ?", at - 3_600_000
            )
            self._database.write(
                "INSERT INTO auth_session VALUES (?, ?, ?, 0, ?)",
                *(_digest(token), kind, json.dumps(dict(state))),
                _milliseconds(now + lifetime),
            )
        return token

    def find(self, token: str, kind: str, now: datetime) -> AuthSession | None:
        """Return an open step of that kind, without ending it."""
        row = self._database.row(
            "SELECT * FROM auth_session WHERE digest = ? AND kind = ?",
            *(_digest(token), kind),
        )
        if row is None:
            return None
        expired = row["expires_at"] <= _milliseconds(now)
        return AuthSession(token, row["kind"], json.loads(row["state"]), expired)

    def end(self, session: AuthSession) -> bool:
        """Let the token serve no more; False when somebody else was faster."""
        return bool(
            self._database.write(
                "DELETE FROM auth_session WHERE digest = ?", _digest(session.token)
            )
        )

    def failed(self, session: AuthSession) -> None:
        """Count a wrong answer; after a few of them the session is over."""
        with self._database.transaction():
            self._database.write(
                "UPDATE auth_session SET failures = failures + 1 WHERE digest = ?",
                _digest(session.token),
            )
            self._database.write(
                "DELETE FROM auth_session WHERE digest = ? AND failures >= ?",
                *(_digest(session.token), _MOST_FAILURES),
            )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
