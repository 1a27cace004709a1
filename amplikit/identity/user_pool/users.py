"""The users of the pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy

__all__ = ["User", "UserStatus", "Users"]


class UserStatus(StrEnum):
    """``UserStatus`` of Cognito, as far as a user can get there."""

    UNCONFIRMED = "UNCONFIRMED"
    CONFIRMED = "CONFIRMED"
    FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"  # noqa: S105  a status
    RESET_REQUIRED = "RESET_REQUIRED"


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
    password_expires_at: datetime | None = None

    def attribute(self, name: str) -> str | None:
        """Return an attribute's value."""
        return dict(self.attributes).get(name)

    def verified(self, name: str) -> str | None:
        """Return the address or number if she has proved that it is hers."""
        if self.attribute(f"{name}_verified") != "true":
            return None
        return self.attribute(name)


class Users:
    """The rows of users; usernames are case-sensitive."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def all(self) -> list[User]:
        """Return all users, oldest first."""
        rows = self._database.rows("SELECT * FROM user ORDER BY position")
        members: dict[str, list[str]] = {}
        for row in self._database.rows("SELECT * FROM membership ORDER BY group_name"):
            members.setdefault(row["username"], []).append(row["group_name"])
        return [_user(row, members.get(row["username"], ())) for row in rows]

    def get(self, username: str) -> User | None:
        """Return the user of that name."""
        row = self._database.row("SELECT * FROM user WHERE username = ?", username)
        return self._found(row)

    def with_sub(self, sub: str) -> User | None:
        """Return the user of that ``sub``."""
        return self._found(self._database.row("SELECT * FROM user WHERE sub = ?", sub))

    def find(self, login: str) -> User | None:
        """Return the user of that name, or who proved that address or number."""
        user = self.get(login)
        if user:
            return user
        name = "email" if "@" in login else "phone_number"
        return self.holder(name, login, proved=True)

    def holder(self, name: str, value: str, *, proved: bool) -> User | None:
        """Return the oldest user with that address or number."""
        condition = (
            f" AND json_extract(attributes, '$.{name}_verified') = 'true'"
            if proved
            else ""
        )
        row = self._database.row(
            f"SELECT * FROM user WHERE json_extract(attributes, '$.{name}') = ?"  # noqa: S608  the same
            f"{condition} ORDER BY position",
            value,
        )
        return self._found(row)

    def create(
        self,
        username: str,
        attributes: Mapping[str, str],
        status: UserStatus,
        now: datetime,
        *,
        sub: str | None = None,
    ) -> User | None:
        """Add a user, or return None when the name is taken."""
        at = _milliseconds(now)
        with self._database.transaction():
            if self.get(username):
                return None
            self._database.write(
                "INSERT INTO user (username, sub, status, enabled, attributes,"
                " created_at, modified_at) VALUES (?, ?, ?, 1, ?, ?, ?)",
                *(username, sub or self._entropy.uuid(), status.value),
                *(_json(attributes), at, at),
            )
            return self.get(username)

    def set_status(self, user: User, status: UserStatus, now: datetime) -> User:
        """Move a user to a status; what she has is temporary no longer."""
        with self._database.transaction():
            self._database.write(
                "UPDATE user SET status = ?, modified_at = ?,"
                " password_expires_at = NULL WHERE username = ?",
                *(status.value, _milliseconds(now), user.username),
            )
            return self._reread(user.username)

    def expire_password(self, username: str, at: datetime) -> None:
        """Let a temporary password end."""
        self._database.write(
            "UPDATE user SET password_expires_at = ? WHERE username = ?",
            *(_milliseconds(at), username),
        )

    def change_attributes(
        self, user: User, changes: Mapping[str, str | None], now: datetime
    ) -> User:
        """Set attributes, and remove those that are None."""
        with self._database.transaction():
            current = self.get(user.username) or user
            merged = {**dict(current.attributes), **changes}
            kept = {name: text for name, text in merged.items() if text is not None}
            self._database.write(
                "UPDATE user SET attributes = ?, modified_at = ? WHERE username = ?",
                *(_json(kept), _milliseconds(now), user.username),
            )
            return self._reread(user.username)

    def set_enabled(self, username: str, now: datetime, *, enabled: bool) -> bool:
        """Allow or forbid a user to sign in; return whether there is such a user."""
        return bool(
            self._database.write(
                "UPDATE user SET enabled = ?, modified_at = ? WHERE username = ?",
                *(int(enabled), _milliseconds(now), username),
            )
        )

    def delete(self, username: str) -> bool:
        """Remove a user with all that is hers; return whether she was there."""
        with self._database.transaction():
            self._database.write("DELETE FROM issued_code WHERE username = ?", username)
            return bool(
                self._database.write("DELETE FROM user WHERE username = ?", username)
            )

    def _reread(self, username: str) -> User:
        user = self.get(username)
        if user is None:
            message = f"the user {username!r} vanished within a transaction"
            raise LookupError(message)
        return user

    def _found(self, row: Row | None) -> User | None:
        if row is None:
            return None
        groups = self._database.rows(
            "SELECT group_name FROM membership WHERE username = ? ORDER BY group_name",
            row["username"],
        )
        return _user(row, [group["group_name"] for group in groups])


def _user(row: Row, groups: Iterable[str]) -> User:
    expires_at = row["password_expires_at"]
    return User(
        username=row["username"],
        sub=row["sub"],
        status=UserStatus(row["status"]),
        enabled=bool(row["enabled"]),
        attributes=tuple(orjson.loads(row["attributes"]).items()),
        groups=tuple(groups),
        created_at=_instant(row["created_at"]),
        modified_at=_instant(row["modified_at"]),
        password_expires_at=None if expires_at is None else _instant(expires_at),
    )


def _json(attributes: Mapping[str, str]) -> str:
    return orjson.dumps(dict(attributes)).decode()


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
