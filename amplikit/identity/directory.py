"""The identity store: one file that holds every account, key and secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from joserfc.jwk import RSAKey

from amplikit.identity._seed import SeededUser, seed
from amplikit.identity.api_keys import ApiKeys
from amplikit.identity.credentials import Credentials
from amplikit.identity.database import Database
from amplikit.identity.entropy import Entropy
from amplikit.identity.facts import Facts, make_facts, read_facts
from amplikit.identity.signing_keys import make_signing_keys, read_signing_keys
from amplikit.identity.token_verifier import Trust
from amplikit.identity.usage import Usage
from amplikit.identity.user_pool.pool import UserPool, make_user_pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from amplikit.blueprint.config import Config

__all__ = ["DEFAULT_BASE_URL", "IdentityStore"]

DEFAULT_BASE_URL = "http://127.0.0.1:20002"
_REGION = "us-east-1"
_ACCOUNT_ID = "123456789012"


@dataclass(slots=True)
class IdentityStore:
    """The parts of an open ``identity.sqlite``.

    ``seeded_users`` are those that this opening made: their passwords are known only
    now. Server and command line use the same file at once.
    """

    database: Database
    facts: Facts
    pool: UserPool
    api_keys: ApiKeys
    credentials: Credentials
    usage: Usage
    seeded_users: tuple[SeededUser, ...] = ()
    _trust: tuple[tuple[int, int], Trust] | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        config: Config | None,
        clock: Callable[[], datetime],
        entropy: Entropy | None = None,
    ) -> IdentityStore:
        """Open the store in a data folder, or make it.

        Region and account are those of the first ``config`` and stay. Users, groups
        and keys that are new in ``config`` are added; what was deleted since stays
        deleted. Without ``config`` an existing store is left as it is.
        Raises ``DataFolderUnusable``.
        """
        entropy = entropy or Entropy()
        database = Database.open(folder)
        try:
            return cls._open(database, config, clock(), entropy)
        except BaseException:
            database.close()
            raise

    @classmethod
    def _open(
        cls,
        database: Database,
        config: Config | None,
        now: datetime,
        entropy: Entropy,
    ) -> IdentityStore:
        with database.transaction():
            facts = read_facts(database)
            is_new = facts is None
            if facts is None:
                region = config.region if config else _REGION
                account_id = config.account_id if config else _ACCOUNT_ID
                facts = make_facts(database, region, account_id, entropy)
                make_signing_keys(database)
            keys = read_signing_keys(database)
            store = cls(
                database=database,
                facts=facts,
                pool=make_user_pool(database, facts, keys, entropy),
                api_keys=ApiKeys(database, entropy),
                credentials=Credentials(database, facts, entropy),
                usage=Usage(database),
            )
            store.pool.clients.ensure_default(facts.user_pool_client_id, now)
            if config or is_new:
                store.seeded_users = seed(
                    database, store.pool, store.api_keys, config, now
                )
        return store

    @property
    def folder(self) -> Path:
        """The data folder that holds the file."""
        return self.database.path.parent

    @property
    def base_url(self) -> str:
        """The URL of the server that runs on this store, or of the last one."""
        row = self.database.row("SELECT value FROM fact WHERE name = 'base_url'")
        return str(row["value"]) if row else DEFAULT_BASE_URL

    def announce(self, base_url: str) -> None:
        """Say where the server is, so that tokens made beside it name it."""
        if base_url != self.base_url:
            self.database.write(
                "INSERT OR REPLACE INTO fact VALUES ('base_url', ?)", base_url
            )

    def trust(self, issuer: str) -> Trust:
        """Return whose tokens are accepted; a new object after each change."""
        version = self.database.version()
        if self._trust and self._trust[0] == version:
            known = self._trust[1]
            if known.issuer == issuer:
                return known
        trust = Trust(
            issuer=issuer,
            keys={
                signing.kid: RSAKey.import_key(signing.key.as_dict(private=False))
                for signing in self.pool.signing_keys
            },
            client_ids=frozenset(client.id for client in self.pool.clients.all()),
        )
        self._trust = version, trust
        return trust

    def close(self) -> None:
        """Release the file."""
        self.database.close()
