"""``/cognito-idp/``: the user pool's API, its keys and its discovery document.

Browser SDKs call it directly, so it answers preflights and exposes its headers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from amplikit.emulator.cognito_access import authorize
from amplikit.emulator.http import Response, json_response
from amplikit.emulator.log import one_line
from amplikit.identity.signing_keys import jwks
from amplikit.identity.user_pool.pool import PoolContext
from amplikit.identity.user_pool.protocol import handle

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service

__all__ = ["PREFIX", "answer_user_pool", "published_document"]

PREFIX: Final = "/cognito-idp"
_TARGET: Final = "x-amz-target"
_LONGEST_NAME: Final = 64


async def answer_user_pool(service: Service, request: Request) -> Response:
    """Answer an operation of the user pool; the operator is told of each refusal."""
    runtime = service.runtime
    context = PoolContext(
        runtime.identity.pool,
        service.issuer,
        runtime.triggers,
        runtime.clock(),
        partial(authorize, service, request),
    )
    target = request.headers.get(_TARGET, "")
    answer = await handle(target, request.body, context)
    if answer.refused:
        operation = target.rpartition(".")[2][:_LONGEST_NAME]
        service.log(
            one_line(
                f"refused {answer.status}: {PREFIX} {operation!r}: {answer.refused}"
            )
        )
    return Response(answer.status, answer.body, answer.headers)


def published_document(service: Service, path: str) -> Response | None:
    """Return the JWKS or the discovery document, when ``path`` is one of them."""
    root = f"{PREFIX}/{service.runtime.identity.facts.user_pool_id}/.well-known"
    if path == f"{root}/jwks.json":
        keys = jwks(service.runtime.identity.pool.signing_keys)
        return json_response(200, keys, "application/json")
    if path == f"{root}/openid-configuration":
        issuer, base = service.issuer, service.base_url.rstrip("/")
        document = {
            "authorization_endpoint": f"{base}/oauth2/authorize",
            "end_session_endpoint": f"{base}/logout",
            "grant_types_supported": [
                "authorization_code",
                "client_credentials",
                "refresh_token",
            ],
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "revocation_endpoint": f"{base}/oauth2/revoke",
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint": f"{base}/oauth2/token",
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
            ],
            "userinfo_endpoint": f"{base}/oauth2/userInfo",
        }
        return json_response(200, document, "application/json")
    return None
