"""The end of sign-ins, and refresh tokens that take turns.

Source: Cognito API reference, GlobalSignOut, RevokeToken, GetTokensFromRefreshToken.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.access_tokens import signed_in_user
from amplikit.identity.user_pool.issuing import token_result
from amplikit.identity.user_pool.operation import Answer, Operation
from amplikit.identity.user_pool.parameters import (
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_METADATA,
    Parameter,
)
from amplikit.identity.user_pool.refreshing import refreshed_tokens
from amplikit.identity.user_pool.refusal import (
    Refusal,
    not_authorized,
)

if TYPE_CHECKING:
    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.parameters import Parameters
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["OPERATIONS"]


async def _sign_out(given: Parameters, context: PoolContext) -> Answer | Refusal:
    found = signed_in_user(context, given.text("AccessToken"))
    if isinstance(found, Refusal):
        return found
    context.pool.refresh_tokens.revoke_all(found.user.username, context.now)
    return {}


async def _revoke(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client = _caller(given, context)
    if isinstance(client, Refusal):
        return client
    if not client.settings.revokes_tokens:
        message = words.REVOCATION_OFF
        return Refusal("UnsupportedOperationException", message)
    tokens, token = context.pool.refresh_tokens, given.text("Token")
    if token.count(".") in (2, 4) and token.startswith("eyJ"):
        return Refusal("UnsupportedTokenTypeException", words.NOT_A_REFRESH_TOKEN)
    sign_in = tokens.find(token, context.now)
    # One that is over, or never was, is as revoked as it can be.
    if isinstance(sign_in, Refusal):
        return {}
    if sign_in.client_id != client.id:
        return Refusal("UnauthorizedException", words.TOKEN_OF_OTHER_CLIENT)
    tokens.revoke(sign_in)
    return {}


async def _refresh(given: Parameters, context: PoolContext) -> Answer | Refusal:
    client = _caller(given, context)
    if isinstance(client, Refusal):
        return client
    tokens = await refreshed_tokens(
        context,
        client,
        given.text("RefreshToken"),
        given.texts("ClientMetadata"),
        rotate=client.settings.rotates_tokens,
    )
    if isinstance(tokens, Refusal):
        return tokens
    return {"AuthenticationResult": token_result(tokens)["AuthenticationResult"]}


def _caller(given: Parameters, context: PoolContext) -> Client | Refusal:
    client = context.pool.clients.called_by(given.text("ClientId"))
    if isinstance(client, Refusal):
        return client
    shown = given.text("ClientSecret").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest((client.secret or "").encode(), shown):
        return not_authorized(words.SECRET_WRONG % client.id)
    return client


_SECRET = Parameter("ClientSecret", longest=64, secret=True)

OPERATIONS = (
    Operation("GlobalSignOut", (ACCESS_TOKEN,), _sign_out),
    Operation(
        "RevokeToken",
        (Parameter("Token", required=True, secret=True), CLIENT_ID, _SECRET),
        _revoke,
    ),
    Operation(
        "GetTokensFromRefreshToken",
        (
            Parameter("RefreshToken", required=True, secret=True),
            CLIENT_ID,
            _SECRET,
            Parameter("DeviceKey", longest=55),
            CLIENT_METADATA,
        ),
        _refresh,
    ),
)
