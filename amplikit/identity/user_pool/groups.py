"""The groups of the pool and who is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.identity.database import Database, Row

__all__ = ["Group", "Groups", "preferred_role"]


@dataclass(frozen=True, slots=True)
class Group:
    """A group; of several, the one with the lowest ``precedence`` comes first."""

    name: str
    description: str | None
    precedence: int | None
    role_arn: str | None
    created_at: datetime
    modified_at: datetime


class Groups:
    """The rows of groups and memberships; names are case-sensitive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Group]:
        """Return all groups, by name."""
        rows = self._database.rows('SELECT * FROM "group" ORDER BY name')
        return [_group(row) for row in rows]

    def get(self, name: str) -> Group | None:
        """Return the group of that name."""
        row = self._database.row('SELECT * FROM "group" WHERE name = ?', name)
        return _group(row) if row else None

    def of(self, username: str) -> list[Group]:
        """Return the groups that a user is in, by name."""
        rows = self._database.rows(
            'SELECT "group".* FROM "group" JOIN membership ON group_name = name'
            " WHERE username = ? ORDER BY name",
            username,
        )
        return [_group(row) for row in rows]

    def members(self, name: str) -> list[str]:
        """Return the names of a group's users, oldest first."""
        rows = self._database.rows(
            "SELECT user.username FROM user JOIN membership USING (username)"
            " WHERE group_name = ? ORDER BY position",
            name,
        )
        return [row["username"] for row in rows]

    def create(self, name: str, now: datetime) -> bool:
        """Add a group; return False when it is there."""
        at = round(now.timestamp() * 1000)
        return bool(
            self._database.write(
                'INSERT OR IGNORE INTO "group" (name, created_at, modified_at)'
                " VALUES (?, ?, ?)",
                *(name, at, at),
            )
        )

    def describe(self, group: Group, now: datetime) -> None:
        """Give a group another description, precedence and role."""
        self._database.write(
            'UPDATE "group" SET description = ?, precedence = ?, role_arn = ?,'
            " modified_at = ? WHERE name = ?",
            *(group.description, group.precedence, group.role_arn),
            *(round(now.timestamp() * 1000), group.name),
        )

    def delete(self, name: str) -> bool:
        """Remove a group, not its users; return whether it was there."""
        return bool(self._database.write('DELETE FROM "group" WHERE name = ?', name))

    def add(self, username: str, name: str) -> None:
        """Put a user into a group; both are there."""
        self._database.write(
            "INSERT OR IGNORE INTO membership VALUES (?, ?)", username, name
        )

    def remove(self, username: str, name: str) -> bool:
        """Take a user out of a group; return whether she was in."""
        return bool(
            self._database.write(
                "DELETE FROM membership WHERE username = ? AND group_name = ?",
                *(username, name),
            )
        )


def preferred_role(groups: Iterable[Group]) -> str | None:
    """Return the role of the group that comes first; None when two roles tie.

    Source: Cognito developer guide, "Adding groups to a user pool". A group without
    precedence comes last.
    """
    ranked = [group for group in groups if group.precedence is not None]
    if not ranked:
        return None
    first = min(group.precedence for group in ranked if group.precedence is not None)
    roles = {group.role_arn for group in ranked if group.precedence == first}
    return roles.pop() if len(roles) == 1 else None


def _group(row: Row) -> Group:
    return Group(
        name=row["name"],
        description=row["description"],
        precedence=row["precedence"],
        role_arn=row["role_arn"],
        created_at=datetime.fromtimestamp(row["created_at"] / 1000, UTC),
        modified_at=datetime.fromtimestamp(row["modified_at"] / 1000, UTC),
    )
