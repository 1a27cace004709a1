"""``ResendConfirmationCode``: a new code; the old one no longer counts.

For a name that does not exist the answer looks the same, each time, and nothing is
sent.
Source: Cognito API reference, ResendConfirmationCode; developer guide, "Managing user
existence error responses".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.logins import calling_client, find_user
from amplikit.identity.user_pool.messages import (
    Letter,
    delivery_details,
    made_up_contact,
    send,
    verifying_contact,
)
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    SECRET_HASH,
    USERNAME,
)
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_ATTEMPTS_PER_HOUR = 5


async def _resend(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, login, now = context.pool, given.text("Username"), context.now
    client = calling_client(given, context)
    if isinstance(client, Refusal):
        return client
    user = find_user(pool, login)
    if user is None and not client.settings.hides_users:
        return USER_NOT_FOUND
    if user and user.status is not UserStatus.UNCONFIRMED:
        return invalid_parameter(words.ALREADY_CONFIRMED)
    name = user.username if user else login
    if not pool.attempts.allow("ResendCode", name, _ATTEMPTS_PER_HOUR, now):
        return ATTEMPT_LIMIT
    code = pool.codes.issue(name, CodePurpose.SIGN_UP, now)
    contact = verifying_contact(user, pool) if user else None
    if user and contact:
        body = words.SMS_BODY if contact.is_phone else words.EMAIL_BODY
        letter = Letter("ResendCode", client.id, code, body % code)
        metadata = given.texts("ClientMetadata")
        failed = await send(context, user, contact, letter, metadata)
        if failed:
            return failed
    shown = contact or made_up_contact(pool, login)
    return {"CodeDeliveryDetails": delivery_details(shown)}


OPERATIONS = (
    Operation(
        "ResendConfirmationCode",
        (CLIENT_ID, USERNAME, SECRET_HASH, CLIENT_METADATA),
        _resend,
    ),
)
