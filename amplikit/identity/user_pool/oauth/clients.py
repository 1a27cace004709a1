"""Which app client calls an OAuth endpoint, and its secret."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from amplikit.identity.user_pool.oauth.answers import OAuthAnswer, oauth_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.clients import Client
    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["calling_client"]

_INVALID = "invalid_client"


def calling_client(
    pool: UserPool, authorization: str, parameters: Mapping[str, str]
) -> Client | OAuthAnswer:
    """Return the client of HTTP Basic, or else of the body.

    A client with a secret must show it, in one of the two places.
    """
    client_id = parameters.get("client_id", "")
    secret = parameters.get("client_secret", "")
    if authorization:
        basic = _basic(authorization)
        if basic is None or (client_id and client_id != basic[0]):
            return oauth_error(_INVALID, reason="the Authorization header")
        client_id, secret = basic
    client = pool.clients.get(client_id)
    if client is None:
        return oauth_error(_INVALID, reason="there is no such client")
    shown = secret.encode("utf-8", "surrogatepass")
    if not hmac.compare_digest((client.secret or "").encode(), shown):
        return oauth_error(_INVALID, reason="the client's secret")
    return client


def _basic(authorization: str) -> tuple[str, str] | None:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
