"""``ForgotPassword`` and ``ConfirmForgotPassword``: a code instead of the password.

For a name that nobody has, or whose user has nothing to send a code to, everything
looks the same and nothing is sent. Source: Cognito developer guide, "Managing user
existence error responses".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.confirming import tell_of_confirmation
from amplikit.identity.user_pool.logins import calling_client, find_user
from amplikit.identity.user_pool.messages import (
    Letter,
    delivery_details,
    made_up_contact,
    send,
)
from amplikit.identity.user_pool.migrating import Migration, migrate
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    CODE,
    PASSWORD,
    SECRET_HASH,
    USERNAME,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.recovery import recovery_contact, recovery_refusal
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    CODE_EXPIRED,
    USER_NOT_FOUND,
    Refusal,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["OPERATIONS"]

# Source: Cognito developer guide, "Recovering user accounts": 5 to 20 an hour, by risk.
_REQUESTS_PER_HOUR = 20
_ATTEMPTS_PER_HOUR = 15


async def _forgot(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, login, now = context.pool, given.text("Username"), context.now
    client = calling_client(given, context)
    if isinstance(client, Refusal):
        return client
    metadata = given.texts("ClientMetadata")
    user = find_user(pool, login) or await migrate(
        context, Migration("ForgotPassword", login, client.id, metadata)
    )
    if isinstance(user, Refusal):
        return user
    name = user.username if user else login
    if not pool.attempts.allow("ForgotPassword", name, _REQUESTS_PER_HOUR, now):
        return ATTEMPT_LIMIT
    refusal = recovery_refusal(user)
    if refusal and not client.settings.hides_users:
        return refusal
    code = pool.codes.issue(name, CodePurpose.PASSWORD, now)
    contact = recovery_contact(user) if user and not refusal else None
    if user and contact:
        body = words.SMS_BODY if contact.is_phone else words.RESET_BODY
        letter = Letter(
            "ForgotPassword", client.id, code, body % code, words.RESET_SUBJECT
        )
        failed = await send(context, user, contact, letter, metadata)
        if failed:
            return failed
    shown = contact or made_up_contact(pool, login)
    return {"CodeDeliveryDetails": delivery_details(shown)}


async def _confirm(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, login, now = context.pool, given.text("Username"), context.now
    client, password = calling_client(given, context), given.text("Password")
    if isinstance(client, Refusal):
        return client
    weak = policy_refusal(password, pool.settings.get().password_policy)
    if weak:
        return weak
    user = find_user(pool, login)
    if user is None and not client.settings.hides_users:
        return USER_NOT_FOUND
    name = user.username if user else login
    if not pool.attempts.allow("ConfirmForgot", name, _ATTEMPTS_PER_HOUR, now):
        return ATTEMPT_LIMIT
    # Hashed before the code is looked at: a wrong code costs as much as a right one.
    stored = await pool.passwords.prepare(name, password)
    with pool.database.transaction():
        code = given.text("ConfirmationCode")
        refusal = pool.codes.redeem(name, CodePurpose.PASSWORD, code, now)
        current = pool.users.get(name)
        if refusal or current is None or recovery_refusal(current):
            return refusal or CODE_EXPIRED
        pool.passwords.save(name, stored)
        pool.lockout.succeeded(name)
        current = _recovered(context, current)
    metadata = given.texts("ClientMetadata")
    told = await tell_of_confirmation(
        context, current, client.id, metadata, "ConfirmForgotPassword"
    )
    return told or {}


def _recovered(context: PoolContext, user: User) -> User:
    """Return the user with the address or number that the code has proved."""
    pool, contact = context.pool, recovery_contact(user)
    if contact:
        proved = {f"{contact.attribute}_verified": "true"}
        user = pool.users.change_attributes(user, proved, context.now)
    return pool.users.set_status(user, UserStatus.CONFIRMED, context.now)


OPERATIONS = (
    Operation(
        "ForgotPassword", (CLIENT_ID, USERNAME, SECRET_HASH, CLIENT_METADATA), _forgot
    ),
    Operation(
        "ConfirmForgotPassword",
        (CLIENT_ID, USERNAME, CODE, PASSWORD, SECRET_HASH, CLIENT_METADATA),
        _confirm,
    ),
)
