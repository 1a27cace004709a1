"""Who calls with an access token: the operations that users do to themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.identity.token_verifier import (
    RefusalReason,
    TokenRefusal,
    Trust,
    verify_token,
)
from amplikit.identity.tokens import DEFAULT_SCOPE
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import (
    USER_DISABLED,
    USER_NOT_FOUND,
    Refusal,
    not_authorized,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["SignedInUser", "signed_in_user", "token_user"]

_INVALID = not_authorized(words.INVALID_ACCESS_TOKEN)


@dataclass(frozen=True, slots=True)
class SignedInUser:
    """Whose access token it is, and the client that it was given to."""

    user: User
    client: Client
    claims: Mapping[str, object] = field(repr=False)


def signed_in_user(
    context: PoolContext, token: str, scope: str = DEFAULT_SCOPE
) -> SignedInUser | Refusal:
    """Return the user, unless the token is not good or the sign-in is over."""
    found = token_user(context, token)
    if isinstance(found, Refusal):
        return found
    if scope not in str(found.claims.get("scope", "")).split():
        return not_authorized(words.ACCESS_TOKEN_SCOPES)
    return found


def token_user(context: PoolContext, token: str) -> SignedInUser | Refusal:
    """Return whose token it is, whatever its scopes."""
    pool = context.pool
    clients = {client.id: client for client in pool.clients.all()}
    trust = Trust(
        issuer=context.issuer,
        keys={
            signing.kid: signing.key
            for signing in pool.signing_keys
            if signing.token_use == "access"  # noqa: S105  a use, no secret
        },
        client_ids=frozenset(clients),
    )
    verified = verify_token(token, trust, context.now)
    if isinstance(verified, TokenRefusal):
        if verified.reason is RefusalReason.EXPIRED:
            return not_authorized(words.ACCESS_TOKEN_EXPIRED)
        return _INVALID
    claims = verified.claims
    username, issued_at = claims.get("username"), claims.get("iat")
    if claims.get("token_use") != "access" or not isinstance(username, str):
        return _INVALID
    if isinstance(issued_at, bool) or not isinstance(issued_at, int):
        return _INVALID
    user = pool.users.get(username)
    if user is None or user.sub != claims.get("sub"):
        return USER_NOT_FOUND
    origin_jti = str(claims.get("origin_jti", ""))
    if pool.refresh_tokens.is_over(username, origin_jti, issued_at):
        return not_authorized(words.ACCESS_TOKEN_REVOKED)
    if not user.enabled:
        return USER_DISABLED
    return SignedInUser(user, clients[str(claims["client_id"])], claims)
