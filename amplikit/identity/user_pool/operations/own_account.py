"""What a signed-in user does with her account: look, change, leave.

Source: Cognito API reference, GetUser, UpdateUserAttributes, DeleteUserAttributes,
DeleteUser, ChangePassword.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.access_tokens import signed_in_user
from amplikit.identity.user_pool.attributes import (
    own_attributes_refusal,
    shown_attributes,
)
from amplikit.identity.user_pool.changing import change_attributes, removed
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    ACCESS_TOKEN,
    CLIENT_METADATA,
    Parameter,
)
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    PASSWORD_ATTEMPTS,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.shown import shown_factors

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]


async def _get(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    readable = found.client.settings.read_attributes
    return {
        "Username": found.user.username,
        "UserAttributes": shown_attributes(found.user, readable),
        **shown_factors(context.pool, found.user),
    }


async def _update(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    changes = given.attributes("UserAttributes")
    refusal = own_attributes_refusal(
        changes, context.pool.settings.get(), found.client.settings
    )
    if refusal:
        return refusal
    metadata = given.texts("ClientMetadata")
    details = await change_attributes(
        context, found.user, changes, found.client.id, metadata
    )
    if isinstance(details, Refusal):
        return details
    return {"CodeDeliveryDetailsList": details}


async def _delete_attributes(
    given: Parameters, context: PoolContext
) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    pool, names = context.pool, given.items("UserAttributeNames")
    settings = pool.settings.get()
    refusal = own_attributes_refusal(
        dict.fromkeys(names, ""), settings, found.client.settings
    )
    changes = removed(names, settings)
    if refusal or isinstance(changes, Refusal):
        return (
            refusal or INCORRECT_LOGIN if not isinstance(changes, Refusal) else changes
        )
    pool.users.change_attributes(found.user, changes, context.now)
    return {}


async def _delete(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    context.pool.users.delete(found.user.username)
    return {}


async def _change_password(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    pool, name, now = context.pool, found.user.username, context.now
    proposed = given.text("ProposedPassword")
    weak = policy_refusal(proposed, pool.settings.get().password_policy)
    if weak:
        return weak
    async with pool.turns.wait(name):
        if pool.lockout.locked(name, now):
            return PASSWORD_ATTEMPTS
        # A user who has no password yet, and signed in otherwise, sets one.
        had_one = pool.passwords.digest_of(name) is not None
        previous = given.text("PreviousPassword")
        if had_one and not await pool.passwords.check(name, previous):
            pool.lockout.failed(name, now)
            return INCORRECT_LOGIN
        stored = await pool.passwords.prepare(name, proposed)
        with pool.database.transaction():
            current = pool.users.get(name)
            if current is None or current.sub != found.user.sub:
                return invalid_parameter(words.USER_NOT_FOUND)
            pool.passwords.save(name, stored)
        pool.lockout.succeeded(name)
    return {}


_ATTRIBUTES = Parameter("UserAttributes", kind="attributes", required=True)
_NAMES = Parameter("UserAttributeNames", kind="list", required=True, longest=32)


def _password(name: str, *, required: bool) -> Parameter:
    return Parameter(name, required=required, longest=256, secret=True)


OPERATIONS = (
    Operation("GetUser", (ACCESS_TOKEN,), _get),
    Operation(
        "UpdateUserAttributes", (ACCESS_TOKEN, _ATTRIBUTES, CLIENT_METADATA), _update
    ),
    Operation("DeleteUserAttributes", (ACCESS_TOKEN, _NAMES), _delete_attributes),
    Operation("DeleteUser", (ACCESS_TOKEN,), _delete),
    Operation(
        "ChangePassword",
        (
            ACCESS_TOKEN,
            _password("PreviousPassword", required=False),
            _password("ProposedPassword", required=True),
        ),
        _change_password,
    ),
)
