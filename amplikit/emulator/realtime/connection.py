"""One WebSocket connection: its frames in order, its subscriptions, its end."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.gateway.plans import blocked_by_waf
from amplikit.emulator.log import frame_refusal_line, trace_lines
from amplikit.emulator.realtime import protocol
from amplikit.emulator.realtime.handshake import presented_at_start
from amplikit.emulator.realtime.outbox import Outbox
from amplikit.emulator.realtime.protocol import Init, Invalid, Start, Stop
from amplikit.emulator.realtime.subscribing import Listener, listener, read_request
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from amplikit.emulator.failures import WireError
    from amplikit.emulator.http import Receive, Send
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["Connection"]

# Assumed: no close code of the service is documented.
CLOSE_NORMAL: Final = 1000
CLOSE_TOO_SLOW: Final = 1008
_CLOSE_TIMEOUT_S: Final = 2.0

_NO_REQUEST: Final = (
    "'payload.data' is not the text of a JSON object with a 'query', and at most"
    " 'variables' (an object) and 'operationName' (a text)"
)


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
            await self._take(text if text is not None else message.get("bytes") or b"")

    async def _write(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                frame = await self._outbox.get()
                await self._send({"type": "websocket.send", "text": frame})

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(wire.KEEP_ALIVE_S)
            self._outbox.put(protocol.KEEP_ALIVE)

    async def _take(self, frame: str | bytes) -> None:
        incoming = protocol.read_frame(frame)
        match incoming:
            case Init():
                self._outbox.put(protocol.ACK)
                self._outbox.put(protocol.KEEP_ALIVE)
            case Start():
                self._outbox.put(await self._start(incoming))
            case Stop(id_):
                self._forget(id_)
                self._outbox.put(protocol.complete(id_))
            case Invalid(id_):
                told = _told(wire.BAD_REQUEST_EXCEPTION, wire.INVALID_MESSAGE)
                self._outbox.put(self._refuse(id_, told))
            case _:
                assert_never(incoming)

    async def _start(self, start: Start) -> str:
        """Start a subscription; return the frame that answers it."""
        refused = self._blocked(start) or self._unfit(start)
        if refused is not None:
            return refused
        request = read_request(start.data) if start.data is not None else None
        if start.data is None or request is None:
            words = wire.NOT_SUPPORTED_IN_REAL_TIME % "unknown"
            told = _told(wire.UNSUPPORTED_OPERATION, words)
            return self._refuse(start.id, told, reason=_NO_REQUEST)
        caller = await self._identify(start, start.data)
        if isinstance(caller, RequestRefusal):
            told = _told(caller.error_type, caller.message)
            return self._refuse(start.id, told, reason=caller.reason)
        service = self._service
        found = listener(service.host, service.runtime.resolvers, request, caller)
        trace = found.trace if isinstance(found, Listener) else found[0]
        lines = [*trace_lines(caller.label, trace)]
        for line in lines:
            service.log(line)
        if not isinstance(found, Listener):
            _, errors = found
            answer = protocol.error_of(start.id, errors)
            return answer if lines else self._log_refusal(start.id, errors, answer)
        self._listeners[start.id] = found
        service.hub.add((self, start.id), found, partial(self._deliver, start.id))
        return protocol.start_ack(start.id)

    def _blocked(self, start: Start) -> str | None:
        """Return the WAF's refusal, which comes before all others."""
        key = (start.authorization or {}).get(wire.HEADER_API_KEY)
        blocked = blocked_by_waf(self._service, key)
        if blocked is None:
            return None
        told = _told(blocked.error_type, blocked.message)
        return self._refuse(start.id, told, reason=blocked.reason)

    def _unfit(self, start: Start) -> str | None:
        """Return the refusal of a subscription that has no place beside the others."""
        if start.id in self._listeners:
            words = wire.DUPLICATED_OPERATION_MESSAGE % start.id
            return self._refuse(start.id, _told(wire.DUPLICATED_OPERATION, words))
        limit = wire.MAX_SUBSCRIPTIONS_PER_CONNECTION
        if len(self._listeners) >= limit:
            words = wire.MAX_SUBSCRIPTIONS_MESSAGE % limit
            return self._refuse(start.id, _told(wire.MAX_SUBSCRIPTIONS, words))
        return None

    async def _identify(self, start: Start, data: str) -> Caller | RequestRefusal:
        service = self._service
        presented = presented_at_start(start.authorization or {}, data, self._source_ip)
        return await identify(presented, service.trusted, service.runtime.clock())

    def _refuse(self, id_: str | None, told: WireError, reason: str = "") -> str:
        """Log a refusal, and return its frame."""
        return self._log_refusal(id_, [told], protocol.error(id_, told), reason)

    def _log_refusal(
        self, id_: str | None, errors: list[WireError], frame: str, reason: str = ""
    ) -> str:
        self._service.log(frame_refusal_line(id_, errors, reason))
        return frame

    def _deliver(self, id_: str, payload: dict[str, object]) -> None:
        self._outbox.put(protocol.data(id_, payload))

    def _forget(self, id_: str) -> None:
        found = self._listeners.pop(id_, None)
        if found:
            self._service.hub.remove((self, id_), found)


def _told(error_type: str, message: str) -> WireError:
    return {"errorType": error_type, "message": message}
