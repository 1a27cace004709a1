"""``/oauth2/*``, ``/login`` and ``/logout``: what a user pool's domain serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from amplikit.emulator.cors import with_cors
from amplikit.emulator.http import Response
from amplikit.emulator.log import one_line
from amplikit.identity.user_pool.oauth.answers import oauth_error, one_of_each
from amplikit.identity.user_pool.oauth.authorize import (
    answer_authorize,
    answer_login,
    answer_logout,
    show_login,
)
from amplikit.identity.user_pool.oauth.token import answer_token
from amplikit.identity.user_pool.oauth.user_info import answer_revoke, answer_user_info
from amplikit.identity.user_pool.pool import PoolContext

if TYPE_CHECKING:
    from amplikit.emulator.http import Request
    from amplikit.emulator.service import Service
    from amplikit.identity.user_pool.oauth.answers import OAuthAnswer

__all__ = ["OAUTH_PATHS", "OPEN_TO_PAGES", "answer_oauth"]

_TOKEN, _USER_INFO = "/oauth2/token", "/oauth2/userInfo"
_REVOKE, _AUTHORIZE = "/oauth2/revoke", "/oauth2/authorize"
_LOGIN, _LOGOUT = "/login", "/logout"
OPEN_TO_PAGES: Final = (_TOKEN, _USER_INFO, _REVOKE)
"""What pages of other origins may call and read."""
OAUTH_PATHS: Final = (*OPEN_TO_PAGES, _AUTHORIZE, _LOGIN, _LOGOUT)
_MOST_PARAMETERS: Final = 64


async def answer_oauth(service: Service, request: Request) -> Response | None:
    """Answer a request, or return None when its method is none of the endpoint's."""
    runtime = service.runtime
    context = PoolContext(
        runtime.identity.pool, service.issuer, runtime.triggers, runtime.clock()
    )
    answer = await _answer(context, request)
    if answer is None:
        return None
    if answer.refused:
        service.log(
            one_line(f"refused {answer.status}: {request.path}: {answer.refused}")
        )
    response = Response(answer.status, answer.body, answer.headers)
    return with_cors(response) if request.path in OPEN_TO_PAGES else response


async def _answer(context: PoolContext, request: Request) -> OAuthAnswer | None:
    authorization = request.headers.get("authorization", "")
    if request.path == _USER_INFO and request.method in ("GET", "POST"):
        return answer_user_info(context, authorization)
    text = request.body if request.method == "POST" else request.raw_query
    parameters = _parameters(text)
    if parameters is None:
        return oauth_error("invalid_request", reason="the parameters")
    match request.method, request.path:
        case "POST", "/oauth2/token":
            return await answer_token(context, authorization, parameters)
        case "POST", "/oauth2/revoke":
            return answer_revoke(context, authorization, parameters)
        case "GET", "/oauth2/authorize":
            return answer_authorize(context, parameters)
        case "GET", "/login":
            return show_login(context, parameters)
        case "POST", "/login":
            return await answer_login(context, parameters)
        case "GET", "/logout":
            return answer_logout(context, parameters)
        case _:
            return None


def _parameters(text: bytes) -> dict[str, str] | None:
    try:
        pairs = parse_qsl(
            text.decode(), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        return None
    return one_of_each(pairs)
