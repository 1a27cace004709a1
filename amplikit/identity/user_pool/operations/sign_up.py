"""``SignUp``: a new user, unconfirmed until the code comes back.

Source: Cognito API reference, SignUp; developer guide, "Pre sign-up Lambda trigger".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import SignInName
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import (
    email_refusal,
    is_phone_number,
    sign_up_refusal,
)
from amplikit.identity.user_pool.clients import secret_hash_refusal
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.confirming import tell_of_confirmation
from amplikit.identity.user_pool.messages import (
    Letter,
    delivery_details,
    send,
    verifying_contact,
)
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
from amplikit.identity.user_pool.pre_sign_up import NewUser, ask_pre_sign_up
from amplikit.identity.user_pool.refusal import (
    USERNAME_EXISTS,
    Refusal,
    invalid_parameter,
    not_authorized,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.user_pool import UserPoolSettings
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS", "names_itself", "username_refusal"]


async def _sign_up(given: Parameters, context: PoolContext) -> Answer | Refusal:
    pool, username = context.pool, given.text("Username")
    client = pool.clients.called_by(given.text("ClientId"))
    if isinstance(client, Refusal):
        return client
    settings = pool.settings.get()
    attributes = names_itself(username, settings) | given.attributes("UserAttributes")
    refusal = _refuse(given, context, client, attributes)
    if refusal:
        return refusal
    metadata = given.texts("ClientMetadata")
    # Where an address stands for the name, the pool makes the name itself.
    sub = pool.entropy.uuid()
    name = sub if settings.username_attributes else username
    wish = await ask_pre_sign_up(
        context,
        NewUser(
            "SignUp",
            name,
            client.id,
            attributes,
            given.attributes("ValidationData"),
            metadata,
        ),
    )
    if isinstance(wish, Refusal):
        return wish
    stored = await pool.passwords.prepare(name, given.text("Password"))
    with pool.database.transaction():
        user = (
            None
            if _is_taken(context, username)
            else pool.users.create(
                name,
                attributes | wish.verified(attributes),
                UserStatus.CONFIRMED if wish.confirms else UserStatus.UNCONFIRMED,
                context.now,
                sub=sub,
            )
        )
        if user is None:
            return USERNAME_EXISTS
        pool.passwords.save(name, stored)
    answer: Answer = {
        "UserConfirmed": user.status is UserStatus.CONFIRMED,
        "UserSub": user.sub,
    }
    if wish.confirms:
        return await tell_of_confirmation(context, user, client.id, metadata) or answer
    contact = verifying_contact(user, pool)
    if contact is None:
        return answer
    code = pool.codes.issue(user.username, CodePurpose.SIGN_UP, context.now)
    body = words.SMS_BODY if contact.is_phone else words.EMAIL_BODY
    letter = Letter("SignUp", client.id, code, body % code)
    failed = await send(context, user, contact, letter, metadata)
    return failed or answer | {"CodeDeliveryDetails": delivery_details(contact)}


def _refuse(
    given: Parameters,
    context: PoolContext,
    client: Client,
    attributes: Mapping[str, str],
) -> Refusal | None:
    pool, username = context.pool, given.text("Username")
    settings = pool.settings.get()
    secret_hash = given.text("SecretHash")
    refusal = secret_hash_refusal(client, secret_hash, (username,))
    if refusal and not secret_hash:
        refusal = not_authorized(words.SECRET_HASH_WRONG % client.id)
    if not settings.self_sign_up:
        refusal = refusal or not_authorized(words.SIGN_UP_OFF)
    return (
        refusal
        or username_refusal(username, settings)
        or policy_refusal(given.text("Password"), settings.password_policy)
        or sign_up_refusal(attributes, settings, client.settings)
        or (USERNAME_EXISTS if _is_taken(context, username) else None)
    )


def _is_taken(context: PoolContext, username: str) -> bool:
    pool = context.pool
    return pool.users.get(username) is not None or any(
        pool.users.holder(name.value, username, proved=False)
        for name in pool.settings.get().username_attributes
    )


def username_refusal(username: str, settings: UserPoolSettings) -> Refusal | None:
    """Refuse a name where the pool wants an address or a number."""
    if not settings.username_attributes or names_itself(username, settings):
        return None
    match settings.username_attributes:
        case (SignInName.EMAIL,):
            return invalid_parameter(words.USERNAME_AS_EMAIL)
        case (SignInName.PHONE_NUMBER,):
            return invalid_parameter(words.USERNAME_AS_PHONE)
        case _:
            return invalid_parameter(words.USERNAME_AS_EITHER)


def names_itself(username: str, settings: UserPoolSettings) -> dict[str, str]:
    """Return the attribute that a name is, when it is an address or a number."""
    names = settings.username_attributes or (SignInName.EMAIL,)
    if SignInName.EMAIL in names and email_refusal(username) is None:
        return {"email": username}
    if SignInName.PHONE_NUMBER in names and is_phone_number(username):
        return {"phone_number": username}
    return {}


OPERATIONS = (
    Operation(
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
        _sign_up,
    ),
)
