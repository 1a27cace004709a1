"""What a configuration asks to be there from the first start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.config import ApiKeyConfig
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity.api_keys import ApiKeyRefused
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.admin import create_user
from amplikit.identity.user_pool.outbox import Message
from amplikit.identity.user_pool.refusal import USERNAME_EXISTS, Refusal
from amplikit.identity.user_pool.settings import apply_config

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.blueprint.config import Config, UserConfig
    from amplikit.identity.api_keys import ApiKeys
    from amplikit.identity.database import Database
    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["SeededUser", "seed"]


@dataclass(frozen=True, slots=True)
class SeededUser:
    """A user that has just been made, with the password made up for her."""

    username: str
    password: str = field(repr=False)


def seed(
    database: Database,
    pool: UserPool,
    api_keys: ApiKeys,
    config: Config | None,
    now: datetime,
) -> tuple[SeededUser, ...]:
    """Add what ``config`` has and the store has never had; return the new users.

    There is always a live AppSync key without a usage plan. Runs in a transaction.
    """
    if config:
        wanted = config.user_pool_clients
        apply_config(database, pool.clients, config.user_pool, wanted, now)
    for group in config.groups if config else ():
        if _first_time(database, "group", group):
            pool.groups.create(group, now)
    users = [
        _seed_user(pool, user, now)
        for user in (config.users if config else ())
        if _first_time(database, "user", user.name)
    ]
    plans = {plan.name: plan for plan in (config.usage_plans if config else ())}
    for key in config.api_keys if config else ():
        if _first_time(database, "api-key", key.name):
            plan = plans[key.usage_plan] if key.usage_plan else None
            _accept(api_keys.create(key.name, now, plan=plan, days=key.expires_days))
    if not _has_plain_key(api_keys, now):
        _accept(api_keys.create(ApiKeyConfig("default").name, now))
    return tuple(user for user in users if user)


def _seed_user(pool: UserPool, user: UserConfig, now: datetime) -> SeededUser | None:
    password = pool.passwords.generate(pool.settings.get().password_policy)
    made = create_user(
        pool, user.name, now, password=password, email=user.email, groups=user.groups
    )
    if made == USERNAME_EXISTS:
        return None
    if isinstance(made, Refusal):
        raise ConfigInvalid(
            Problem(
                code="seeded-user-invalid",
                message=f"The user '{user.name}' cannot be made: {made.message}",
                hint="Change the user in identities.toml.",
            )
        )
    # Cognito tells the user whom an administrator makes in the same words.
    message = Message(
        to=user.email or user.name,
        subject=words.INVITATION_SUBJECT,
        at=now,
        body=words.INVITATION_BODY % (user.name, password),
    )
    pool.outbox.send(message)
    return SeededUser(user.name, password)


def _accept(made: object) -> None:
    if isinstance(made, ApiKeyRefused):
        raise ConfigInvalid(
            Problem(
                code="api-key-refused",
                message=f"{made.type}: {made.message}",
                hint="Change the keys in api-keys.toml, or revoke some.",
            )
        )


def _has_plain_key(api_keys: ApiKeys, now: datetime) -> bool:
    first = next(iter(api_keys.all(now)), None)
    if first is None or first.expired(now):
        return False
    return first.kind == "appsync" and first.usage_plan is None


def _first_time(database: Database, kind: str, name: str) -> bool:
    return bool(
        database.write("INSERT OR IGNORE INTO seeded VALUES (?, ?)", kind, name)
    )
