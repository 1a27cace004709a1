"""The users and groups of the pool."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy

__all__ = ["User", "UserStatus", "Users"]


class UserStatus(StrEnum):
    """``UserStatus`` of Cognito, as far as a user can get there."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class User:
    """A user; ``attributes`` are text, without ``sub``."""

    username: str
    sub: str
    status: UserStatus
    enabled: bool
    attributes: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    created_at: datetime
    modified_at: datetime

    def attribute(self, name: str) -> str | None:
        """Return an attribute's value."""
        return dict(self.attributes).get(name)


class Users:
    """The rows of users and groups; usernames and group names are case-sensitive."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def all(self) -> list[User]:
        """Return all users, oldest first."""
        rows = self._database.rows("SELECT * FROM user ORDER BY position")
        return [self._user(row) for row in rows]

    def get(self, username: str) -> User | None:
        """Return the user of that name."""
        row = self._database.row("SELECT * FROM user WHERE username = ?", username)
        return self._user(row) if row else None

    def find(self, login: str) -> User | None:
        """Return the user of that name, or the one who proved that e-mail address."""
        user = self.get(login)
        if user or "@" not in login:
            return user
        row = self._database.row(
            "SELECT * FROM user WHERE json_extract(attributes, '$.email') = ?"
            " AND json_extract(attributes, '$.email_verified') = 'true'"
            " ORDER BY position",
            login,
        )
        return self._user(row) if row else None

    def create(
        self,
        username: str,
        attributes: Mapping[str, str],
        status: UserStatus,
        now: datetime,
    ) -> User | None:
        """Add a user, or return None when the name is taken."""
        at = round(now.timestamp() * 1000)
        with self._database.transaction():
            if self.get(username):
                return None
            self._database.write(
                "INSERT INTO user (username, sub, status, enabled, attributes,"
                " created_at, modified_at) VALUES (?, ?, ?, 1, ?, ?, ?)",
                *(username, self._entropy.uuid(), status.value),
                *(_json(attributes), at, at),
            )
            return self.get(username)

    def confirm(self, user: User, now: datetime) -> User:
        """Confirm a user and, with her, her e-mail address."""
        attributes = dict(user.attributes)
        if "email" in attributes:
            attributes["email_verified"] = "true"
        at = round(now.timestamp() * 1000)
        self._database.write(
            "UPDATE user SET status = ?, attributes = ?, modified_at = ?"
            " WHERE username = ?",
            *(UserStatus.CONFIRMED.value, _json(attributes), at, user.username),
        )
        return replace(
            user,
            status=UserStatus.CONFIRMED,
            attributes=tuple(attributes.items()),
            modified_at=datetime.fromtimestamp(at / 1000, UTC),
        )

    def set_enabled(self, username: str, now: datetime, *, enabled: bool) -> bool:
        """Allow or forbid a user to sign in; return whether there is such a user."""
        return bool(
            self._database.write(
                "UPDATE user SET enabled = ?, modified_at = ? WHERE username = ?",
                *(int(enabled), round(now.timestamp() * 1000), username),
            )
        )

    def delete(self, username: str) -> bool:
        """Remove a user with her sessions and groups; return whether she was there."""
        return bool(
            self._database.write("DELETE FROM user WHERE username = ?", username)
        )

    def groups(self) -> list[str]:
        """Return the names of all groups."""
        rows = self._database.rows('SELECT name FROM "group" ORDER BY name')
        return [row["name"] for row in rows]

    def create_group(self, name: str) -> None:
        """Add a group unless it is there."""
        self._database.write('INSERT OR IGNORE INTO "group" VALUES (?)', name)

    def add_to_group(self, username: str, group: str) -> bool:
        """Put a user into a group, which is made if need be.

        Returns False when there is no such user.
        """
        with self._database.transaction():
            if self.get(username) is None:
                return False
            self.create_group(group)
            self._database.write(
                "INSERT OR IGNORE INTO membership VALUES (?, ?)", username, group
            )
            return True

    def remove_from_group(self, username: str, group: str) -> bool:
        """Take a user out of a group; return whether it was in."""
        return bool(
            self._database.write(
                "DELETE FROM membership WHERE username = ? AND group_name = ?",
                *(username, group),
            )
        )

    def _user(self, row: Row) -> User:
        groups = self._database.rows(
            "SELECT group_name FROM membership WHERE username = ? ORDER BY group_name",
            row["username"],
        )
        return User(
            username=row["username"],
            sub=row["sub"],
            status=UserStatus(row["status"]),
            enabled=bool(row["enabled"]),
            attributes=tuple(orjson.loads(row["attributes"]).items()),
            groups=tuple(group["group_name"] for group in groups),
            created_at=datetime.fromtimestamp(row["created_at"] / 1000, UTC),
            modified_at=datetime.fromtimestamp(row["modified_at"] / 1000, UTC),
        )


def _json(attributes: Mapping[str, str]) -> str:
    return orjson.dumps(dict(attributes)).decode()
