"""What the command line does to users, without codes and without triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import email_refusal
from amplikit.identity.user_pool.confirming import confirm
from amplikit.identity.user_pool.parameters import (
    GROUP_NAME,
    PASSWORD,
    USERNAME,
    check_parameters,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.refusal import (
    USER_NOT_FOUND,
    USERNAME_EXISTS,
    Refusal,
    not_authorized,
)
from amplikit.identity.user_pool.users import User, UserStatus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["confirm_user", "create_user", "delete_user", "ensure_user"]


def create_user(
    pool: UserPool,
    username: str,
    now: datetime,
    *,
    password: str | None = None,
    email: str | None = None,
    groups: Iterable[str] = (),
) -> User | Refusal:
    """Make a confirmed user; her e-mail counts as verified.

    Without a password she cannot sign in, but tokens can be made for her.
    """
    groups = tuple(groups)
    refusal = check_parameters((USERNAME,), {"Username": username})
    for group in groups:
        refusal = refusal or check_parameters((GROUP_NAME,), {"GroupName": group})
    if password is not None:
        refusal = refusal or _password_refusal(pool, password)
    if email is not None:
        refusal = refusal or email_refusal(email)
    if refusal:
        return refusal
    stored = (
        None if password is None else pool.passwords.prepare_now(username, password)
    )
    attributes = {"email": email, "email_verified": "true"} if email else {}
    with pool.database.transaction():
        if not pool.users.create(username, attributes, UserStatus.CONFIRMED, now):
            return USERNAME_EXISTS
        if stored is not None:
            pool.passwords.save(username, stored)
        for group in groups:
            pool.groups.create(group, now)
            pool.groups.add(username, group)
        return pool.users.get(username) or USER_NOT_FOUND


def _password_refusal(pool: UserPool, password: str) -> Refusal | None:
    form = check_parameters((PASSWORD,), {"Password": password})
    return form or policy_refusal(password, pool.settings.get().password_policy)


def ensure_user(pool: UserPool, username: str, now: datetime) -> User | Refusal:
    """Return the user of that name, made without a password if need be."""
    with pool.database.transaction():
        return pool.users.get(username) or create_user(pool, username, now)


def confirm_user(pool: UserPool, username: str, now: datetime) -> User | Refusal:
    """Confirm a user who signed up, without her code."""
    with pool.database.transaction():
        user = pool.users.get(username)
        if user is None:
            return USER_NOT_FOUND
        if user.status is not UserStatus.UNCONFIRMED:
            return not_authorized(words.CANNOT_BE_CONFIRMED % user.status)
        return confirm(pool, user, "email", now)


def delete_user(pool: UserPool, username: str) -> Refusal | None:
    """Remove a user, with her sessions and groups."""
    return None if pool.users.delete(username) else USER_NOT_FOUND
