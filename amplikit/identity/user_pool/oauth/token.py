"""``POST /oauth2/token``: codes, refresh tokens and machines become tokens.

Source: Cognito developer guide, "The token issuer endpoint"; RFC 6749, RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from amplikit.identity.tokens import sign_machine_token
from amplikit.identity.user_pool.issuing import Grant, Tokens, grant_tokens
from amplikit.identity.user_pool.oauth.answers import (
    OAuthAnswer,
    json_answer,
    oauth_error,
)
from amplikit.identity.user_pool.oauth.clients import calling_client
from amplikit.identity.user_pool.refreshing import refreshed_tokens
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.sign_in import state_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["CODE", "answer_token"]

CODE = "oauth-code"
"""What codes are called among the open steps."""

_MACHINES = "client_credentials"
_OPENID = frozenset({"openid", "email", "phone", "profile"})


async def answer_token(
    context: PoolContext, authorization: str, parameters: Mapping[str, str]
) -> OAuthAnswer:
    """Answer one request for tokens."""
    grant_type = parameters.get("grant_type")
    if not grant_type:
        return oauth_error("invalid_request", reason="there is no grant_type")
    client = calling_client(context.pool, authorization, parameters)
    if isinstance(client, OAuthAnswer):
        return client
    match grant_type:
        case "authorization_code":
            return await _from_code(context, client, parameters)
        case "refresh_token":
            return await _refreshed(context, client, parameters)
        case "client_credentials":
            return _for_machine(context, client, parameters)
        case _:
            return oauth_error("unsupported_grant_type", reason=grant_type[:64])


async def _from_code(
    context: PoolContext, client: Client, parameters: Mapping[str, str]
) -> OAuthAnswer:
    code = parameters.get("code", "")
    if not code or "redirect_uri" not in parameters:
        return oauth_error("invalid_request", reason="there is no code or redirect_uri")
    sessions = context.pool.auth_sessions
    session = sessions.find(code, CODE, context.now)
    # A code serves once, whatever becomes of it.
    if session is None or not sessions.end(session) or session.expired:
        return oauth_error("invalid_grant", reason="the code is unknown, used or old")
    state = session.state
    if state["client_id"] != client.id:
        return oauth_error("invalid_grant", reason="the code is another client's")
    if state["redirect_uri"] != parameters["redirect_uri"]:
        return oauth_error("invalid_grant", reason="the redirect_uri is another one")
    if not _proves(state["challenge"], parameters.get("code_verifier", "")):
        return oauth_error("invalid_grant", reason="the code_verifier")
    user = context.pool.users.get(state["username"])
    if user is None or user.sub != state["sub"] or state_refusal(user):
        return oauth_error("invalid_grant", reason="the user may not sign in")
    grant = Grant(
        user,
        client,
        "HostedAuth",
        scope=state["scope"],
        id_claims=json.loads(state["id_claims"]),
    )
    return _told(await grant_tokens(context, grant), state["scope"])


def _proves(challenge: str, verifier: str) -> bool:
    """Whether a verifier is the one of PKCE; a code without one takes none."""
    if not challenge:
        return not verifier
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(expected, challenge.encode("utf-8", "surrogatepass"))


async def _refreshed(
    context: PoolContext, client: Client, parameters: Mapping[str, str]
) -> OAuthAnswer:
    token = parameters.get("refresh_token", "")
    if not token:
        return oauth_error("invalid_request", reason="there is no refresh_token")
    found = context.pool.refresh_tokens.find(token, context.now)
    tokens = await refreshed_tokens(
        context, client, token, {}, rotate=client.settings.rotates_tokens
    )
    scope = "" if isinstance(found, Refusal) else found.scope or ""
    return _told(tokens, scope)


def _for_machine(
    context: PoolContext, client: Client, parameters: Mapping[str, str]
) -> OAuthAnswer:
    settings = client.settings
    if _MACHINES not in settings.oauth_flows or client.secret is None:
        return oauth_error("unauthorized_client", reason=f"no {_MACHINES}")
    own = [each for each in settings.scopes if "/" in each]
    asked = parameters.get("scope", "").split() or own
    if not asked or not set(asked) <= set(own):
        return oauth_error("invalid_scope", reason=" ".join(asked)[:256])
    issued = int(context.now.timestamp())
    claims = {
        "sub": client.id,
        "token_use": "access",
        "scope": " ".join(asked),
        "auth_time": issued,
        "iss": context.issuer,
        "exp": issued + settings.access_token_s,
        "iat": issued,
        "version": 2,
        "client_id": client.id,
    }
    key = next(key for key in context.pool.signing_keys if key.token_use == "access")  # noqa: S105  a use, no secret
    content = {
        "access_token": sign_machine_token(key, claims, context.pool.entropy),
        "expires_in": settings.access_token_s,
        "token_type": "Bearer",
    }
    return json_answer(200, content)


def _told(tokens: Tokens | Refusal, scope: str) -> OAuthAnswer:
    if isinstance(tokens, Refusal):
        return oauth_error("invalid_grant", reason=tokens.message)
    content: dict[str, object] = {
        "access_token": tokens.access_token,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
    }
    # API sign-ins, which have no OAuth scope, get an id token as well.
    if "openid" in scope.split() or not _OPENID & set(scope.split()):
        content["id_token"] = tokens.id_token
    if tokens.refresh_token is not None:
        content["refresh_token"] = tokens.refresh_token
    return json_answer(200, content)
