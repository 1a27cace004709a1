"""Users, as an administrator makes, sees and removes them.

Source: Cognito API reference, AdminCreateUser, AdminGetUser, AdminDeleteUser.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import attributes_refusal
from amplikit.identity.user_pool.logins import find_user
from amplikit.identity.user_pool.messages import Contact, Letter, send
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.operations.sign_up import (
    names_itself,
    username_refusal,
)
from amplikit.identity.user_pool.parameters import (
    CLIENT_METADATA,
    USER_POOL_ID,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.pre_sign_up import NewUser, ask_pre_sign_up
from amplikit.identity.user_pool.refusal import (
    USER_NOT_FOUND,
    Refusal,
)
from amplikit.identity.user_pool.shown import shown_factors, shown_user
from amplikit.identity.user_pool.triggers import NO_CLIENT
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["OPERATIONS"]

_EXISTS = Refusal("UsernameExistsException", words.USER_ACCOUNT_EXISTS)


async def _create(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, username = context.pool, given.text("Username")
    settings = pool.settings.get()
    known = find_user(pool, username)
    resend = given.text("MessageAction") == "RESEND"
    if known and resend:
        return await _invite_again(given, context, known)
    if resend:
        return USER_NOT_FOUND
    attributes = names_itself(username, settings) | given.attributes("UserAttributes")
    attributes = {name: value for name, value in attributes.items() if value}
    password = given.text("TemporaryPassword") or pool.passwords.generate(
        settings.password_policy
    )
    refusal = (
        username_refusal(username, settings)
        or (_EXISTS if known else None)
        or policy_refusal(password, settings.password_policy)
        or attributes_refusal(attributes, settings)
    )
    if refusal:
        return refusal
    sub = pool.entropy.uuid()
    name = sub if settings.username_attributes else username
    validation, metadata = given.attributes("ValidationData"), _metadata(given)
    wish = await ask_pre_sign_up(
        context,
        NewUser("AdminCreateUser", name, NO_CLIENT, attributes, validation, metadata),
    )
    if isinstance(wish, Refusal):
        return wish
    stored = await pool.passwords.prepare(name, password)
    with pool.database.transaction():
        if find_user(pool, username):
            return _EXISTS
        attributes |= wish.verified(attributes)
        status = UserStatus.FORCE_CHANGE_PASSWORD
        user = pool.users.create(name, attributes, status, context.now, sub=sub)
        if user is None:
            return _EXISTS
        pool.passwords.save(name, stored)
        _let_expire(context, user)
    if given.text("MessageAction") != "SUPPRESS":
        failed = await _invite(given, context, user, password)
        if failed:
            return failed
    return {"User": shown_user(pool.users.get(name) or user)}


async def _invite_again(
    given: Parameters, context: PoolContext, user: User
) -> Answer | Refusal:
    pool = context.pool
    if user.status is not UserStatus.FORCE_CHANGE_PASSWORD:
        message = words.RESEND_STATE % user.username
        return Refusal("UnsupportedUserStateException", message)
    policy = pool.settings.get().password_policy
    password = given.text("TemporaryPassword") or pool.passwords.generate(policy)
    weak = policy_refusal(password, policy)
    if weak:
        return weak
    stored = await pool.passwords.prepare(user.username, password)
    with pool.database.transaction():
        if pool.users.get(user.username) is None:
            return USER_NOT_FOUND
        pool.passwords.save(user.username, stored)
        _let_expire(context, user)
    failed = await _invite(given, context, user, password)
    return failed or {"User": shown_user(user)}


def _let_expire(context: PoolContext, user: User) -> None:
    days = context.pool.settings.get().password_policy.temporary_days
    context.pool.users.expire_password(
        user.username, context.now + timedelta(days=days)
    )


async def _invite(
    given: Parameters, context: PoolContext, user: User, password: str
) -> Refusal | None:
    """Send the temporary password by each medium asked for that reaches the user."""
    media = given.items("DesiredDeliveryMediums") or ("SMS", "EMAIL")
    names = {"EMAIL": "email", "SMS": "phone_number"}
    for medium in media:
        value = user.attribute(names[medium])
        if not value:
            continue
        letter = Letter(
            source="AdminCreateUser",
            client_id=NO_CLIENT,
            code=password,
            body=words.INVITATION_BODY % (user.username, password),
            subject=words.INVITATION_SUBJECT,
            shows_username=True,
        )
        contact = Contact(names[medium], value)
        failed = await send(context, user, contact, letter, _metadata(given))
        if failed:
            return failed
    return None


async def _get(given: Parameters, context: PoolContext) -> Answer | Refusal:
    user = find_user(context.pool, given.text("Username"))
    if user is None:
        return USER_NOT_FOUND
    return {
        **shown_user(user, key="UserAttributes"),
        **shown_factors(context.pool, user),
    }


async def _delete(given: Parameters, context: PoolContext) -> Answer | Refusal:
    user = find_user(context.pool, given.text("Username"))
    if user is None or not context.pool.users.delete(user.username):
        return USER_NOT_FOUND
    return {}


def _metadata(given: Parameters) -> dict[str, str]:
    return given.texts("ClientMetadata")


_USER = (USER_POOL_ID, USERNAME)
_MEDIA = ("SMS", "EMAIL")

OPERATIONS = (
    Operation(
        "AdminCreateUser",
        (
            *_USER,
            Parameter("UserAttributes", kind="attributes"),
            Parameter("ValidationData", kind="attributes"),
            Parameter("TemporaryPassword", longest=256, secret=True),
            Parameter("ForceAliasCreation", kind="flag"),
            Parameter("MessageAction", one_of=("RESEND", "SUPPRESS")),
            Parameter("DesiredDeliveryMediums", kind="list", one_of=_MEDIA),
            CLIENT_METADATA,
        ),
        _create,
        signed=True,
    ),
    Operation("AdminGetUser", _USER, _get, signed=True),
    Operation("AdminDeleteUser", _USER, _delete, signed=True),
)
