"""The pool's app clients: which of them calls, and whether it may."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import UserPoolClient
from amplikit.identity.entropy import LOWER
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import Refusal, not_authorized, not_found
from amplikit.identity.user_pool.settings import read_client, write_client

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.identity.database import Database, Row
    from amplikit.identity.entropy import Entropy

__all__ = ["Client", "Clients", "secret_hash_refusal"]

_ID_LENGTH = 26
_SECRET_LENGTH = 52


@dataclass(frozen=True, slots=True)
class Client:
    """An app client of the pool, with its secret if it has one."""

    id: str
    settings: UserPoolClient
    created_at: datetime
    modified_at: datetime
    secret: str | None = field(repr=False, default=None)


class Clients:
    """The rows of the app clients."""

    def __init__(self, database: Database, entropy: Entropy) -> None:
        self._database = database
        self._entropy = entropy

    def all(self) -> list[Client]:
        """Return all clients, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM pool_client ORDER BY created_at, client_id"
        )
        return [_client(row) for row in rows]

    def get(self, client_id: str) -> Client | None:
        """Return the client of that id."""
        row = self._database.row(
            "SELECT * FROM pool_client WHERE client_id = ?", client_id
        )
        return _client(row) if row else None

    def named(self, name: str) -> Client | None:
        """Return the oldest client of that name."""
        return next((each for each in self.all() if each.settings.name == name), None)

    def ensure_default(self, client_id: str, now: datetime) -> None:
        """Make the client that every pool has, unless it is there or was deleted."""
        if self._database.row("SELECT 1 FROM pool_client") is None:
            self.create(UserPoolClient("default"), now, client_id)

    def called_by(self, client_id: str) -> Client | Refusal:
        """Return the client that a request names, or refuse the request."""
        return self.get(client_id) or not_found(words.NO_CLIENT % client_id)

    def create(
        self, settings: UserPoolClient, now: datetime, client_id: str | None = None
    ) -> Client:
        """Add a client; one that has a secret gets it here, once and for all."""
        client = Client(
            id=client_id or self._entropy.text(LOWER, _ID_LENGTH),
            settings=settings,
            created_at=now,
            modified_at=now,
            secret=self._entropy.text(LOWER, _SECRET_LENGTH)
            if settings.has_secret
            else None,
        )
        at = round(now.timestamp() * 1000)
        self._database.write(
            "INSERT INTO pool_client VALUES (?, ?, ?, ?, ?)",
            *(client.id, client.secret, write_client(settings), at, at),
        )
        return client

    def change(self, client_id: str, settings: UserPoolClient, now: datetime) -> None:
        """Give a client other settings; whether it has a secret stays."""
        self._database.write(
            "UPDATE pool_client SET settings = ?, modified_at = ? WHERE client_id = ?",
            *(write_client(settings), round(now.timestamp() * 1000), client_id),
        )

    def delete(self, client_id: str) -> bool:
        """Remove a client with its sessions; return whether it was there."""
        with self._database.transaction():
            self._database.write(
                "DELETE FROM refresh_token WHERE client_id = ?", client_id
            )
            return bool(
                self._database.write(
                    "DELETE FROM pool_client WHERE client_id = ?", client_id
                )
            )


def secret_hash_refusal(
    client: Client, given: str, usernames: Iterable[str]
) -> Refusal | None:
    """Refuse a ``SecretHash`` that the client's secret does not make of a username.

    ``usernames`` are those that a caller may have meant. A client without a secret
    cannot show one.
    """
    if client.secret is None:
        if not given:
            return None
        return not_authorized(words.SECRET_HASH_WRONG % client.id)
    if not given:
        return not_authorized(words.SECRET_HASH_MISSING % client.id)
    holds = False
    for username in usernames:
        message = (username + client.id).encode("utf-8", "surrogatepass")
        digest = hmac.digest(client.secret.encode(), message, "sha256")
        holds |= hmac.compare_digest(
            base64.b64encode(digest), given.encode("utf-8", "surrogatepass")
        )
    return None if holds else not_authorized(words.SECRET_HASH_WRONG % client.id)


def _client(row: Row) -> Client:
    return Client(
        id=row["client_id"],
        settings=read_client(row["settings"]),
        created_at=datetime.fromtimestamp(row["created_at"] / 1000, UTC),
        modified_at=datetime.fromtimestamp(row["modified_at"] / 1000, UTC),
        secret=row["secret"],
    )
