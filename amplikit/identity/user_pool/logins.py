"""Who is meant by a name that was typed in, and what is done for one unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.clients import secret_hash_refusal
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.triggers import Event, ask_function, user_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext, UserPool
    from amplikit.identity.user_pool.sign_in import Attempt
    from amplikit.identity.user_pool.users import User

__all__ = [
    "calling_client",
    "find_user",
    "known_names",
    "missing_parameter",
    "pre_authentication",
    "unknown_user",
]


def find_user(pool: UserPool, login: str) -> User | None:
    """Return the user of that name, address or number.

    Where users sign up with an address or number, that counts before it is proved.
    """
    user = pool.users.find(login)
    if user:
        return user
    for name in pool.settings.get().username_attributes:
        user = pool.users.holder(name.value, login, proved=False)
        if user:
            return user
    return pool.users.with_sub(login)


def known_names(pool: UserPool, login: str) -> tuple[str, ...]:
    """Return the names by which a ``SecretHash`` may call whoever is meant."""
    user = find_user(pool, login)
    return (login, user.username, user.sub) if user else (login,)


def calling_client(given: Parameters, context: PoolContext) -> Client | Refusal:
    """Return the app client that asks for a username, with the right ``SecretHash``."""
    client = context.pool.clients.called_by(given.text("ClientId"))
    if isinstance(client, Refusal):
        return client
    names = known_names(context.pool, given.text("Username"))
    return secret_hash_refusal(client, given.text("SecretHash"), names) or client


def unknown_user(client: Client) -> Refusal:
    """Return what is said of a name that nobody has."""
    return INCORRECT_LOGIN if client.settings.hides_users else USER_NOT_FOUND


def missing_parameter(parameters: Mapping[str, str], *names: str) -> Refusal | None:
    """Refuse a flow or a challenge that lacks one of its parameters."""
    for name in names:
        if not parameters.get(name):
            return invalid_parameter(words.PARAMETER_MISSING % name)
    return None


async def pre_authentication(
    context: PoolContext, user: User | None, attempt: Attempt
) -> Refusal | None:
    """Ask PreAuthentication whether somebody may try to sign in.

    It is asked about names that nobody has as well, unless the pool says so anyway.
    """
    if user is None and not attempt.client.settings.hides_users:
        return None
    asked = await ask_function(
        context,
        Event(
            Trigger.PRE_AUTHENTICATION,
            "Authentication",
            user.username if user else attempt.login,
            attempt.client.id,
            {
                "userAttributes": user_attributes(user) if user else {},
                "validationData": dict(attempt.metadata),
                "userNotFound": user is None,
            },
        ),
    )
    return asked if isinstance(asked, Refusal) else None
