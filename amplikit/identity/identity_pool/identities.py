"""The identities of the pool, and which logins lead to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.facts import Facts

__all__ = ["Identities", "Identity", "Login"]

_MOST = 20_000
# Made where they are needed: an older file has one login for each identity.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS pool_identity (
        identity_id TEXT PRIMARY KEY, created_at INTEGER NOT NULL,
        modified_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS pool_login (
        provider TEXT, subject TEXT, identity_id TEXT NOT NULL
        REFERENCES pool_identity (identity_id) ON DELETE CASCADE,
        PRIMARY KEY (provider, subject)
    ) WITHOUT ROWID""",
    "INSERT OR IGNORE INTO pool_identity SELECT identity_id, 0, 0 FROM identity",
    """INSERT OR IGNORE INTO pool_login
        SELECT provider, subject, identity_id FROM identity""",
    "DELETE FROM identity",
)


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody whom a provider vouches for."""

    provider: str
    subject: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity of the pool; a guest's has no logins."""

    identity_id: str
    logins: tuple[Login, ...]
    created_at: datetime
    modified_at: datetime


class Identities:
    """The rows of identities and their logins; ``most`` bounds those of guests."""

    def __init__(
        self,
        database: Database,
        facts: Facts,
        entropy: Entropy,
        most: int = _MOST,
    ) -> None:
        self._database = database
        self._most = most
        self._facts = facts
        self._entropy = entropy
        with database.transaction():
            for statement in _TABLES:
                database.write(statement)

    def get(self, identity_id: str) -> Identity | None:
        """Return the identity of an id."""
        row = self._database.row(
            "SELECT * FROM pool_identity WHERE identity_id = ?", identity_id
        )
        return self._identity(row) if row else None

    def all(self) -> list[Identity]:
        """Return all identities, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM pool_identity ORDER BY created_at, identity_id"
        )
        return [self._identity(row) for row in rows]

    def guest(self, now: datetime) -> Identity:
        """Make an identity for somebody without a login."""
        identity_id = f"{self._facts.region}:{self._entropy.uuid()}"
        at = round(now.timestamp() * 1000)
        with self._database.transaction():
            self._database.write(
                "INSERT INTO pool_identity VALUES (?, ?, ?)", identity_id, at, at
            )
            self._forget_guests()
        return Identity(identity_id, (), now, now)

    def of(self, logins: Iterable[Login], now: datetime) -> Identity | None:
        """Return the identity of these logins, the same one each time; make it if new.

        None when they belong to different ones.
        """
        given = tuple(logins)
        with self._database.transaction():
            known = {found for login in given if (found := self._known(login))}
            if len(known) > 1:
                return None
            identity_id = next(iter(known), None) or self.guest(now).identity_id
            return self.link(identity_id, given, now)

    def link(
        self, identity_id: str, logins: Iterable[Login], now: datetime
    ) -> Identity | None:
        """Let logins lead to an identity too.

        None when one of them leads to another identity already.
        """
        at = round(now.timestamp() * 1000)
        with self._database.transaction():
            for login in logins:
                known = self._known(login)
                if known not in (None, identity_id):
                    return None
                if known is None:
                    self._database.write(
                        "INSERT INTO pool_login VALUES (?, ?, ?)",
                        *(login.provider, login.subject, identity_id),
                    )
                    self._database.write(
                        "UPDATE pool_identity SET modified_at = ?"
                        " WHERE identity_id = ?",
                        *(at, identity_id),
                    )
            return self.get(identity_id)

    def signed_in(
        self, guest_id: str, logins: Iterable[Login], now: datetime
    ) -> Identity | None:
        """Let a guest become the user of these logins: a new one, or the known one.

        None when the logins belong to different ones. Source: amplify-js, which asks
        with the guest's id and keeps the other id that it may be answered.
        """
        given = tuple(logins)
        with self._database.transaction():
            known = {found for login in given if (found := self._known(login))}
            if len(known) > 1:
                return None
            if known:
                self.delete(guest_id)
            return self.link(next(iter(known), guest_id), given, now)

    def delete(self, identity_id: str) -> bool:
        """Forget an identity; say whether there was one."""
        return bool(
            self._database.write(
                "DELETE FROM pool_identity WHERE identity_id = ?", identity_id
            )
        )

    def _forget_guests(self) -> None:
        """Keep a bound: anybody may ask for a guest's identity."""
        row = self._database.row("SELECT COUNT(*) AS count FROM pool_identity")
        if row is not None and row["count"] > self._most:
            self._database.write(
                "DELETE FROM pool_identity WHERE identity_id IN (SELECT identity_id"
                " FROM pool_identity LEFT JOIN pool_login USING (identity_id)"
                " WHERE provider IS NULL ORDER BY created_at LIMIT ?)",
                max(1, self._most // 10),
            )

    def _known(self, login: Login) -> str | None:
        row = self._database.row(
            "SELECT identity_id FROM pool_login WHERE provider = ? AND subject = ?",
            *(login.provider, login.subject),
        )
        return str(row["identity_id"]) if row else None

    def _identity(self, row: Row) -> Identity:
        logins = self._database.rows(
            "SELECT provider, subject FROM pool_login WHERE identity_id = ?"
            " ORDER BY provider, subject",
            row["identity_id"],
        )
        return Identity(
            row["identity_id"],
            tuple(Login(each["provider"], each["subject"]) for each in logins),
            datetime.fromtimestamp(row["created_at"] / 1000, UTC),
            datetime.fromtimestamp(row["modified_at"] / 1000, UTC),
        )
