"""What is known of tables beside the store: their tags, and when they were made.

It lives as long as the server.
"""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["Tags"]


class Tags:
    """Tags by table, and the instants of the tables that were created since start."""

    def __init__(self, started: datetime | None = None) -> None:
        self._started = started or datetime.now(UTC)
        self._tags: dict[str, dict[str, str]] = {}
        self._created: dict[str, datetime] = {}

    def of(self, table: str) -> dict[str, str]:
        """Return a table's tags, which the caller may change."""
        return self._tags.setdefault(table, {})

    def created(self, table: str, now: datetime) -> None:
        """Note that a table is new."""
        self._created[table] = now
        self._tags.pop(table, None)

    def created_at(self, table: str) -> float:
        """Return when a table was made, for all we know, in seconds."""
        return self._created.get(table, self._started).timestamp()

    def forget(self, table: str) -> None:
        """Forget a table that is deleted."""
        self._created.pop(table, None)
        self._tags.pop(table, None)
