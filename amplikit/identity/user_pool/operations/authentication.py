"""``InitiateAuth``, ``RespondToAuthChallenge``, and what servers call instead.

Source: Cognito API reference; developer guide, "Authentication flows".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Flow
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.answering import CHALLENGES, Reply, answer_challenge
from amplikit.identity.user_pool.clients import secret_hash_refusal
from amplikit.identity.user_pool.custom_sign_in import begin_custom
from amplikit.identity.user_pool.logins import known_names, missing_parameter
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    USER_POOL_ID,
    Parameter,
)
from amplikit.identity.user_pool.password_sign_in import begin_with_password
from amplikit.identity.user_pool.refreshing import refresh
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter
from amplikit.identity.user_pool.sign_in import Attempt
from amplikit.identity.user_pool.srp_sign_in import begin_srp

if TYPE_CHECKING:
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]

_ADMIN_FLOWS = ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH")
_REFRESH_FLOWS = ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN")
_FLOWS = {
    "USER_SRP_AUTH": Flow.SRP,
    **dict.fromkeys(_REFRESH_FLOWS, Flow.REFRESH),
    "CUSTOM_AUTH": Flow.CUSTOM,
    **dict.fromkeys(_ADMIN_FLOWS, Flow.ADMIN_PASSWORD),
    "USER_PASSWORD_AUTH": Flow.PASSWORD,
}
_NOT_HERE = "USER_AUTH"
_UNSERVED = frozenset(
    {
        *("DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER", "EMAIL_OTP", "SMS_OTP"),
        *("PASSWORD", "PASSWORD_SRP", "SELECT_CHALLENGE", "WEB_AUTHN"),
        "ADMIN_NO_SRP_AUTH",
    }
)


async def _initiate(given: Parameters, context: PoolContext) -> Answer | Refusal:
    if given.text("AuthFlow") in _ADMIN_FLOWS:
        return invalid_parameter(words.FLOW_WRONG_API)
    return await _begin(given, context, by_admin=False)


async def _admin_initiate(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return await _begin(given, context, by_admin=True)


async def _begin(
    given: Parameters, context: PoolContext, *, by_admin: bool
) -> Answer | Refusal:
    flow, parameters = given.text("AuthFlow"), given.texts("AuthParameters")
    client = context.pool.clients.called_by(given.text("ClientId"))
    if isinstance(client, Refusal):
        return client
    secret_hash = parameters.get("SECRET_HASH", "")
    metadata = given.texts("ClientMetadata")
    if flow in _REFRESH_FLOWS and Flow.REFRESH in client.settings.flows:
        missing = missing_parameter(parameters, "REFRESH_TOKEN")
        if missing:
            return missing
        if client.settings.rotates_tokens:
            return invalid_parameter(words.FLOW_OFF % flow)
        token = parameters["REFRESH_TOKEN"]
        return await refresh(context, client, token, secret_hash, metadata)
    login = parameters.get("USERNAME", "")
    refusal = secret_hash_refusal(
        client, secret_hash, known_names(context.pool, login)
    ) or _refuse_flow(flow, client, by_admin=by_admin)
    if refusal:
        return refusal
    attempt = Attempt(client, login, by_admin, metadata)
    match _FLOWS[flow]:
        case Flow.SRP:
            return await begin_srp(context, parameters, attempt)
        case Flow.CUSTOM:
            return await begin_custom(context, parameters, attempt)
        case _:
            return await begin_with_password(context, parameters, attempt)


def _refuse_flow(flow: str, client: Client, *, by_admin: bool) -> Refusal | None:
    if flow == _NOT_HERE:
        message = f"amplikit does not speak {flow}; use USER_SRP_AUTH."
        return invalid_parameter(message)
    wanted = _FLOWS[flow]
    if by_admin and wanted is Flow.PASSWORD:
        return invalid_parameter(words.FLOW_WRONG_API)
    if wanted in client.settings.flows:
        return None
    return invalid_parameter(words.FLOW_OFF % flow)


async def _respond(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return await _answer(given, context, by_admin=False)


async def _admin_respond(given: Parameters, context: PoolContext) -> Answer | Refusal:
    return await _answer(given, context, by_admin=True)


async def _answer(
    given: Parameters, context: PoolContext, *, by_admin: bool
) -> Answer | Refusal:
    name, responses = given.text("ChallengeName"), given.texts("ChallengeResponses")
    client = context.pool.clients.called_by(given.text("ClientId"))
    if isinstance(client, Refusal):
        return client
    if name in _UNSERVED:
        return invalid_parameter(f"amplikit never sends the challenge {name}.")
    names = known_names(context.pool, responses.get("USERNAME", ""))
    refusal = secret_hash_refusal(client, responses.get("SECRET_HASH", ""), names)
    if refusal:
        return refusal
    reply = Reply(
        challenge=name,
        client=client,
        by_admin=by_admin,
        responses=responses,
        session=given.text("Session"),
        metadata=given.texts("ClientMetadata"),
    )
    return await answer_challenge(context, reply)


_BEGINNING = (
    Parameter("AuthFlow", required=True, one_of=(*_FLOWS, _NOT_HERE)),
    Parameter("AuthParameters", kind="texts", secret=True),
    CLIENT_ID,
    CLIENT_METADATA,
)
_ANSWERING = (
    CLIENT_ID,
    Parameter("ChallengeName", required=True, one_of=(*CHALLENGES, *sorted(_UNSERVED))),
    Parameter("Session", longest=2048, secret=True),
    Parameter("ChallengeResponses", kind="texts", secret=True),
    CLIENT_METADATA,
)
OPERATIONS = (
    Operation("InitiateAuth", _BEGINNING, _initiate),
    Operation("RespondToAuthChallenge", _ANSWERING, _respond),
    Operation(
        "AdminInitiateAuth", (USER_POOL_ID, *_BEGINNING), _admin_initiate, signed=True
    ),
    Operation(
        "AdminRespondToAuthChallenge",
        (USER_POOL_ID, *_ANSWERING),
        _admin_respond,
        signed=True,
    ),
)
