"""``ResendConfirmationCode``: a new code; the old one no longer counts.

For a name that does not exist the answer looks the same, each time, and nothing is
sent.
Source: Cognito API reference, ResendConfirmationCode; developer guide, "Managing user
existence error responses".
"""

from __future__ import annotations

import hmac
from string import ascii_lowercase
from typing import TYPE_CHECKING

from amplikit.identity.user_pool.attributes import email_refusal
from amplikit.identity.user_pool.clients import client_refusal
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    SECRET_HASH,
    USERNAME,
)
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.users import UserStatus
from amplikit.identity.user_pool.verification import delivery_details, send_code

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext, UserPool

__all__ = ["OPERATION"]

_ATTEMPTS_PER_HOUR = 5
_LETTERS = len(ascii_lowercase)


async def _run(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, username, now = context.pool, given.text("Username"), context.now
    refusal = client_refusal(pool, given.text("ClientId"), given.text("SecretHash"))
    if refusal:
        return refusal
    user = pool.users.get(username)
    if user and user.status is not UserStatus.UNCONFIRMED:
        return invalid_parameter("User is already confirmed.")
    if not pool.attempts.allow("ResendCode", username, _ATTEMPTS_PER_HOUR, now):
        return ATTEMPT_LIMIT
    email = user.attribute("email") if user else None
    if user and email:
        with pool.database.transaction():
            send_code(pool, user.username, email, now)
    return {
        "CodeDeliveryDetails": delivery_details(email or _made_up_email(pool, username))
    }


def _made_up_email(pool: UserPool, username: str) -> str:
    """Return an address that only this pool would make up, for this name."""
    if email_refusal(username) is None:
        return username
    text = b"code-delivery\0" + username.encode("utf-8", "surrogatepass")
    name, domain, *_ = hmac.digest(pool.facts.next_token_secret, text, "sha256")
    letters = ascii_lowercase[name % _LETTERS], ascii_lowercase[domain % _LETTERS]
    return "@".join(letters)


OPERATION = Operation(
    "ResendConfirmationCode",
    (CLIENT_ID, USERNAME, SECRET_HASH, CLIENT_METADATA),
    _run,
)
