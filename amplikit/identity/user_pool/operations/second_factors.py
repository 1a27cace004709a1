"""Second factors: an authenticator app, short messages, and which of them is asked.

Source: Cognito API reference, AssociateSoftwareToken, VerifySoftwareToken,
SetUserMFAPreference, AdminSetUserMFAPreference; developer guide, "TOTP software token
MFA".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.user_pool import Factor, Mfa
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.access_tokens import signed_in_user
from amplikit.identity.user_pool.logins import find_user
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    ACCESS_TOKEN,
    USER_POOL_ID,
    USERNAME,
    Parameter,
)
from amplikit.identity.user_pool.refusal import (
    ATTEMPT_LIMIT,
    INVALID_SESSION,
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
    not_authorized,
)
from amplikit.identity.user_pool.sign_in import Attempt, challenge

if TYPE_CHECKING:
    from amplikit.identity.user_pool.auth_sessions import AuthSession
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["OPERATIONS"]

_SET_UP = "MFA_SETUP"
_TOTP_OFF = Refusal("SoftwareTokenMFANotFoundException", words.TOTP_OFF)


@dataclass(frozen=True, slots=True)
class _SetUp:
    """Who sets her app up: signed in, or in the middle of that."""

    user: User
    session: AuthSession | None = None


async def _associate(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = _who(given, context)
    if isinstance(found, Refusal):
        return found
    answer: Answer = {
        "SecretCode": context.pool.second_factors.associate(found.user.username)
    }
    if found.session:
        reopened = _reopened(context, found.session, found.user)
        return reopened if isinstance(reopened, Refusal) else answer | reopened
    return answer


async def _verify(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = _who(given, context)
    if isinstance(found, Refusal):
        return found
    pool, name, now = context.pool, found.user.username, context.now
    subject = f"{name} {_SET_UP}"
    with pool.database.transaction():
        if pool.lockout.locked(subject, now):
            return ATTEMPT_LIMIT
        device = given.text("FriendlyDeviceName") or None
        right = pool.second_factors.verify(name, given.text("UserCode"), device, now)
        if right is None:
            return Refusal("SoftwareTokenMFANotFoundException", words.TOTP_NOT_FOUND)
        if not right:
            pool.lockout.failed(subject, now)
            return Refusal("EnableSoftwareTokenMFAException", words.TOTP_MISMATCH)
        pool.lockout.succeeded(subject)
        if found.session is None:
            return {"Status": "SUCCESS"}
        pool.second_factors.prefer(name, (Factor.TOTP,), Factor.TOTP)
    reopened = _reopened(context, found.session, found.user, verified="true")
    if isinstance(reopened, Refusal):
        return reopened
    return {"Status": "SUCCESS", **reopened}


async def _prefer(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    return _set_preference(given, context, found.user) or {}


async def _admin_prefer(given: Parameters, context: PoolContext) -> Answer | Refusal:
    user = find_user(context.pool, given.text("Username"))
    if user is None:
        return USER_NOT_FOUND
    return _set_preference(given, context, user) or {}


def _set_preference(
    given: Parameters, context: PoolContext, user: User
) -> Refusal | None:
    pool = context.pool
    settings, known = pool.settings.get(), pool.second_factors.get(user.username)
    if settings.mfa is Mfa.OFF:
        return invalid_parameter(words.MFA_OFF)
    enabled, preferred = list(known.enabled), known.preferred
    wishes = {
        factor: given.structure(member)
        for factor, member in _MEMBERS.items()
        if given.has(member)
    }
    for member in _NOT_HERE:
        if given.structure(member).flag("Enabled"):
            return invalid_parameter(f"amplikit does not have {member}.")
    if sum(wish.flag("PreferredMfa") for wish in wishes.values()) > 1:
        return invalid_parameter(words.TWO_PREFERRED)
    for factor, wish in wishes.items():
        if not wish.flag("Enabled"):
            enabled = [each for each in enabled if each is not factor]
            preferred = None if preferred is factor else preferred
            continue
        if factor not in settings.factors:
            return _TOTP_OFF if factor is Factor.TOTP else _off(factor)
        if factor is Factor.TOTP and known.secret is None:
            return invalid_parameter(words.TOTP_NOT_VERIFIED)
        if factor is Factor.SMS and not user.attribute("phone_number"):
            return invalid_parameter(words.NO_PHONE_FOR_MFA)
        enabled += [factor] if factor not in enabled else []
        if wish.flag("PreferredMfa"):
            preferred = factor
        elif preferred is factor:
            preferred = None
    pool.second_factors.prefer(user.username, enabled, preferred)
    return None


def _off(factor: Factor) -> Refusal:
    return invalid_parameter(words.FACTOR_OFF % factor)


def _who(given: Parameters, context: PoolContext) -> _SetUp | Refusal:
    pool = context.pool
    settings = pool.settings.get()
    if settings.mfa is Mfa.OFF or Factor.TOTP not in settings.factors:
        return _TOTP_OFF
    if given.has("AccessToken"):
        found = signed_in_user(context, given.text("AccessToken"))
        return found if isinstance(found, Refusal) else _SetUp(found.user)
    if not given.has("Session"):
        return invalid_parameter(words.TOKEN_OR_SESSION)
    session = pool.auth_sessions.find(given.text("Session"), _SET_UP, context.now)
    user = pool.users.get(session.state["username"]) if session else None
    if session is None or user is None or user.sub != session.state["sub"]:
        return INVALID_SESSION
    if session.expired:
        return not_authorized(words.SESSION_EXPIRED)
    return _SetUp(user, session)


def _reopened(
    context: PoolContext, session: AuthSession, user: User, **remembered: str
) -> Answer | Refusal:
    """Return the session that takes the old one's place."""
    client = context.pool.clients.get(session.state["client_id"])
    if client is None or not context.pool.auth_sessions.end(session):
        return INVALID_SESSION
    state = session.state
    attempt = Attempt(
        client, state["login"], state["by_admin"] == "true", source=state["source"]
    )
    reopened = challenge(context, _SET_UP, user, attempt, {}, **remembered)
    return {"Session": reopened["Session"]}


_MEMBERS = {
    Factor.SMS: "SMSMfaSettings",
    Factor.TOTP: "SoftwareTokenMfaSettings",
}
_NOT_HERE = ("EmailMfaSettings", "WebAuthnMfaSettings")
_WISH = (Parameter("Enabled", kind="flag"), Parameter("PreferredMfa", kind="flag"))
_WISHES = tuple(
    Parameter(member, kind="structure", members=_WISH)
    for member in (*_MEMBERS.values(), *_NOT_HERE)
)
_TOKEN = Parameter("AccessToken", secret=True)
_SESSION = Parameter("Session", longest=2048, secret=True)

OPERATIONS = (
    Operation("AssociateSoftwareToken", (_TOKEN, _SESSION), _associate),
    Operation(
        "VerifySoftwareToken",
        (
            _TOKEN,
            _SESSION,
            Parameter("UserCode", required=True, longest=6, secret=True),
            Parameter("FriendlyDeviceName", longest=131_072),
        ),
        _verify,
    ),
    Operation("SetUserMFAPreference", (ACCESS_TOKEN, *_WISHES), _prefer),
    Operation(
        "AdminSetUserMFAPreference",
        (USER_POOL_ID, USERNAME, *_WISHES),
        _admin_prefer,
        signed=True,
    ),
)
