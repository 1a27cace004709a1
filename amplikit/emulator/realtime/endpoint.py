"""The WebSocket endpoint: who may open a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.http import request_head
from amplikit.emulator.log import refusal_line
from amplikit.emulator.realtime import protocol
from amplikit.emulator.realtime.connection import CLOSE_NORMAL, Connection
from amplikit.emulator.realtime.handshake import presented_at_connect
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from amplikit.emulator.http import Receive, Request, Scope, Send
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["serve_connection"]

_MAX_CONNECTIONS: Final = 1_000


async def serve_connection(
    service: Service, scope: Scope, receive: Receive, send: Send
) -> None:
    """Accept the connection, and close it at once when its credentials are refused.

    The service tells the reason in a frame, which needs an open connection.
    """
    await receive()
    subprotocols = tuple(scope.get("subprotocols", ()))
    speaks = wire.SUBPROTOCOL in subprotocols
    accept = {"type": "websocket.accept"}
    await send({**accept, "subprotocol": str(wire.SUBPROTOCOL)} if speaks else accept)
    request = request_head(scope)
    caller = _identify(service, request, subprotocols)
    if isinstance(caller, RequestRefusal):
        service.log(refusal_line("connection", caller))
        refused = protocol.connection_error(caller)
        await send({"type": "websocket.send", "text": refused})
        await send({"type": "websocket.close", "code": CLOSE_NORMAL})
        return
    service.hub.connections += 1
    try:
        await Connection(service, receive, send, request.source_ip).run()
    finally:
        service.hub.connections -= 1


def _identify(
    service: Service, request: Request, subprotocols: tuple[str, ...]
) -> Caller | RequestRefusal:
    if service.hub.connections >= _MAX_CONNECTIONS:
        return RequestRefusal(
            429, wire.LIMIT_EXCEEDED_ERROR, wire.RATE_LIMIT_EXCEEDED, "too many"
        )
    presented = presented_at_connect(request, subprotocols)
    if isinstance(presented, RequestRefusal):
        return presented
    caller = identify(presented, service.trusted, service.runtime.clock())
    if isinstance(caller, IamCaller) and not service.host.policies.connects(
        caller.role
    ):
        return RequestRefusal(
            401,
            wire.UNAUTHORIZED_EXCEPTION,
            wire.PERMISSION_DENIED,
            f"the policy of '{caller.role}' allows no field",
        )
    return caller
