"""``GetUserAttributeVerificationCode`` and ``VerifyUserAttribute``.

Source: Cognito API reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool.access_tokens import signed_in_user
from amplikit.identity.user_pool.changing import send_attribute_code
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.forms import SOLID
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    ACCESS_TOKEN,
    CLIENT_METADATA,
    Parameter,
)
from amplikit.identity.user_pool.refusal import ATTEMPT_LIMIT, Refusal

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_REQUESTS_PER_HOUR = 5
_ATTEMPTS_PER_HOUR = 15
_VERIFIABLE = (CodePurpose.EMAIL.value, CodePurpose.PHONE_NUMBER.value)


async def _send(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    pool, user = context.pool, found.user
    purpose = "AttributeCode"
    if not pool.attempts.allow(purpose, user.username, _REQUESTS_PER_HOUR, context.now):
        return ATTEMPT_LIMIT
    details = await send_attribute_code(
        context,
        user,
        given.text("AttributeName"),
        "VerifyUserAttribute",
        found.client.id,
        given.texts("ClientMetadata"),
    )
    if isinstance(details, Refusal):
        return details
    return {"CodeDeliveryDetails": details}


async def _verify(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    pool, user, now = context.pool, found.user, context.now
    if not pool.attempts.allow(
        "VerifyAttribute", user.username, _ATTEMPTS_PER_HOUR, now
    ):
        return ATTEMPT_LIMIT
    name, code = given.text("AttributeName"), given.text("Code")
    with pool.database.transaction():
        refusal = pool.codes.redeem(user.username, CodePurpose(name), code, now)
        if refusal:
            return refusal
        proved = {f"{name}_verified": "true"}
        pool.users.change_attributes(user, proved, now)
    return {}


_NAME = Parameter("AttributeName", required=True, longest=32, one_of=_VERIFIABLE)
_CODE = Parameter("Code", required=True, longest=2048, form=SOLID)

OPERATIONS = (
    Operation(
        "GetUserAttributeVerificationCode",
        (ACCESS_TOKEN, _NAME, CLIENT_METADATA),
        _send,
    ),
    Operation("VerifyUserAttribute", (ACCESS_TOKEN, _NAME, _CODE), _verify),
)
