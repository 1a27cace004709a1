"""Signing in by SRP: the password is proved and never sent.

For a name that nobody has, the same numbers are made, shown and calculated with, and
no password fits. Source: Cognito developer guide, "Managing user existence error
responses".
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.logins import (
    find_user,
    missing_parameter,
    pre_authentication,
)
from amplikit.identity.user_pool.refusal import (
    INCORRECT_LOGIN,
    PASSWORD_ATTEMPTS,
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
)
from amplikit.identity.user_pool.srp import (
    SECRET_BITS,
    ServerSecret,
    Verifier,
    claim_signature,
    public_value,
    read_public_value,
    read_timestamp,
    session_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.auth_sessions import AuthSession
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.sign_in import Attempt
    from amplikit.identity.user_pool.users import User

__all__ = ["CHALLENGE", "begin_srp", "check_claim", "show_numbers", "srp_session"]

CHALLENGE = "PASSWORD_VERIFIER"
_CLAIM = ("PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP")
# Assumed: AWS's usual tolerance for clocks.
_SKEW = timedelta(minutes=5)


async def begin_srp(
    context: PoolContext, parameters: Mapping[str, str], attempt: Attempt
) -> Answer | Refusal:
    """Show the server's numbers."""
    missing = missing_parameter(parameters, "USERNAME", "SRP_A")
    if missing:
        return missing
    user = find_user(context.pool, attempt.login)
    if user is None and not attempt.client.settings.hides_users:
        return USER_NOT_FOUND
    refusal = await pre_authentication(context, user, attempt)
    return refusal or show_numbers(context, user, parameters["SRP_A"], attempt)


def show_numbers(
    context: PoolContext,
    user: User | None,
    client_public: str,
    attempt: Attempt,
    **remembered: str,
) -> Answer | Refusal:
    """Return the challenge that answers the client's public value."""
    if read_public_value(client_public) is None:
        return invalid_parameter(words.SRP_A)
    pool = context.pool
    name = user.username if user else attempt.login
    verifier = pool.passwords.verifier_of(name)
    secret = int.from_bytes(pool.entropy.random_bytes(SECRET_BITS // 8), "big")
    state = {
        "username": name,
        "client_id": attempt.client.id,
        "login": attempt.login,
        "by_admin": "true" if attempt.by_admin else "",
        "client_public": client_public,
        "secret": f"{secret:x}",
        "salt": f"{verifier.salt:x}",
        "verifier": f"{verifier.value:x}",
        **remembered,
    }
    lifetime = timedelta(minutes=attempt.client.settings.session_minutes)
    block = pool.auth_sessions.open(CHALLENGE, state, context.now, lifetime)
    shown = {
        "SALT": f"{verifier.salt:x}",
        "SECRET_BLOCK": block,
        "SRP_B": f"{public_value(ServerSecret(verifier, secret)):x}",
        "USERNAME": name,
        "USER_ID_FOR_SRP": name,
    }
    return {"ChallengeName": CHALLENGE, "ChallengeParameters": shown}


def srp_session(
    context: PoolContext, responses: Mapping[str, str]
) -> AuthSession | Refusal:
    """Return what was remembered beside the numbers; it serves this one time."""
    missing = missing_parameter(responses, "USERNAME", *_CLAIM)
    if missing:
        return missing
    sessions = context.pool.auth_sessions
    block = responses["PASSWORD_CLAIM_SECRET_BLOCK"]
    session = sessions.find(block, CHALLENGE, context.now)
    if session is None or not sessions.end(session) or session.expired:
        return INCORRECT_LOGIN
    return session


async def check_claim(
    context: PoolContext, session: AuthSession, responses: Mapping[str, str]
) -> User | Refusal:
    """Return the user who proved that she knows the password."""
    pool, now, name = context.pool, context.now, session.state["username"]
    async with pool.turns.wait(name):
        if pool.lockout.locked(name, now):
            return PASSWORD_ATTEMPTS
        if not _holds(context, session, responses):
            pool.lockout.failed(name, now)
            return INCORRECT_LOGIN
        pool.lockout.succeeded(name)
    return pool.users.get(name) or INCORRECT_LOGIN


def _holds(
    context: PoolContext, session: AuthSession, responses: Mapping[str, str]
) -> bool:
    state = session.state
    verifier = Verifier(int(state["salt"], 16), int(state["verifier"], 16))
    client_public = read_public_value(state["client_public"])
    key = client_public and session_key(
        ServerSecret(verifier, int(state["secret"], 16)), client_public
    )
    block = _decoded(session.token)
    if not key or block is None:
        return False
    name, timestamp = state["username"], responses["TIMESTAMP"]
    expected = claim_signature(key, context.pool.name, name, block, timestamp)
    given = responses["PASSWORD_CLAIM_SIGNATURE"].encode("utf-8", "surrogatepass")
    signed = hmac.compare_digest(expected.encode(), given)
    at = read_timestamp(timestamp)
    in_time = at is not None and abs(context.now - at) <= _SKEW
    # A password changed in the meantime proves nothing any more.
    return signed and in_time and context.pool.passwords.verifier_of(name) == verifier


def _decoded(block: str) -> bytes | None:
    try:
        return base64.b64decode(block, validate=True)
    except binascii.Error:
        return None
