"""``ConfirmSignUp``: the code came back, the user may sign in.

Source: Cognito API reference, ConfirmSignUp; developer guide, "Managing user existence
error responses".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.confirming import confirm, tell_of_confirmation
from amplikit.identity.user_pool.logins import calling_client, find_user
from amplikit.identity.user_pool.messages import verifying_contact
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    CODE,
    SECRET_HASH,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    USER_NOT_FOUND,
    Refusal,
    not_authorized,
)
from amplikit.identity.user_pool.users import User, UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_ATTEMPTS_PER_HOUR = 15


async def _confirm_sign_up(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client = calling_client(given, context)
    if isinstance(client, Refusal):
        return client
    username = given.text("Username")
    confirmed = _confirm(username, given.text("ConfirmationCode"), client, context)
    if isinstance(confirmed, Refusal):
        return confirmed
    metadata = given.texts("ClientMetadata")
    return await tell_of_confirmation(context, confirmed, client.id, metadata) or {}


def _confirm(
    login: str, code: str, client: Client, context: PoolContext
) -> User | Refusal:
    pool, now = context.pool, context.now
    with pool.database.transaction():
        user = find_user(pool, login)
        name = user.username if user else login
        if not pool.attempts.allow("ConfirmSignUp", name, _ATTEMPTS_PER_HOUR, now):
            return ATTEMPT_LIMIT
        if user is None and not client.settings.hides_users:
            return USER_NOT_FOUND
        if user and user.status is not UserStatus.UNCONFIRMED:
            return not_authorized(words.CANNOT_BE_CONFIRMED % user.status)
        refusal = pool.codes.redeem(name, CodePurpose.SIGN_UP, code, now)
        if refusal or user is None:
            return refusal or USER_NOT_FOUND
        contact = verifying_contact(user, pool)
        return confirm(pool, user, contact.attribute if contact else None, now)


OPERATIONS = (
    Operation(
        "ConfirmSignUp",
        (
            CLIENT_ID,
            USERNAME,
            CODE,
            SECRET_HASH,
            Parameter("ForceAliasCreation", kind="flag"),
            CLIENT_METADATA,
        ),
        _confirm_sign_up,
    ),
)
