"""The answers to challenges: codes, new passwords, choices, proofs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Factor
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import own_attributes_refusal
from amplikit.identity.user_pool.custom_sign_in import CHALLENGE as CUSTOM
from amplikit.identity.user_pool.custom_sign_in import (
    answer_custom,
    continue_after_srp,
)
from amplikit.identity.user_pool.logins import missing_parameter
from amplikit.identity.user_pool.passwords import policy_refusal
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    CODE_MISMATCH,
    INCORRECT_LOGIN,
    INVALID_SESSION,
    Refusal,
    invalid_parameter,
    not_authorized,
)
from amplikit.identity.user_pool.sign_in import (
    Attempt,
    ask_factor,
    ask_second_factor,
    complete,
    proceed,
)
from amplikit.identity.user_pool.srp_sign_in import CHALLENGE as SRP
from amplikit.identity.user_pool.srp_sign_in import check_claim, srp_session
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.auth_sessions import AuthSession
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["CHALLENGES", "Reply", "answer_challenge"]

NEW_PASSWORD = "NEW_PASSWORD_REQUIRED"  # noqa: S105  a challenge's name
CHOICE = "SELECT_MFA_TYPE"
SET_UP = "MFA_SETUP"
CHALLENGES = (SRP, Factor.SMS, Factor.TOTP, CHOICE, SET_UP, NEW_PASSWORD, CUSTOM)

_ATTRIBUTE = "userAttributes."


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: to which challenge, in which session, by which client."""

    challenge: str
    client: Client
    by_admin: bool
    responses: Mapping[str, str] = field(repr=False)
    session: str = field(repr=False, default="")
    metadata: Mapping[str, str] = field(default_factory=dict)


async def answer_challenge(context: PoolContext, reply: Reply) -> Answer | Refusal:
    """Judge an answer, and go on with the sign-in."""
    if reply.challenge == SRP:
        return await _prove(context, reply)
    if not reply.session:
        return invalid_parameter(words.PARAMETER_MISSING % "Session")
    missing = missing_parameter(reply.responses, "USERNAME")
    if missing:
        return missing
    sessions = context.pool.auth_sessions
    session = sessions.find(reply.session, reply.challenge, context.now)
    if session is None or not _belongs(session, reply):
        return INVALID_SESSION
    if session.expired:
        return not_authorized(words.SESSION_EXPIRED)
    attempt = _attempt(session, reply)
    if reply.challenge == CUSTOM:
        return await answer_custom(context, session, attempt, reply.responses)
    user = context.pool.users.get(session.state["username"])
    if user is None or user.sub != session.state["sub"]:
        return INVALID_SESSION
    match reply.challenge:
        case "NEW_PASSWORD_REQUIRED":
            return await _new_password(context, session, user, attempt, reply)
        case "SELECT_MFA_TYPE":
            return await _choose(context, session, user, attempt, reply)
        case "MFA_SETUP":
            return await _set_up(context, session, user, attempt)
        case _:
            return await _second_factor(context, session, user, attempt, reply)


async def _prove(context: PoolContext, reply: Reply) -> Answer | Refusal:
    session = srp_session(context, reply.responses)
    if isinstance(session, Refusal):
        return session
    if not _belongs(session, reply):
        return INCORRECT_LOGIN
    user = await check_claim(context, session, reply.responses)
    if isinstance(user, Refusal):
        return user
    attempt = _attempt(session, reply)
    history = session.state.get("history")
    if history is not None:
        return await continue_after_srp(context, user, attempt, history)
    return await proceed(context, user, attempt)


async def _second_factor(
    context: PoolContext,
    session: AuthSession,
    user: User,
    attempt: Attempt,
    reply: Reply,
) -> Answer | Refusal:
    name = f"{reply.challenge}_CODE"
    missing = missing_parameter(reply.responses, name)
    if missing:
        return missing
    pool, now, code = context.pool, context.now, reply.responses[name]
    # No username has a space in it: codes are counted beside passwords.
    subject = f"{user.username} {reply.challenge}"
    with pool.database.transaction():
        if pool.lockout.locked(subject, now):
            return ATTEMPT_LIMIT
        refusal = _refuse_code(context, session, user, reply.challenge, code)
        if refusal:
            pool.auth_sessions.failed(session)
            pool.lockout.failed(subject, now)
            return refusal
        pool.lockout.succeeded(subject)
        if not pool.auth_sessions.end(session):
            return INVALID_SESSION
        if reply.challenge == Factor.SMS and user.attribute("phone_number"):
            proved = {"phone_number_verified": "true"}
            user = pool.users.change_attributes(user, proved, now)
    return await complete(context, user, attempt)


def _refuse_code(
    context: PoolContext, session: AuthSession, user: User, challenge: str, code: str
) -> Refusal | None:
    if challenge == Factor.SMS:
        expected = session.state["code"].encode()
        given = code.encode("utf-8", "surrogatepass")
        return None if hmac.compare_digest(expected, given) else CODE_MISMATCH
    match context.pool.second_factors.use(user.username, code, context.now):
        case True:
            return None
        case None:
            return Refusal("ExpiredCodeException", words.TOTP_USED)
        case False:
            return Refusal("CodeMismatchException", words.SIGN_IN_TOTP_MISMATCH)


async def _choose(
    context: PoolContext,
    session: AuthSession,
    user: User,
    attempt: Attempt,
    reply: Reply,
) -> Answer | Refusal:
    missing = missing_parameter(reply.responses, "ANSWER")
    if missing:
        return missing
    answer = reply.responses["ANSWER"]
    if answer not in context.pool.second_factors.get(user.username).enabled:
        return invalid_parameter(words.MFA_CHOICE % answer)
    if not context.pool.auth_sessions.end(session):
        return INVALID_SESSION
    return await ask_factor(context, Factor(answer), user, attempt)


async def _set_up(
    context: PoolContext, session: AuthSession, user: User, attempt: Attempt
) -> Answer | Refusal:
    if session.state.get("verified") != "true":
        return INVALID_SESSION
    if not context.pool.auth_sessions.end(session):
        return INVALID_SESSION
    return await complete(context, user, attempt)


async def _new_password(
    context: PoolContext,
    session: AuthSession,
    user: User,
    attempt: Attempt,
    reply: Reply,
) -> Answer | Refusal:
    missing = missing_parameter(reply.responses, "NEW_PASSWORD")
    if missing:
        return missing
    pool, password = context.pool, reply.responses["NEW_PASSWORD"]
    settings = pool.settings.get()
    given = {
        name.removeprefix(_ATTRIBUTE): value
        for name, value in reply.responses.items()
        if name.startswith(_ATTRIBUTE)
    }
    merged = {**dict(user.attributes), **given}
    lacking = [name for name in settings.required_attributes if not merged.get(name)]
    refusal = policy_refusal(password, settings.password_policy) or (
        own_attributes_refusal(given, settings, attempt.client.settings)
    )
    if lacking and not refusal:
        refusal = invalid_parameter(
            words.ATTRIBUTE_SCHEMA % f"{lacking[0]}: The attribute is required"
        )
    if refusal:
        return refusal
    stored = await pool.passwords.prepare(user.username, password)
    with pool.database.transaction():
        if not pool.auth_sessions.end(session):
            return INVALID_SESSION
        current = pool.users.get(user.username)
        if current is None or current.status is not UserStatus.FORCE_CHANGE_PASSWORD:
            return INVALID_SESSION
        pool.passwords.save(user.username, stored)
        pool.users.change_attributes(user, given, context.now)
        user = pool.users.set_status(user, UserStatus.CONFIRMED, context.now)
    return await ask_second_factor(context, user, attempt)


def _belongs(session: AuthSession, reply: Reply) -> bool:
    """Whether the session is this client's, this user's, and begun the same way."""
    state = session.state
    return (
        state["client_id"] == reply.client.id
        and (state["by_admin"] == "true") is reply.by_admin
        and reply.responses.get("USERNAME")
        in (state["username"], state["login"], state.get("sub") or None)
    )


def _attempt(session: AuthSession, reply: Reply) -> Attempt:
    return Attempt(
        client=reply.client,
        login=session.state["login"],
        by_admin=reply.by_admin,
        metadata=reply.metadata,
        source=session.state.get("source", "Authentication"),
    )
