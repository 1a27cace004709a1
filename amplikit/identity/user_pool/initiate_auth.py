"""``InitiateAuth``: sign in with a password, or refresh.

Source: Cognito API reference, InitiateAuth; developer guide, "Authentication flows".
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.tokens import TokenPair, TokenRequest, issue_tokens
from amplikit.identity.user_pool.clients import client_refusal
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    CLIENT_ID,
    CLIENT_METADATA,
    Parameter,
)
from amplikit.identity.user_pool.refresh_tokens import SignIn
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    INVALID_REFRESH_TOKEN,
    PASSWORD_ATTEMPTS,
    USER_DISABLED,
    USER_NOT_CONFIRMED,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.triggers import run_trigger
from amplikit.identity.user_pool.users import User, UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATION"]

_FLOWS = (
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
)
_LONGEST_NAME = 128
_LONGEST_PASSWORD = 256


async def _run(given: Parameters, context: PoolContext) -> Answer | Refusal:
    parameters = given.texts("AuthParameters")
    refusal = client_refusal(
        context.pool, given.text("ClientId"), parameters.get("SECRET_HASH", "")
    )
    if refusal:
        return refusal
    match given.text("AuthFlow"):
        case "USER_PASSWORD_AUTH":
            return await _with_password(parameters, given, context)
        case "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN":
            return _with_refresh_token(parameters, context)
        case "USER_SRP_AUTH":
            return invalid_parameter(
                "amplikit does not speak USER_SRP_AUTH yet; use USER_PASSWORD_AUTH."
            )
        case flow:
            return invalid_parameter(f"{flow} flow not enabled for this client")


async def _with_password(
    parameters: dict[str, str], given: Parameters, context: PoolContext
) -> Answer | Refusal:
    missing = _missing(parameters, "USERNAME", "PASSWORD")
    if missing:
        return missing
    authenticated = await _authenticate(
        parameters["USERNAME"], parameters["PASSWORD"], context
    )
    if isinstance(authenticated, Refusal):
        return authenticated
    client_id, metadata = given.text("ClientId"), given.texts("ClientMetadata")
    refusal = await run_trigger(
        context,
        Trigger.POST_AUTHENTICATION,
        "Authentication",
        authenticated,
        client_id,
        {"newDeviceUsed": False} | ({"clientMetadata": metadata} if metadata else {}),
    )
    if refusal:
        return refusal
    pool, now = context.pool, context.now
    # The function may have changed the user, or removed her.
    user = pool.users.get(authenticated.username)
    if user is None:
        return INCORRECT_LOGIN
    request = TokenRequest(user, context.issuer, client_id, now)
    tokens = issue_tokens(request, pool.signing_keys, pool.entropy)
    sign_in = SignIn(user.username, client_id, tokens.origin_jti, now)
    return _result(tokens, request, pool.refresh_tokens.issue(sign_in, now))


async def _authenticate(
    login: str, password: str, context: PoolContext
) -> User | Refusal:
    """Return the user whose password this is; work as long for unknown names."""
    if len(login) > _LONGEST_NAME or len(password) > _LONGEST_PASSWORD:
        return INCORRECT_LOGIN
    pool, now = context.pool, context.now
    found = pool.users.find(login)
    name = found.username if found else login
    async with pool.turns.wait(name):
        if pool.lockout.locked(name, now):
            return PASSWORD_ATTEMPTS
        digest = pool.passwords.digest_of(name)
        if not await asyncio.to_thread(pool.passwords.holds, password, digest):
            pool.lockout.failed(name, now)
            return INCORRECT_LOGIN
        pool.lockout.succeeded(name)
    user = pool.users.get(name)
    if user is None:
        return INCORRECT_LOGIN
    return _refuse_state(user) or user


def _with_refresh_token(
    parameters: dict[str, str], context: PoolContext
) -> Answer | Refusal:
    missing = _missing(parameters, "REFRESH_TOKEN")
    if missing:
        return missing
    pool, now = context.pool, context.now
    sign_in = pool.refresh_tokens.find(parameters["REFRESH_TOKEN"], now)
    user = None if sign_in is None else pool.users.get(sign_in.username)
    if sign_in is None or user is None:
        return INVALID_REFRESH_TOKEN
    refusal = _refuse_state(user)
    if refusal:
        return refusal
    request = TokenRequest(
        user,
        context.issuer,
        sign_in.client_id,
        now,
        auth_time=sign_in.auth_time,
        origin_jti=sign_in.origin_jti,
    )
    return _result(issue_tokens(request, pool.signing_keys, pool.entropy), request)


def _refuse_state(user: User) -> Refusal | None:
    if not user.enabled:
        return USER_DISABLED
    if user.status is UserStatus.UNCONFIRMED:
        return USER_NOT_CONFIRMED
    return None


def _missing(parameters: dict[str, str], *names: str) -> Refusal | None:
    for name in names:
        if not parameters.get(name):
            return invalid_parameter(f"Missing required parameter {name}")
    return None


def _result(
    tokens: TokenPair, request: TokenRequest, refresh_token: str | None = None
) -> Answer:
    result: dict[str, object] = {
        "AccessToken": tokens.access_token,
        "ExpiresIn": int(request.lifetime.total_seconds()),
        "IdToken": tokens.id_token,
        "TokenType": "Bearer",
    }
    if refresh_token is not None:
        result["RefreshToken"] = refresh_token
    return {"AuthenticationResult": result, "ChallengeParameters": {}}


OPERATION = Operation(
    "InitiateAuth",
    (
        Parameter("AuthFlow", required=True, one_of=_FLOWS),
        Parameter("AuthParameters", kind="texts", secret=True),
        CLIENT_ID,
        CLIENT_METADATA,
    ),
    _run,
)
