"""``SignUp``: a new user, unconfirmed until the code comes back.

Source: Cognito API reference, SignUp.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from amplikit.identity.user_pool.attributes import attributes_refusal
from amplikit.identity.user_pool.clients import client_refusal
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    PASSWORD,
    SECRET_HASH,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.refusal import USERNAME_EXISTS, Refusal
from amplikit.identity.user_pool.users import UserStatus
from amplikit.identity.user_pool.verification import delivery_details, send_code

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATION"]


async def _run(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, username = context.pool, given.text("Username")
    attributes = given.attributes("UserAttributes")
    if "email" not in attributes and "@" in username:
        attributes["email"] = username
    refusal = (
        client_refusal(pool, given.text("ClientId"), given.text("SecretHash"))
        or policy_refusal(given.text("Password"))
        or attributes_refusal(attributes)
        or (USERNAME_EXISTS if pool.users.get(username) else None)
    )
    if refusal:
        return refusal
    digest = await asyncio.to_thread(pool.passwords.digest, given.text("Password"))
    with pool.database.transaction():
        user = pool.users.create(
            username, attributes, UserStatus.UNCONFIRMED, context.now
        )
        if user is None:
            return USERNAME_EXISTS
        pool.passwords.save(username, digest)
        send_code(pool, username, attributes["email"], context.now)
    return {
        "UserConfirmed": False,
        "UserSub": user.sub,
        "CodeDeliveryDetails": delivery_details(attributes["email"]),
    }


OPERATION = Operation(
    "SignUp",
    (
        CLIENT_ID,
        USERNAME,
        PASSWORD,
        SECRET_HASH,
        Parameter("UserAttributes", kind="attributes"),
        Parameter("ValidationData", kind="attributes"),
        CLIENT_METADATA,
    ),
    _run,
)
