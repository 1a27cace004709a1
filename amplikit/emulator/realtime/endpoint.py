"""The WebSocket endpoint: who may open a connection."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.http import request_head
from amplikit.emulator.log import refusal_line
from amplikit.emulator.realtime import protocol
from amplikit.emulator.realtime.connection import CLOSE_NORMAL, Connection
from amplikit.emulator.realtime.handshake import presented_at_connect, told_in_real_time
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import IamCaller

if TYPE_CHECKING:
    from amplikit.emulator.http import Receive, Request, Scope, Send
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["serve_connection"]

# Longer than a client on this machine takes, also a busy one, to send its first frame.
HEARING_S: Final = 2.0


async def serve_connection(
    service: Service,
    scope: Scope,
    receive: Receive,
    send: Send,
    hearing_s: float = HEARING_S,
) -> None:
    """Accept the connection, and close it again when its credentials are refused.

    The service tells the reason in a frame, which needs an open connection.
    ``hearing_s`` is how long a refused client may take to send its first frame.
    """
    await receive()
    subprotocols = tuple(scope.get("subprotocols", ()))
    speaks = wire.SUBPROTOCOL in subprotocols
    accept = {"type": "websocket.accept"}
    await send({**accept, "subprotocol": str(wire.SUBPROTOCOL)} if speaks else accept)
    request = request_head(scope)
    caller = await _identify(service, request, subprotocols)
    if isinstance(caller, RequestRefusal):
        service.log(refusal_line("connection", caller))
        await _refuse(caller, receive, send, hearing_s)
        return
    service.connections.count += 1
    connection = Connection(service, receive, send, request.source_ip)
    del request, caller  # who asked, and how, is kept for no idle connection
    try:
        await connection.run()
    finally:
        service.connections.count -= 1


async def _refuse(
    refusal: RequestRefusal, receive: Receive, send: Send, hearing_s: float
) -> None:
    """Tell the reason, and close when the client has spoken or left.

    Clients send ``connection_init`` before they read. One that finds the connection
    closed by then takes the refusal for a fault of the network, and tries again.
    """
    told = protocol.connection_error(refusal)
    with contextlib.suppress(OSError):
        # Who left already cannot be told.
        await send({"type": "websocket.send", "text": told})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(hearing_s):
                if (await receive())["type"] == "websocket.disconnect":
                    return
        await send({"type": "websocket.close", "code": CLOSE_NORMAL})


async def _identify(
    service: Service, request: Request, subprotocols: tuple[str, ...]
) -> Caller | RequestRefusal:
    limit = service.connections.limit
    if service.connections.count >= limit:
        return RequestRefusal(
            429,
            wire.LIMIT_EXCEEDED_ERROR,
            wire.RATE_LIMIT_EXCEEDED,
            f"{limit} connections are open, the most that are served",
        )
    presented = presented_at_connect(request, subprotocols)
    if isinstance(presented, RequestRefusal):
        return presented
    caller = told_in_real_time(
        await identify(presented, service.trusted, service.runtime.clock())
    )
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
