"""The user pool's parts, and what an operation gets to work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.identity.user_pool.codes import Codes
from amplikit.identity.user_pool.limits import Attempts, Lockout, Turns
from amplikit.identity.user_pool.outbox import Outbox
from amplikit.identity.user_pool.passwords import Passwords
from amplikit.identity.user_pool.refresh_tokens import RefreshTokens
from amplikit.identity.user_pool.users import Users

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.facts import Facts
    from amplikit.identity.signing_keys import SigningKey
    from amplikit.identity.user_pool.triggers import Triggers

__all__ = ["PoolContext", "UserPool", "make_user_pool"]


@dataclass(frozen=True, slots=True)
class UserPool:
    """One user pool: its facts, its keys and its tables."""

    facts: Facts
    signing_keys: tuple[SigningKey, ...]
    entropy: Entropy
    database: Database
    users: Users
    passwords: Passwords
    codes: Codes
    attempts: Attempts
    lockout: Lockout
    outbox: Outbox
    refresh_tokens: RefreshTokens
    turns: Turns = field(default_factory=Turns)


@dataclass(frozen=True, slots=True)
class PoolContext:
    """A pool, and what belongs to one request: ``iss``, seam to Lambda, time."""

    pool: UserPool
    issuer: str
    triggers: Triggers
    now: datetime


def make_user_pool(
    database: Database,
    facts: Facts,
    signing_keys: tuple[SigningKey, ...],
    entropy: Entropy,
) -> UserPool:
    """Return the pool of an identity database."""
    return UserPool(
        facts=facts,
        signing_keys=signing_keys,
        entropy=entropy,
        database=database,
        users=Users(database, entropy),
        passwords=Passwords(database, entropy),
        codes=Codes(database, entropy),
        attempts=Attempts(database),
        lockout=Lockout(database),
        outbox=Outbox(database),
        refresh_tokens=RefreshTokens(database, entropy),
    )
