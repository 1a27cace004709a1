"""What an administrator does to a user who is there.

Source: Cognito API reference, the operations by their names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import attributes_refusal
from amplikit.identity.user_pool.changing import change_attributes, removed
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.confirming import confirm, tell_of_confirmation
from amplikit.identity.user_pool.logins import find_user
from amplikit.identity.user_pool.messages import Letter, send
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_METADATA,
    PASSWORD,
    USER_POOL_ID,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.recovery import recovery_contact
from amplikit.identity.user_pool.refusal import (
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
    not_authorized,
)
from amplikit.identity.user_pool.triggers import NO_CLIENT
from amplikit.identity.user_pool.users import User, UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_Change: TypeAlias = Callable[
    ["Parameters", "PoolContext", User], Awaitable[Refusal | None]
]


def _changing(name: str, change: _Change, *parameters: Parameter) -> Operation:
    """Return an operation on one user whose answer is empty."""

    async def run(given: Parameters, context: PoolContext) -> Answer | Refusal:
        user = find_user(context.pool, given.text("Username"))
        if user is None:
            return USER_NOT_FOUND
        return await change(given, context, user) or {}

    return Operation(name, (USER_POOL_ID, USERNAME, *parameters), run, signed=True)


async def _set_password(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    pool, password = context.pool, given.text("Password")
    policy = pool.settings.get().password_policy
    weak = policy_refusal(password, policy)
    if weak:
        return weak
    stored = await pool.passwords.prepare(user.username, password)
    with pool.database.transaction():
        current = pool.users.get(user.username)
        if current is None:
            return USER_NOT_FOUND
        pool.passwords.save(user.username, stored)
        pool.lockout.succeeded(user.username)
        if given.flag("Permanent"):
            pool.users.set_status(current, UserStatus.CONFIRMED, context.now)
        else:
            status = UserStatus.FORCE_CHANGE_PASSWORD
            pool.users.set_status(current, status, context.now)
            end = context.now + timedelta(days=policy.temporary_days)
            pool.users.expire_password(user.username, end)
    return None


async def _reset_password(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    pool, now = context.pool, context.now
    if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        return not_authorized(words.CANNOT_BE_RESET)
    contact = recovery_contact(user)
    if contact is None:
        return invalid_parameter(words.NO_RECOVERY)
    with pool.database.transaction():
        pool.users.set_status(user, UserStatus.RESET_REQUIRED, now)
        code = pool.codes.issue(user.username, CodePurpose.PASSWORD, now)
    body = words.SMS_BODY if contact.is_phone else words.RESET_BODY
    letter = Letter("ForgotPassword", NO_CLIENT, code, body % code, words.RESET_SUBJECT)
    return await send(context, user, contact, letter, given.texts("ClientMetadata"))


async def _confirm(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    if user.status is not UserStatus.UNCONFIRMED:
        return not_authorized(words.CANNOT_BE_CONFIRMED % user.status)
    # Nothing was proved: the address stays as unverified as it is, as on AWS.
    confirmed = confirm(context.pool, user, None, context.now)
    metadata = given.texts("ClientMetadata")
    return await tell_of_confirmation(context, confirmed, NO_CLIENT, metadata)


async def _enable(
    given: Parameters,  # noqa: ARG001  the signature of changes
    context: PoolContext,
    user: User,
) -> Refusal | None:
    context.pool.users.set_enabled(user.username, context.now, enabled=True)
    return None


async def _disable(
    given: Parameters,  # noqa: ARG001  the signature of changes
    context: PoolContext,
    user: User,
) -> Refusal | None:
    pool = context.pool
    with pool.database.transaction():
        pool.users.set_enabled(user.username, context.now, enabled=False)
        pool.refresh_tokens.revoke_all(user.username, context.now)
    return None


async def _sign_out(
    given: Parameters,  # noqa: ARG001  the signature of changes
    context: PoolContext,
    user: User,
) -> Refusal | None:
    context.pool.refresh_tokens.revoke_all(user.username, context.now)
    return None


async def _update(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    changes = given.attributes("UserAttributes")
    if "sub" in changes:
        return invalid_parameter(words.CANNOT_CHANGE % "sub")
    refusal = attributes_refusal(changes, context.pool.settings.get())
    if refusal:
        return refusal
    metadata = given.texts("ClientMetadata")
    details = await change_attributes(context, user, changes, NO_CLIENT, metadata)
    return details if isinstance(details, Refusal) else None


async def _delete_attributes(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    settings, names = context.pool.settings.get(), given.items("UserAttributeNames")
    refusal = attributes_refusal(dict.fromkeys(names, ""), settings)
    changes = removed(names, settings)
    if refusal or isinstance(changes, Refusal):
        return changes if isinstance(changes, Refusal) else refusal
    context.pool.users.change_attributes(user, changes, context.now)
    return None


OPERATIONS = (
    _changing(
        "AdminSetUserPassword",
        _set_password,
        PASSWORD,
        Parameter("Permanent", kind="flag"),
    ),
    _changing("AdminResetUserPassword", _reset_password, CLIENT_METADATA),
    _changing("AdminConfirmSignUp", _confirm, CLIENT_METADATA),
    _changing("AdminEnableUser", _enable),
    _changing("AdminDisableUser", _disable),
    _changing("AdminUserGlobalSignOut", _sign_out),
    _changing(
        "AdminUpdateUserAttributes",
        _update,
        Parameter("UserAttributes", kind="attributes", required=True),
        CLIENT_METADATA,
    ),
    _changing(
        "AdminDeleteUserAttributes",
        _delete_attributes,
        Parameter("UserAttributeNames", kind="list", required=True, longest=32),
    ),
)
