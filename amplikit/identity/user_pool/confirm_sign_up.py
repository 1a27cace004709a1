"""``ConfirmSignUp``: the code came back, the user may sign in.

Source: Cognito API reference, ConfirmSignUp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool.clients import client_refusal
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    CODE,
    SECRET_HASH,
    USERNAME,
)
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    CODE_EXPIRED,
    Refusal,
    not_authorized,
)
from amplikit.identity.user_pool.triggers import run_trigger
from amplikit.identity.user_pool.users import User, UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATION"]

_ATTEMPTS_PER_HOUR = 15


async def _run(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client_id = given.text("ClientId")
    confirmed = client_refusal(
        context.pool, client_id, given.text("SecretHash")
    ) or _confirm(given.text("Username"), given.text("ConfirmationCode"), context)
    if isinstance(confirmed, Refusal):
        return confirmed
    # The user stays confirmed whatever the function says, as on AWS.
    metadata = given.texts("ClientMetadata")
    refusal = await run_trigger(
        context,
        Trigger.POST_CONFIRMATION,
        "ConfirmSignUp",
        confirmed,
        client_id,
        {"clientMetadata": metadata} if metadata else {},
    )
    return refusal or {}


def _confirm(username: str, code: str, context: PoolContext) -> User | Refusal:
    pool, now = context.pool, context.now
    if not pool.attempts.allow("ConfirmSignUp", username, _ATTEMPTS_PER_HOUR, now):
        return ATTEMPT_LIMIT
    with pool.database.transaction():
        user = pool.users.get(username)
        if user is None:
            return CODE_EXPIRED
        if user.status is not UserStatus.UNCONFIRMED:
            return not_authorized(
                f"User cannot be confirmed. Current status is {user.status}"
            )
        refusal = pool.codes.redeem(username, code, now)
        return refusal or pool.users.confirm(user, now)


OPERATION = Operation(
    "ConfirmSignUp",
    (CLIENT_ID, USERNAME, CODE, SECRET_HASH, CLIENT_METADATA),
    _run,
)
