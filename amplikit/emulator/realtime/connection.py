"""One WebSocket connection: its frames in order, its subscriptions, its end."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.log import refusal_line, trace_lines
from amplikit.emulator.realtime import protocol
from amplikit.emulator.realtime.handshake import presented_at_start
from amplikit.emulator.realtime.outbox import Outbox
from amplikit.emulator.realtime.protocol import Init, Invalid, Start, Stop
from amplikit.emulator.realtime.subscribing import Listener, listener, read_request
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from amplikit.emulator.http import Receive, Send
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["Connection"]

# Assumed: no close code of the service is documented.
CLOSE_NORMAL: Final = 1000
CLOSE_TOO_SLOW: Final = 1008
_CLOSE_TIMEOUT_S: Final = 2.0


class Connection:
    """An accepted connection until its end."""

    def __init__(
        self,
        service: Service,
        receive: Receive,
        send: Send,
        source_ip: tuple[str, ...],
    ) -> None:
        self._service = service
        self._receive = receive
        self._send = send
        self._source_ip = source_ip
        self._outbox = Outbox()
        self._listeners: dict[str, Listener] = {}

    async def run(self) -> None:
        """Serve the client until it leaves, reads too slowly, or a day has passed."""
        parts: tuple[Coroutine[object, object, object], ...] = (
            self._read(),
            self._write(),
            self._keep_alive(),
            self._outbox.overflowed.wait(),
            asyncio.sleep(wire.MAX_CONNECTION_S),
        )
        tasks = [asyncio.ensure_future(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for id_ in [*self._listeners]:
                self._forget(id_)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        too_slow = self._outbox.overflowed.is_set()
        if too_slow:
            self._service.log("a subscriber reads too slowly: its connection is closed")
        with contextlib.suppress(Exception):
            # Whoever left already, or does not read, cannot be told.
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                code = CLOSE_TOO_SLOW if too_slow else CLOSE_NORMAL
                await self._send({"type": "websocket.close", "code": code})
        for result in results[:1]:
            if isinstance(result, Exception):
                raise result

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return
            text = message.get("text")
            self._take(text if text is not None else message.get("bytes") or b"")

    async def _write(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                frame = await self._outbox.get()
                await self._send({"type": "websocket.send", "text": frame})

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(wire.KEEP_ALIVE_S)
            self._outbox.put(protocol.KEEP_ALIVE)

    def _take(self, frame: str | bytes) -> None:
        incoming = protocol.read_frame(frame)
        match incoming:
            case Init():
                self._outbox.put(protocol.ACK)
                self._outbox.put(protocol.KEEP_ALIVE)
            case Start():
                self._outbox.put(self._start(incoming))
            case Stop(id_):
                self._forget(id_)
                self._outbox.put(protocol.complete(id_))
            case Invalid(id_):
                told = _told(wire.BAD_REQUEST_EXCEPTION, wire.INVALID_MESSAGE)
                self._outbox.put(protocol.error(id_, told))
            case _:
                assert_never(incoming)

    def _start(self, start: Start) -> str:
        """Start a subscription; return the frame that answers it."""
        if start.id in self._listeners:
            words = wire.DUPLICATED_OPERATION_MESSAGE % start.id
            return _error(start, wire.DUPLICATED_OPERATION, words)
        if len(self._listeners) >= wire.MAX_SUBSCRIPTIONS_PER_CONNECTION:
            limit = wire.MAX_SUBSCRIPTIONS_PER_CONNECTION
            words = wire.MAX_SUBSCRIPTIONS_MESSAGE % limit
            return _error(start, wire.MAX_SUBSCRIPTIONS, words)
        request = read_request(start.data) if start.data is not None else None
        if start.data is None or request is None:
            words = wire.NOT_SUPPORTED_IN_REAL_TIME % "unknown"
            return _error(start, wire.UNSUPPORTED_OPERATION, words)
        caller = self._identify(start, start.data)
        if isinstance(caller, RequestRefusal):
            self._service.log(refusal_line("subscription", caller))
            return _error(start, caller.error_type, caller.message)
        service = self._service
        found = listener(service.host, service.runtime.resolvers, request, caller)
        trace = found.trace if isinstance(found, Listener) else found[0]
        for line in trace_lines(caller.label, trace):
            service.log(line)
        if not isinstance(found, Listener):
            return protocol.error_of(start.id, found[1])
        self._listeners[start.id] = found
        service.hub.add((self, start.id), found, partial(self._deliver, start.id))
        return protocol.start_ack(start.id)

    def _identify(self, start: Start, data: str) -> Caller | RequestRefusal:
        service = self._service
        presented = presented_at_start(start.authorization or {}, data, self._source_ip)
        return identify(presented, service.trusted, service.runtime.clock())

    def _deliver(self, id_: str, payload: dict[str, object]) -> None:
        self._outbox.put(protocol.data(id_, payload))

    def _forget(self, id_: str) -> None:
        found = self._listeners.pop(id_, None)
        if found:
            self._service.hub.remove((self, id_), found)


def _error(start: Start, error_type: str, message: str) -> str:
    return protocol.error(start.id, _told(error_type, message))


def _told(error_type: str, message: str) -> dict[str, object]:
    return {"errorType": error_type, "message": message}
