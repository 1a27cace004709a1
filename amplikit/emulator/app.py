"""The ASGI application: routes, and what holds for every one of them."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from amplikit.emulator import wire
from amplikit.emulator.cognito_endpoint import (
    PREFIX,
    answer_user_pool,
    published_document,
)
from amplikit.emulator.cors import is_preflight, preflight, with_cors
from amplikit.emulator.dynamodb.endpoint import (
    MAX_BODY_BYTES as DYNAMODB_MAX_BODY_BYTES,
)
from amplikit.emulator.dynamodb.endpoint import PATHS as DYNAMODB_PATHS
from amplikit.emulator.dynamodb.endpoint import answer_dynamodb
from amplikit.emulator.gateway.partner import answer_partner, gateway_refusal
from amplikit.emulator.graphql_endpoint import answer_graphql
from amplikit.emulator.http import (
    MAX_BODY_BYTES,
    BodyTooLarge,
    ConnectionGone,
    compressed,
    json_response,
    read_request,
    refusal_response,
    request_head,
    send_response,
)
from amplikit.emulator.identity_pool_endpoint import (
    IDENTITY_POOL_PATHS,
    answer_identity_pool,
)
from amplikit.emulator.oauth_endpoint import (
    OAUTH_PATHS,
    OPEN_TO_PAGES,
    answer_oauth,
)
from amplikit.emulator.realtime.endpoint import serve_connection
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.sts.endpoint import STS_PATHS, answer_sts

if TYPE_CHECKING:
    from amplikit.emulator.http import Receive, Request, Response, Scope, Send
    from amplikit.emulator.service import Service

__all__ = ["LOCAL_HOSTS", "App"]

LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_GRAPHQL: Final = "/graphql"
_PARTNER: Final = "/partner/graphql"
_HEALTH: Final = "/_amplikit/health"
_REALTIME: Final = (_GRAPHQL, "/graphql/realtime")
_USER_POOL: Final = (PREFIX, f"{PREFIX}/")
_IDENTITY_POOL: Final = IDENTITY_POOL_PATHS
_FOR_PAGES: Final = (_GRAPHQL, *_USER_POOL, *_IDENTITY_POOL, *OPEN_TO_PAGES)
_LATER: Final = {
    "/_amplikit/console": "The console",
    "/_amplikit/graphql": "The admin API",
}
# Compressing more than this takes milliseconds.
_LONG_BODY: Final = 262_144
_POLICY_VIOLATION: Final = 1008
_CLOSE: Final = ("connection", "close")


class App:
    """Serves one API; ``hosts`` are the names under which it may be called."""

    def __init__(self, service: Service, hosts: frozenset[str] = LOCAL_HOSTS) -> None:
        self._service = service
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one connection."""
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "websocket":
                await self._connect(scope, receive, send)
            case _:
                message = f"ASGI scope '{scope['type']}' is not served"
                raise NotImplementedError(message)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        # No head is kept: a connection may be one of many, and live for long.
        if scope["path"] not in _REALTIME or not self._is_local(request_head(scope)):
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        await serve_connection(self._service, scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._response(scope, receive)
        except ConnectionGone:
            return
        except asyncio.CancelledError:
            # The server stops and waits no longer.
            response = _closing(503, wire.UNAVAILABLE, wire.UNAVAILABLE_MESSAGE)
        await send_response(send, response, uuid4())

    async def _response(self, scope: Scope, receive: Receive) -> Response:
        try:
            request = await read_request(scope, receive, _max_body_bytes(scope["path"]))
        except BodyTooLarge:
            if scope["path"] == _PARTNER:
                refusal = RequestRefusal(
                    413, wire.GATEWAY_TOO_LARGE_TYPE, wire.GATEWAY_TOO_LARGE
                )
                return gateway_refusal(refusal).with_headers(_CLOSE)
            return _closing(413, wire.REQUEST_TOO_LARGE, wire.TOO_LARGE)
        except TimeoutError:
            return _closing(408, wire.REQUEST_TIMEOUT, wire.REQUEST_TIMEOUT_MESSAGE)
        try:
            response = await self._respond(request)
        except Exception as fault:  # noqa: BLE001  a fault of ours is told, and ends one request only
            self._service.log("".join(traceback.format_exception(fault)))
            response = refusal_response(
                RequestRefusal(500, wire.INTERNAL_FAILURE, wire.INTERNAL_MESSAGE)
            )
        if request.path in DYNAMODB_PATHS:
            return response  # its CRC is of the body as it is
        if len(response.body) <= _LONG_BODY:
            return compressed(response, request)
        return await asyncio.to_thread(compressed, response, request)

    async def _respond(self, request: Request) -> Response:
        if not self._is_local(request):
            # Without this a page could rebind its own name to this address.
            reason = f"Host is {request.headers.get('host', '')!r}"
            self._service.log(f"refused 403: {reason}; use --allow-host to admit it")
            return gateway_refusal(
                RequestRefusal(403, wire.GATEWAY_FORBIDDEN_TYPE, wire.GATEWAY_FORBIDDEN)
            )
        return await self._route(request, request.path)

    async def _route(self, request: Request, path: str) -> Response:
        service = self._service
        if path in _FOR_PAGES and is_preflight(request):
            return preflight(request)
        if path == _GRAPHQL:
            return with_cors(await answer_graphql(service, request))
        if path == _PARTNER:
            return await answer_partner(service, request)
        if path in _USER_POOL and request.method == "POST":
            return with_cors(await answer_user_pool(service, request))
        if path in _IDENTITY_POOL and request.method == "POST":
            return with_cors(await answer_identity_pool(service, request))
        if path in STS_PATHS and request.method == "POST":
            return await answer_sts(service, request)
        if path in OAUTH_PATHS:
            return await answer_oauth(service, request) or _not_found()
        if path in DYNAMODB_PATHS:
            return await answer_dynamodb(service, request)
        if path == _HEALTH and request.method == "GET":
            return json_response(200, {"status": "ok"}, "application/json")
        published = published_document(service, path)
        if published and request.method == "GET":
            return with_cors(published)
        if path in _LATER:
            message = f"{_LATER[path]} is not in this version of amplikit."
            return refusal_response(RequestRefusal(501, wire.NOT_FOUND, message))
        return _not_found()

    def _is_local(self, request: Request) -> bool:
        """Whether the one ``Host`` is a name of this server; two would be two names."""
        given = [value for name, value in request.raw_headers if name == b"host"]
        return len(given) == 1 and host_name(given[0].decode("latin-1")) in self._hosts


def host_name(host: str) -> str:
    """Return the name in a ``Host`` header, without port and brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if ":" in name else name


def _max_body_bytes(path: str) -> int:
    return DYNAMODB_MAX_BODY_BYTES if path in DYNAMODB_PATHS else MAX_BODY_BYTES


def _not_found() -> Response:
    return refusal_response(RequestRefusal(404, wire.NOT_FOUND, wire.NO_SUCH_ROUTE))


def _closing(status: int, error_type: str, message: str) -> Response:
    """Return a refusal after which the connection is of no use."""
    refusal = RequestRefusal(status, error_type, message)
    return refusal_response(refusal).with_headers(_CLOSE)
