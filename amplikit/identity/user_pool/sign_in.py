"""The way from a proved password to tokens, and what may be asked in between."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.blueprint.user_pool import Factor, Mfa
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import masked
from amplikit.identity.user_pool.issuing import Grant, grant_tokens, token_result
from amplikit.identity.user_pool.messages import Contact, Letter, send
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    USER_DISABLED,
    USER_NOT_CONFIRMED,
    Refusal,
    not_authorized,
)
from amplikit.identity.user_pool.triggers import (
    Event,
    ask_function,
    metadata_member,
    user_attributes,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = [
    "Attempt",
    "ask_factor",
    "ask_second_factor",
    "challenge",
    "complete",
    "hosted_sign_in",
    "proceed",
    "state_refusal",
]

_NOT_ON_THE_PAGE = "amplikit's sign-in page asks for no second factor or new password."
_SOURCES = {"NEW_PASSWORD_REQUIRED": "NewPasswordChallenge"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in: through which client, and what the client's app says about it.

    ``login`` is the name as it was typed, ``by_admin`` whether a server signs the user
    in. ``source`` is PreTokenGeneration's word for how it came about.
    """

    client: Client
    login: str
    by_admin: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    source: str = "Authentication"


async def proceed(
    context: PoolContext, user: User, attempt: Attempt
) -> Answer | Refusal:
    """Go on after the password was right: refuse, ask for more, or let in."""
    refusal = state_refusal(user)
    if refusal:
        return refusal
    if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        expires_at = user.password_expires_at
        if expires_at is not None and expires_at <= context.now:
            return not_authorized(words.TEMPORARY_EXPIRED)
        return _ask_new_password(context, user, attempt)
    return await ask_second_factor(context, user, attempt)


async def ask_second_factor(
    context: PoolContext, user: User, attempt: Attempt
) -> Answer | Refusal:
    """Ask for the second factor that the user has, or that the pool demands."""
    pool = context.pool
    settings = pool.settings.get()
    if settings.mfa is Mfa.OFF:
        return await complete(context, user, attempt)
    factors = pool.second_factors.get(user.username)
    usable = [
        factor
        for factor in factors.enabled
        if factor in settings.factors and _is_ready(factor, user, factors.secret)
    ]
    if settings.mfa is Mfa.ON and not usable:
        # A required factor that needs no set-up is taken without being asked for.
        usable = [
            factor
            for factor in settings.factors
            if _is_ready(factor, user, factors.secret)
        ]
    if len(usable) > 1 and factors.preferred not in usable:
        parameters = {"MFAS_CAN_CHOOSE": _names(usable)}
        return challenge(context, "SELECT_MFA_TYPE", user, attempt, parameters)
    if usable:
        preferred = factors.preferred
        first = preferred if preferred in usable and preferred else usable[0]
        return await ask_factor(context, first, user, attempt)
    if settings.mfa is Mfa.ON:
        parameters = {"MFAS_CAN_SETUP": _names(settings.factors)}
        return challenge(context, "MFA_SETUP", user, attempt, parameters)
    return await complete(context, user, attempt)


async def ask_factor(
    context: PoolContext, factor: Factor, user: User, attempt: Attempt
) -> Answer | Refusal:
    """Ask for a code of this factor; one by SMS goes out now."""
    if factor is Factor.TOTP:
        name = context.pool.second_factors.get(user.username).device_name
        shown = {"FRIENDLY_DEVICE_NAME": name} if name else {}
        return challenge(context, factor.value, user, attempt, shown)
    contact = Contact("phone_number", user.attribute("phone_number") or "")
    code = context.pool.codes.new()
    letter = Letter(
        source="Authentication",
        client_id=attempt.client.id,
        code=code,
        body=words.SMS_SIGN_IN_BODY % code,
    )
    refusal = await send(context, user, contact, letter, attempt.metadata)
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": masked(contact.value),
    }
    return refusal or challenge(
        context, factor.value, user, attempt, parameters, code=code
    )


async def complete(
    context: PoolContext, user: User, attempt: Attempt
) -> Answer | Refusal:
    """Let the user in: PostAuthentication, then her tokens."""
    current = await _tell(context, user, attempt)
    if isinstance(current, Refusal):
        return current
    grant = Grant(current, attempt.client, attempt.source, attempt.metadata)
    tokens = await grant_tokens(context, grant)
    return tokens if isinstance(tokens, Refusal) else token_result(tokens)


async def hosted_sign_in(
    context: PoolContext, user: User, attempt: Attempt
) -> User | Refusal:
    """Let the user in whom the sign-in page has asked for her password.

    The page asks nothing more: who has to answer a challenge signs in by the API.
    """
    refusal = state_refusal(user)
    if refusal:
        return refusal
    settings = context.pool.settings.get()
    factors = context.pool.second_factors.get(user.username)
    asked = settings.mfa is Mfa.ON or (
        settings.mfa is Mfa.OPTIONAL and bool(factors.enabled)
    )
    if asked or user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        return not_authorized(_NOT_ON_THE_PAGE)
    return await _tell(context, user, attempt)


async def _tell(context: PoolContext, user: User, attempt: Attempt) -> User | Refusal:
    """Run PostAuthentication; return the user as she is after it."""
    told = await ask_function(
        context,
        Event(
            Trigger.POST_AUTHENTICATION,
            "Authentication",
            user.username,
            attempt.client.id,
            {
                "userAttributes": user_attributes(user),
                "newDeviceUsed": False,
                **metadata_member(attempt.metadata),
            },
        ),
    )
    if isinstance(told, Refusal):
        return told
    # The function may have changed the user, or removed her.
    current = context.pool.users.get(user.username)
    if current is None or current.sub != user.sub:
        return INCORRECT_LOGIN
    return state_refusal(current) or current


def challenge(
    context: PoolContext,
    name: str,
    user: User | None,
    attempt: Attempt,
    parameters: Mapping[str, str],
    **remembered: str,
) -> Answer:
    """Return a challenge with a new session, perhaps for a name that nobody has."""
    username = user.username if user else attempt.login
    state = {
        "username": username,
        "sub": user.sub if user else "",
        "client_id": attempt.client.id,
        "login": attempt.login,
        "by_admin": "true" if attempt.by_admin else "",
        "source": _SOURCES.get(name, attempt.source),
        **remembered,
    }
    lifetime = timedelta(minutes=attempt.client.settings.session_minutes)
    session = context.pool.auth_sessions.open(name, state, context.now, lifetime)
    return {
        "ChallengeName": name,
        "ChallengeParameters": {"USER_ID_FOR_SRP": username, **parameters},
        "Session": session,
    }


def state_refusal(user: User) -> Refusal | None:
    """Refuse a user who may not sign in, whatever she knows."""
    if not user.enabled:
        return USER_DISABLED
    if user.status is UserStatus.UNCONFIRMED:
        return USER_NOT_CONFIRMED
    if user.status is UserStatus.RESET_REQUIRED:
        return Refusal("PasswordResetRequiredException", words.RESET_REQUIRED)
    return None


def _ask_new_password(context: PoolContext, user: User, attempt: Attempt) -> Answer:
    present = {name for name, value in user.attributes if value}
    required = context.pool.settings.get().required_attributes
    missing = [f"userAttributes.{name}" for name in required if name not in present]
    parameters = {
        "userAttributes": json.dumps(dict(user.attributes)),
        "requiredAttributes": json.dumps(missing),
    }
    return challenge(context, "NEW_PASSWORD_REQUIRED", user, attempt, parameters)


def _is_ready(factor: Factor, user: User, secret: str | None) -> bool:
    if factor is Factor.TOTP:
        return secret is not None
    return bool(user.attribute("phone_number"))


def _names(factors: tuple[Factor, ...] | list[Factor]) -> str:
    return json.dumps([factor.value for factor in factors])
