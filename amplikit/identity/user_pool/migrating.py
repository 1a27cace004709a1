"""Users who come from elsewhere: UserMigration vouches for them, once.

Source: Cognito developer guide, "Migrate user Lambda trigger".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.triggers import INVALID_OUTPUT, Event, ask_function
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["Migration", "migrate"]

_IGNORED = frozenset({"sub", "username", "cognito:user_status"})


@dataclass(frozen=True, slots=True)
class Migration:
    """Somebody unknown who signs in, or who has forgotten her password."""

    operation: str
    login: str
    client_id: str
    metadata: Mapping[str, str]
    password: str | None = field(repr=False, default=None)


async def migrate(context: PoolContext, migration: Migration) -> User | Refusal | None:
    """Return the user that the function vouches for; None when it knows nobody.

    An error of the function is an answer as well: it does not know her.
    """
    pool = context.pool
    response = await ask_function(
        context,
        Event(
            Trigger.USER_MIGRATION,
            migration.operation,
            migration.login,
            migration.client_id,
            {
                "password": migration.password,
                "validationData": dict(migration.metadata) or None,
                "userAttributes": None,
            },
            {
                "userAttributes": None,
                "forceAliasCreation": None,
                "finalUserStatus": None,
                "messageAction": None,
                "desiredDeliveryMediums": None,
            },
        ),
    )
    if response is None:
        return None
    if isinstance(response, Refusal):
        return None if response is not INVALID_OUTPUT else response
    given = response.get("userAttributes")
    if not given:
        return None
    if not isinstance(given, dict) or not all(
        isinstance(value, str) for value in given.values()
    ):
        return INVALID_OUTPUT
    attributes = {name: text for name, text in given.items() if name not in _IGNORED}
    confirmed = response.get("finalUserStatus") == UserStatus.CONFIRMED
    status = UserStatus.CONFIRMED if confirmed else UserStatus.RESET_REQUIRED
    stored = (
        await pool.passwords.prepare(migration.login, migration.password)
        if migration.password is not None
        else None
    )
    with pool.database.transaction():
        user = pool.users.create(migration.login, attributes, status, context.now)
        if user and stored:
            pool.passwords.save(user.username, stored)
    return user
