"""The second factors of each user: which are on, and the TOTP secret."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Factor
from amplikit.identity.user_pool.totp import SECRET_BYTES, matching_step, secret_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["SecondFactors", "UserFactors"]


@dataclass(frozen=True, slots=True)
class UserFactors:
    """A user's factors; ``secret`` is that of the app she has verified."""

    enabled: tuple[Factor, ...] = ()
    preferred: Factor | None = None
    secret: str | None = field(repr=False, default=None)
    device_name: str | None = None


class SecondFactors:
    """The rows of the second factors."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def get(self, username: str) -> UserFactors:
        """Return a user's factors."""
        row = self._database.row(
            "SELECT * FROM second_factor WHERE username = ?", username
        )
        if row is None:
            return UserFactors()
        preferred = row["preferred"]
        return UserFactors(
            enabled=tuple(map(Factor, json.loads(row["enabled"]))),
            preferred=Factor(preferred) if preferred else None,
            secret=row["secret"],
            device_name=row["device_name"],
        )

    def associate(self, username: str) -> str:
        """Return a new secret, which counts when a code of it was shown."""
        secret = secret_text(self._entropy.random_bytes(SECRET_BYTES))
        with self._database.transaction():
            self._ensure(username)
            self._database.write(
                "UPDATE second_factor SET pending_secret = ? WHERE username = ?",
                *(secret, username),
            )
        return secret

    def verify(
        self, username: str, code: str, device_name: str | None, now: datetime
    ) -> bool | None:
        """Take a code of the new secret; None when there is no new secret.

        The code may be shown once more to sign in: nobody waits for the next one.
        """
        with self._database.transaction():
            row = self._database.row(
                "SELECT pending_secret FROM second_factor WHERE username = ?", username
            )
            secret = row["pending_secret"] if row else None
            if secret is None:
                return None
            if matching_step(secret, code, now) is None:
                return False
            self._database.write(
                "UPDATE second_factor SET secret = ?, pending_secret = NULL,"
                " last_step = 0, device_name = ? WHERE username = ?",
                *(secret, device_name, username),
            )
        return True

    def use(self, username: str, code: str, now: datetime) -> bool | None:
        """Whether a code is right; None when it is and has been used before."""
        with self._database.transaction():
            row = self._database.row(
                "SELECT secret, last_step FROM second_factor WHERE username = ?",
                username,
            )
            if row is None or row["secret"] is None:
                return False
            step = matching_step(row["secret"], code, now)
            if step is None:
                return False
            if step <= row["last_step"]:
                return None
            self._database.write(
                "UPDATE second_factor SET last_step = ? WHERE username = ?",
                *(step, username),
            )
        return True

    def prefer(
        self, username: str, enabled: Iterable[Factor], preferred: Factor | None
    ) -> None:
        """Turn exactly these factors on."""
        with self._database.transaction():
            self._ensure(username)
            self._database.write(
                "UPDATE second_factor SET enabled = ?, preferred = ?"
                " WHERE username = ?",
                json.dumps([factor.value for factor in enabled]),
                preferred.value if preferred else None,
                username,
            )

    def _ensure(self, username: str) -> None:
        self._database.write(
            "INSERT OR IGNORE INTO second_factor (username) VALUES (?)", username
        )
