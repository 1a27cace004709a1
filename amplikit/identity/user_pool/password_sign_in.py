"""Signing in with the password itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool.logins import (
    find_user,
    missing_parameter,
    pre_authentication,
    unknown_user,
)
from amplikit.identity.user_pool.migrating import Migration, migrate
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    PASSWORD_ATTEMPTS,
    Refusal,
)
from amplikit.identity.user_pool.sign_in import proceed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.sign_in import Attempt
    from amplikit.identity.user_pool.users import User

__all__ = ["authenticate", "begin_with_password"]

_LONGEST_NAME = 128
_LONGEST_PASSWORD = 256


async def begin_with_password(
    context: PoolContext, parameters: Mapping[str, str], attempt: Attempt
) -> Answer | Refusal:
    """Check the password, and go on."""
    missing = missing_parameter(parameters, "USERNAME", "PASSWORD")
    if missing:
        return missing
    user = await authenticate(context, parameters["PASSWORD"], attempt)
    return user if isinstance(user, Refusal) else await proceed(context, user, attempt)


async def authenticate(
    context: PoolContext, password: str, attempt: Attempt
) -> User | Refusal:
    """Return the user whose password this is, whatever else may be asked of her."""
    login = attempt.login
    if (
        not login
        or not password
        or len(login) > _LONGEST_NAME
        or len(password) > _LONGEST_PASSWORD
    ):
        return INCORRECT_LOGIN
    found = find_user(context.pool, login)
    refusal = await pre_authentication(context, found, attempt)
    if refusal:
        return refusal
    return await _check(context, found, password, attempt)


async def _check(
    context: PoolContext, found: User | None, password: str, attempt: Attempt
) -> User | Refusal:
    """Return the user whose password this is; work as long for unknown names."""
    pool, now = context.pool, context.now
    name = found.username if found else attempt.login
    async with pool.turns.wait(name):
        if pool.lockout.locked(name, now):
            return PASSWORD_ATTEMPTS
        right = await pool.passwords.check(name, password)
        if right:
            pool.lockout.succeeded(name)
        else:
            pool.lockout.failed(name, now)
    if found is None:
        migration = Migration(
            "Authentication",
            attempt.login,
            attempt.client.id,
            attempt.metadata,
            password,
        )
        migrated = await migrate(context, migration)
        if migrated and not isinstance(migrated, Refusal):
            pool.lockout.succeeded(name)
        return migrated or unknown_user(attempt.client)
    user = pool.users.get(name) if right else None
    return user if user and user.sub == found.sub else INCORRECT_LOGIN
