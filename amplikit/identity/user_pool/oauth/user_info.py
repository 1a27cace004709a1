"""``/oauth2/userInfo`` and ``/oauth2/revoke``.

Source: Cognito developer guide, "The userInfo endpoint", "The token revocation
endpoint".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amplikit.identity.user_pool.access_tokens import token_user
from amplikit.identity.user_pool.oauth.answers import (
    OAuthAnswer,
    json_answer,
    oauth_error,
)
from amplikit.identity.user_pool.oauth.clients import calling_client
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["answer_revoke", "answer_user_info"]

_BY_SCOPE = {
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
}
_CONTACTS = frozenset(name for names in _BY_SCOPE.values() for name in names)
_NOT_GOOD = (
    "Access token is expired, disabled, or deleted, or the user has globally signed"
    " out."
)


def answer_user_info(context: PoolContext, authorization: str) -> OAuthAnswer:
    """Return who the access token's user is, as far as its scopes let it be told."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return _refused("invalid_request", "Bad OAuth2 request at UserInfo Endpoint")
    found = token_user(context, token.strip())
    if isinstance(found, Refusal):
        return _refused("invalid_token", _NOT_GOOD, found.message)
    scopes = set(str(found.claims.get("scope", "")).split())
    if "openid" not in scopes:
        return _refused("invalid_token", "Access token does not contain openid scope")
    readable = found.client.settings.read_attributes
    told = {
        name: value
        for name, value in found.user.attributes
        if (readable is None or name in readable) and _is_open(name, scopes)
    }
    user = found.user
    return json_answer(200, {"sub": user.sub, **told, "username": user.username})


def _is_open(name: str, scopes: set[str]) -> bool:
    if name not in _CONTACTS:
        return "profile" in scopes
    return any(scope in scopes and name in names for scope, names in _BY_SCOPE.items())


def _refused(error: str, description: str, reason: str = "") -> OAuthAnswer:
    status = 400 if error == "invalid_request" else 401
    content = {"error": error, "error_description": description}
    challenge = f'Bearer error="{error}", error_description="{description}"'
    headers = (
        ("content-type", "application/json;charset=UTF-8"),
        ("www-authenticate", challenge),
    )
    body = json.dumps(content).encode()
    return OAuthAnswer(status, headers, body, f"{error}: {reason or description}")


def answer_revoke(
    context: PoolContext, authorization: str, parameters: Mapping[str, str]
) -> OAuthAnswer:
    """End the sign-in of a refresh token; one that is unknown is as good as over."""
    token = parameters.get("token", "")
    if not token:
        return oauth_error("invalid_request", reason="there is no token")
    client = calling_client(context.pool, authorization, parameters)
    if isinstance(client, OAuthAnswer):
        return client
    if not client.settings.revokes_tokens:
        return oauth_error("invalid_request", reason="the client's tokens stay")
    if token.startswith("eyJ"):
        return oauth_error("unsupported_token_type", reason="no refresh token")
    sign_in = context.pool.refresh_tokens.find(token, context.now)
    if isinstance(sign_in, Refusal):
        return OAuthAnswer(200)
    if sign_in.client_id != client.id:
        return oauth_error("invalid_request", reason="the token is another client's")
    context.pool.refresh_tokens.revoke(sign_in)
    return OAuthAnswer(200)
