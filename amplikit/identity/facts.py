"""What an identity database is once and for all: its account, pools and secrets."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.identity.entropy import LOWER, MIXED

if TYPE_CHECKING:
    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy

__all__ = ["Facts", "make_facts", "read_facts"]

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Facts:
    """Ids of the right shape, made at the first start and never changed."""

    account_id: str
    region: str
    api_id: str
    user_pool_id: str
    user_pool_client_id: str
    identity_pool_id: str
    next_token_secret: bytes = field(repr=False)

    @property
    def api_arn(self) -> str:
        """The ARN below which the API's types and fields are."""
        return f"arn:aws:appsync:{self.region}:{self.account_id}:apis/{self.api_id}"

    @property
    def user_pool_provider(self) -> str:
        """The pool's name among an identity pool's logins."""
        return f"cognito-idp.{self.region}.amazonaws.com/{self.user_pool_id}"

    def issuer(self, base_url: str) -> str:
        """Return ``iss`` of this pool's tokens for a server at ``base_url``."""
        return f"{base_url.rstrip('/')}/cognito-idp/{self.user_pool_id}"


def make_facts(
    database: Database, region: str, account_id: str, entropy: Entropy
) -> Facts:
    """Write the facts of a new database, and return them."""
    facts = Facts(
        account_id=account_id,
        region=region,
        api_id=entropy.text(LOWER, 26),
        user_pool_id=f"{region}_{entropy.text(MIXED, 9)}",
        user_pool_client_id=entropy.text(LOWER, 26),
        identity_pool_id=f"{region}:{entropy.uuid()}",
        next_token_secret=entropy.random_bytes(_SECRET_BYTES),
    )
    values = {
        "account_id": facts.account_id,
        "region": facts.region,
        "api_id": facts.api_id,
        "user_pool_id": facts.user_pool_id,
        "user_pool_client_id": facts.user_pool_client_id,
        "identity_pool_id": facts.identity_pool_id,
        "next_token_secret": base64.b64encode(facts.next_token_secret).decode(),
    }
    for name, value in values.items():
        database.write("INSERT INTO fact VALUES (?, ?)", name, value)
    return facts


def read_facts(database: Database) -> Facts | None:
    """Return the facts, or None in a new database."""
    values = {row["name"]: row["value"] for row in database.rows("SELECT * FROM fact")}
    if not values:
        return None
    return Facts(
        account_id=values["account_id"],
        region=values["region"],
        api_id=values["api_id"],
        user_pool_id=values["user_pool_id"],
        user_pool_client_id=values["user_pool_client_id"],
        identity_pool_id=values["identity_pool_id"],
        next_token_secret=base64.b64decode(values["next_token_secret"]),
    )
