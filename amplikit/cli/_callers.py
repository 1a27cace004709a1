"""``--as user:NAME | role:NAME | key:ID | guest`` as a caller of the local API."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never
from uuid import uuid4

from amplikit.blueprint.resources import RoleKind
from amplikit.cli._directory import known_name
from amplikit.errors import ConfigInvalid, Problem
from amplikit.identity import ApiKeyCaller
from amplikit.identity.credentials import (
    COGNITO_SESSION_NAME,
    CognitoIdentity,
    Credential,
    Principal,
)
from amplikit.identity.token_verifier import (
    TokenRefusal,
    VerifiedClaims,
    user_pool_caller,
    verify_token,
)
from amplikit.identity.tokens import TokenRequest, issue_tokens

if TYPE_CHECKING:
    from amplikit.emulator.runtime import Runtime
    from amplikit.identity import Caller, IamCaller, UserPoolCaller

__all__ = ["caller_named"]

_SESSION_NAME = "explain"


def caller_named(text: str, runtime: Runtime) -> Caller:
    """Return the caller as the server would have identified it; nothing is stored.

    Raises ``ConfigInvalid`` when there is none, or when the API has not its mode.
    """
    caller = _caller(text, runtime)
    modes = runtime.blueprint.auth.modes
    if caller.mode in modes:
        return caller
    raise ConfigInvalid(
        Problem(
            code="mode-not-enabled",
            message=f"The API does not admit {caller.mode.value}, so '{text}' cannot "
            "call it.",
            hint=f"It admits {', '.join(mode.value for mode in modes)}: call as "
            "somebody else, or add the mode to [auth] additional.",
        )
    )


def _caller(text: str, runtime: Runtime) -> Caller:
    kind, colon, name = text.partition(":")
    match kind, bool(colon and name):
        case "user", True:
            return _user(name, runtime)
        case "role", True:
            return _role(name, runtime)
        case "key", True:
            return _key(name, runtime)
        case "guest", False if not colon:
            return _guest(runtime)
        case _:
            raise ConfigInvalid(
                Problem(
                    code="option-invalid",
                    message=f"--as: '{text}' is no caller.",
                    hint="Write user:NAME, role:NAME, key:ID or guest.",
                )
            )


def _user(name: str, runtime: Runtime) -> UserPoolCaller:
    identity = runtime.identity
    users = {user.username: user for user in identity.pool.users.all()}
    if not users:
        raise ConfigInvalid(
            Problem(
                code="unknown-user",
                message=f"There is no user named '{name}': the user pool is empty.",
                hint=f"Make one: amplikit users create {name}, with the same --data "
                "or --project.",
            )
        )
    now = runtime.clock()
    issuer = identity.facts.issuer(identity.base_url)
    request = TokenRequest(
        user=users[known_name("user", name, users)],
        issuer=issuer,
        client_id=identity.facts.user_pool_client_id,
        now=now,
    )
    pair = issue_tokens(request, identity.pool.signing_keys, identity.pool.entropy)
    verified = verify_token(pair.access_token, identity.trust(issuer), now)
    match verified:
        case VerifiedClaims():
            return user_pool_caller(verified, ("127.0.0.1",))
        case TokenRefusal():
            message = f"our own token is refused: {verified.detail}"
            raise AssertionError(message)
        case _:
            assert_never(verified)


def _role(name: str, runtime: Runtime) -> IamCaller:
    roles = [role.name for role in runtime.blueprint.roles]
    principal = Principal(known_name("role", name, roles), _SESSION_NAME)
    return runtime.identity.credentials.caller(Credential("", principal))


def _key(name: str, runtime: Runtime) -> ApiKeyCaller:
    api_keys, now = runtime.identity.api_keys, runtime.clock()
    live = [key.id for key in api_keys.all(now) if not key.expired(now)]
    key = api_keys.get(name)
    return ApiKeyCaller(known_name("API key", key.id if key else name, live))


def _guest(runtime: Runtime) -> IamCaller:
    facts = runtime.identity.facts
    guest = CognitoIdentity(f"{facts.region}:{uuid4()}", "unauthenticated")
    role = next(
        role.name
        for role in runtime.blueprint.roles
        if role.kind is RoleKind.IDENTITY_POOL_UNAUTHENTICATED
    )
    principal = Principal(role, COGNITO_SESSION_NAME, guest)
    return runtime.identity.credentials.caller(Credential("", principal))
