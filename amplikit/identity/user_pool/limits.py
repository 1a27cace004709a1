"""How often one may try: codes per hour, and the lockout after wrong passwords."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from amplikit.identity.database import Database

__all__ = ["Attempts", "Lockout", "Turns"]

_HOUR = timedelta(hours=1)
_QUIET_MS = 15 * 60 * 1000
_FREE_FAILURES = 5
_LONGEST_LOCK_MS = 15 * 60 * 1000


class Attempts:
    """Counts attempts per purpose and user in the hour before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def allow(self, purpose: str, username: str, limit: int, now: datetime) -> bool:
        """Count an attempt and return True; False when ``limit`` is reached."""
        at = _milliseconds(now)
        with self._database.transaction():
            self._database.write(
                "DELETE FROM attempt WHERE at <= ?", _milliseconds(now - _HOUR)
            )
            made = self._database.rows(
                "SELECT at FROM attempt WHERE purpose = ? AND subject = ?",
                *(purpose, username),
            )
            if len(made) >= limit:
                return False
            self._database.write(
                "INSERT INTO attempt VALUES (?, ?, ?)", purpose, username, at
            )
            return True


class Lockout:
    """Cognito's lockout: 1 s after the fifth wrong password, then twice as long.

    A try while locked neither counts nor extends the lock. Fifteen minutes without
    any try, or a right password, start anew. Names that do not exist are locked the
    same way, so the lock tells nothing.
    Source: Cognito developer guide, "Lockout behavior for failed sign-in attempts".
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def locked(self, username: str, now: datetime) -> bool:
        """Note a try, and return whether it comes while the name is locked."""
        at = _milliseconds(now)
        with self._database.transaction():
            self._database.write(
                "DELETE FROM lockout WHERE last_attempt_at <= ? AND locked_until <= ?",
                *(at - _QUIET_MS, at),
            )
            self._database.write(
                "UPDATE lockout SET last_attempt_at = ? WHERE subject = ?", at, username
            )
            row = self._database.row(
                "SELECT locked_until FROM lockout WHERE subject = ?", username
            )
        return row is not None and at < row["locked_until"]

    def failed(self, username: str, now: datetime) -> None:
        """Count a wrong password."""
        at = _milliseconds(now)
        with self._database.transaction():
            row = self._database.row(
                "SELECT failures FROM lockout WHERE subject = ?", username
            )
            failures = 1 + (row["failures"] if row else 0)
            self._database.write(
                "INSERT OR REPLACE INTO lockout VALUES (?, ?, ?, ?)",
                *(username, failures, at + _lock_ms(failures), at),
            )

    def succeeded(self, username: str) -> None:
        """Forget all failures."""
        self._database.write("DELETE FROM lockout WHERE subject = ?", username)


def _lock_ms(failures: int) -> int:
    if failures < _FREE_FAILURES:
        return 0
    # Beyond ten doublings the maximum holds anyway.
    doublings = min(failures - _FREE_FAILURES, 10)
    return min(1000 << doublings, _LONGEST_LOCK_MS)


class Turns:
    """Lets one sign-in per name at a time check its password.

    Without it, guesses sent at once would all pass the lockout's check before the
    first of them has failed.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def wait(self, username: str) -> AsyncIterator[None]:
        """Hold the name's turn for the block."""
        lock = self._locks.get(username)
        if lock is None:
            self._locks[username] = lock = asyncio.Lock()
        async with lock:
            yield


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
