"""The user pool's parts, and what an operation gets to work with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.auth_sessions import AuthSessions
from amplikit.identity.user_pool.clients import Clients
from amplikit.identity.user_pool.codes import Codes
from amplikit.identity.user_pool.groups import Groups
from amplikit.identity.user_pool.limits import Attempts, Lockout, Turns
from amplikit.identity.user_pool.outbox import Outbox
from amplikit.identity.user_pool.passwords import Passwords
from amplikit.identity.user_pool.refresh_tokens import RefreshTokens
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.second_factors import SecondFactors
from amplikit.identity.user_pool.settings import Settings
from amplikit.identity.user_pool.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from amplikit.identity.database import Database
    from amplikit.identity.entropy import Entropy
    from amplikit.identity.facts import Facts
    from amplikit.identity.signing_keys import SigningKey
    from amplikit.identity.user_pool.triggers import Triggers

__all__ = ["UNSIGNED", "PoolContext", "UserPool", "make_user_pool"]

UNSIGNED = Refusal("MissingAuthenticationTokenException", words.UNSIGNED)


@dataclass(frozen=True, slots=True)
class UserPool:
    """One user pool: its facts, its keys and its tables."""

    facts: Facts
    signing_keys: tuple[SigningKey, ...]
    entropy: Entropy
    database: Database
    settings: Settings
    clients: Clients
    users: Users
    groups: Groups
    passwords: Passwords
    second_factors: SecondFactors
    codes: Codes
    attempts: Attempts
    lockout: Lockout
    outbox: Outbox
    auth_sessions: AuthSessions
    refresh_tokens: RefreshTokens
    turns: Turns = field(default_factory=Turns)

    @property
    def name(self) -> str:
        """What SRP calls the pool: its id after the ``_``."""
        return self.facts.user_pool_id.rpartition("_")[2]

    @property
    def arn(self) -> str:
        """What policies call the pool."""
        facts = self.facts
        return (
            f"arn:aws:cognito-idp:{facts.region}:{facts.account_id}"
            f":userpool/{facts.user_pool_id}"
        )


def _nobody(_operation: str) -> Refusal | None:
    return UNSIGNED


@dataclass(frozen=True, slots=True)
class PoolContext:
    """A pool, and what belongs to one request: ``iss``, seam to Lambda, time.

    ``authorize`` says whether whoever signed the request may call an operation that
    is not open to everybody.
    """

    pool: UserPool
    issuer: str
    triggers: Triggers
    now: datetime
    authorize: Callable[[str], Refusal | None] = _nobody


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
        settings=Settings(database),
        clients=Clients(database, entropy),
        users=Users(database, entropy),
        groups=Groups(database),
        passwords=Passwords(database, entropy, facts),
        second_factors=SecondFactors(database, entropy),
        codes=Codes(database, entropy),
        attempts=Attempts(database),
        lockout=Lockout(database),
        outbox=Outbox(database),
        auth_sessions=AuthSessions(database, entropy),
        refresh_tokens=RefreshTokens(database, entropy),
    )
