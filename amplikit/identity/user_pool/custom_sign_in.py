"""Signing in the way that the project's functions define: CUSTOM_AUTH.

Source: Cognito developer guide, "Custom authentication challenge Lambda triggers".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeGuard

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.logins import (
    find_user,
    missing_parameter,
    unknown_user,
)
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.sign_in import challenge, complete, state_refusal
from amplikit.identity.user_pool.srp_sign_in import CHALLENGE as SRP
from amplikit.identity.user_pool.srp_sign_in import show_numbers
from amplikit.identity.user_pool.triggers import (
    INVALID_OUTPUT,
    Event,
    ask_function,
    metadata_member,
    user_attributes,
)

if TYPE_CHECKING:
    from amplikit.identity.user_pool.auth_sessions import AuthSession
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.sign_in import Attempt
    from amplikit.identity.user_pool.users import User

__all__ = ["CHALLENGE", "answer_custom", "begin_custom", "continue_after_srp"]

CHALLENGE = "CUSTOM_CHALLENGE"


async def begin_custom(
    context: PoolContext, parameters: Mapping[str, str], attempt: Attempt
) -> Answer | Refusal:
    """Ask the functions how this user is to prove herself."""
    missing = missing_parameter(parameters, "USERNAME")
    if missing:
        return missing
    user = find_user(context.pool, attempt.login)
    if user is None and not attempt.client.settings.hides_users:
        return unknown_user(attempt.client)
    client_public = parameters.get("SRP_A", "")
    history = [_passed("SRP_A")] if client_public else []
    return await _next(context, user, attempt, history, client_public)


async def continue_after_srp(
    context: PoolContext, user: User, attempt: Attempt, history: str
) -> Answer | Refusal:
    """Go on after the password was proved."""
    return await _next(context, user, attempt, [*json.loads(history), _passed(SRP)])


async def answer_custom(
    context: PoolContext,
    session: AuthSession,
    attempt: Attempt,
    responses: Mapping[str, str],
) -> Answer | Refusal:
    """Let the functions judge the answer, and go on."""
    missing = missing_parameter(responses, "ANSWER")
    if missing:
        return missing
    pool, state = context.pool, session.state
    if not pool.auth_sessions.end(session):
        return INCORRECT_LOGIN
    user = pool.users.get(state["username"])
    if user and user.sub != state["sub"]:
        return INCORRECT_LOGIN
    request = {
        "privateChallengeParameters": json.loads(state["private"]),
        "challengeAnswer": responses["ANSWER"],
    }
    judged = await _ask(
        context,
        Trigger.VERIFY_AUTH_CHALLENGE_RESPONSE,
        user,
        attempt,
        request,
        {"answerCorrect": None},
    )
    if isinstance(judged, Refusal):
        return judged
    result = {
        "challengeName": CHALLENGE,
        "challengeResult": judged.get("answerCorrect") is True,
        "challengeMetadata": state["metadata"] or None,
    }
    history = [*json.loads(state["history"]), result]
    return await _next(context, user, attempt, history)


async def _next(
    context: PoolContext,
    user: User | None,
    attempt: Attempt,
    history: list[dict[str, object]],
    client_public: str = "",
) -> Answer | Refusal:
    defined = await _ask(
        context,
        Trigger.DEFINE_AUTH_CHALLENGE,
        user,
        attempt,
        {"session": history},
        {"challengeName": None, "issueTokens": None, "failAuthentication": None},
    )
    if isinstance(defined, Refusal):
        return defined
    if defined.get("failAuthentication") is True:
        return INCORRECT_LOGIN
    if defined.get("issueTokens") is True:
        if user is None:
            return INCORRECT_LOGIN
        return state_refusal(user) or await complete(context, user, attempt)
    match defined.get("challengeName"):
        case "CUSTOM_CHALLENGE":
            return await _create(context, user, attempt, history)
        case "PASSWORD_VERIFIER" if client_public:
            return show_numbers(
                context, user, client_public, attempt, history=json.dumps(history)
            )
        case _:
            return INVALID_OUTPUT


async def _create(
    context: PoolContext,
    user: User | None,
    attempt: Attempt,
    history: list[dict[str, object]],
) -> Answer | Refusal:
    created = await _ask(
        context,
        Trigger.CREATE_AUTH_CHALLENGE,
        user,
        attempt,
        {"challengeName": CHALLENGE, "session": history},
        {
            "publicChallengeParameters": None,
            "privateChallengeParameters": None,
            "challengeMetadata": None,
        },
    )
    if isinstance(created, Refusal):
        return created
    public = created.get("publicChallengeParameters") or {}
    private = created.get("privateChallengeParameters") or {}
    metadata = created.get("challengeMetadata") or ""
    if not (_is_texts(public) and _is_texts(private) and isinstance(metadata, str)):
        return INVALID_OUTPUT
    shown = {"USERNAME": user.username if user else attempt.login, **dict(public)}
    return challenge(
        context,
        CHALLENGE,
        user,
        attempt,
        shown,
        private=json.dumps(dict(private)),
        metadata=metadata,
        history=json.dumps(history),
    )


async def _ask(
    context: PoolContext,
    trigger: Trigger,
    user: User | None,
    attempt: Attempt,
    request: Mapping[str, object],
    response: Mapping[str, object],
) -> Mapping[str, object] | Refusal:
    answer = await ask_function(
        context,
        Event(
            trigger,
            "Authentication",
            user.username if user else attempt.login,
            attempt.client.id,
            {
                "userAttributes": user_attributes(user) if user else {},
                **request,
                "userNotFound": user is None,
                **metadata_member(attempt.metadata),
            },
            response,
        ),
    )
    if answer is None:
        return invalid_parameter(words.CUSTOM_AUTH_OFF)
    return answer


def _passed(name: str) -> dict[str, object]:
    return {"challengeName": name, "challengeResult": True, "challengeMetadata": None}


def _is_texts(value: object) -> TypeGuard[Mapping[str, str]]:
    return isinstance(value, Mapping) and all(
        isinstance(text, str) for text in value.values()
    )
