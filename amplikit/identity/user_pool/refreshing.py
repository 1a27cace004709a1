"""New tokens for a sign-in that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.tokens import DEFAULT_SCOPE
from amplikit.identity.user_pool.clients import secret_hash_refusal
from amplikit.identity.user_pool.issuing import Grant, grant_tokens, token_result
from amplikit.identity.user_pool.refusal import INVALID_REFRESH_TOKEN, Refusal
from amplikit.identity.user_pool.sign_in import state_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.issuing import Tokens
    from amplikit.identity.user_pool.operation import Answer
    from amplikit.identity.user_pool.pool import PoolContext

__all__ = ["refresh", "refreshed_tokens"]


async def refresh(
    context: PoolContext,
    client: Client,
    token: str,
    secret_hash: str,
    metadata: Mapping[str, str],
) -> Answer | Refusal:
    """Return an access and an id token, and no new refresh token."""
    tokens = await refreshed_tokens(
        context, client, token, metadata, secret_hash=secret_hash
    )
    return tokens if isinstance(tokens, Refusal) else token_result(tokens)


async def refreshed_tokens(
    context: PoolContext,
    client: Client,
    token: str,
    metadata: Mapping[str, str],
    *,
    secret_hash: str | None = None,
    rotate: bool = False,
) -> Tokens | Refusal:
    """Return the tokens; ``secret_hash`` is None for who has shown the secret itself.

    With ``rotate`` the token serves this one time, and another takes its place.
    """
    pool, now = context.pool, context.now
    sign_in = pool.refresh_tokens.find(token, now)
    if isinstance(sign_in, Refusal):
        return sign_in
    user = pool.users.get(sign_in.username)
    if user is None or sign_in.client_id != client.id:
        return INVALID_REFRESH_TOKEN
    refusal = state_refusal(user)
    if secret_hash is not None:
        names = (user.username, user.sub, user.attribute("email") or "")
        refusal = secret_hash_refusal(client, secret_hash, names) or refusal
    if refusal:
        return refusal
    if rotate and not pool.refresh_tokens.use_up(token):
        return INVALID_REFRESH_TOKEN
    grant = Grant(
        user,
        client,
        "RefreshTokens",
        metadata,
        sign_in,
        scope=sign_in.scope or DEFAULT_SCOPE,
        new_refresh_token=rotate,
    )
    return await grant_tokens(context, grant)
