"""The messages that Cognito would have sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.identity.database import Database

__all__ = ["Message", "Outbox"]


@dataclass(frozen=True, slots=True)
class Message:
    """One e-mail; ``code`` is what a program would look for in the body."""

    to: str
    subject: str
    at: datetime
    body: str = field(repr=False)
    code: str | None = field(repr=False, default=None)


class Outbox:
    """All messages since the data folder was made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def send(self, message: Message) -> None:
        """Add a message."""
        self._database.write(
            "INSERT INTO outbox (recipient, subject, body, code, at)"
            " VALUES (?, ?, ?, ?, ?)",
            *(message.to, message.subject, message.body, message.code),
            round(message.at.timestamp() * 1000),
        )

    def messages(self) -> list[Message]:
        """Return the messages, oldest first."""
        return [
            Message(
                to=row["recipient"],
                subject=row["subject"],
                at=datetime.fromtimestamp(row["at"] / 1000, UTC),
                body=row["body"],
                code=row["code"],
            )
            for row in self._database.rows("SELECT * FROM outbox ORDER BY position")
        ]
