"""One WebSocket connection: its frames in order, its subscriptions, its end."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, assert_never

from amplikit.emulator import wire
from amplikit.emulator.auth.classify import identify
from amplikit.emulator.gateway.plans import blocked_by_waf
from amplikit.emulator.log import frame_refusal_line, trace_lines
from amplikit.emulator.realtime import protocol
from amplikit.emulator.realtime.handshake import presented_at_start, told_in_real_time
from amplikit.emulator.realtime.outbox import Outbox
from amplikit.emulator.realtime.protocol import Init, Invalid, Start, Stop
from amplikit.emulator.realtime.subscribing import Listener, listener, read_request
from amplikit.emulator.realtime.subscription import Subscription
from amplikit.emulator.refusal import RequestRefusal

if TYPE_CHECKING:
    from amplikit.emulator.failures import WireError
    from amplikit.emulator.host import GraphQLRequest
    from amplikit.emulator.http import Receive, Send
    from amplikit.emulator.service import Service
    from amplikit.identity.caller import Caller

__all__ = ["CLOSE_NORMAL", "Connection"]

# Assumed, with their reasons: the service documents none.
CLOSE_NORMAL: Final = 1000
_CLOSE_TOO_SLOW: Final = 1008
_CLOSE_TIMEOUT_S: Final = 2.0
# Of all starts of one connection: 200 long ones would fill the memory.
_MAX_TEXT: Final = 4 * 1024 * 1024
# A longer start is read in a thread, where it stalls nobody.
_SHORT_START: Final = 2_000
_SHORT_KNOWN_START: Final = 16_384

_NO_REQUEST: Final = (
    "'payload.data' is not the text of a JSON object with a 'query', and at most"
    " 'variables' (an object) and 'operationName' (a text)"
)


class _End(NamedTuple):
    """Why the server closes a connection."""

    code: int
    reason: str


_LEFT: Final = _End(CLOSE_NORMAL, "")
_TOO_OLD: Final = _End(CLOSE_NORMAL, "The connection has been open for 24 hours.")
_TOO_SLOW: Final = _End(_CLOSE_TOO_SLOW, "The client reads too slowly.")
_INVALIDATED: Final = _End(CLOSE_NORMAL, "Subscription complete.")


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
        self._ended: asyncio.Future[_End] = asyncio.get_running_loop().create_future()
        self.outbox = Outbox(send, partial(self._end, _TOO_SLOW))
        self.subscriptions: dict[str, Subscription] = {}

    async def run(self) -> None:
        """Serve the client until it leaves, or its connection is ended here."""
        reading = asyncio.ensure_future(self._read())
        self._service.pulse.add(self)
        try:
            await asyncio.wait(
                (reading, self._ended), return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._service.pulse.remove(self)
            for id_ in [*self.subscriptions]:
                self._forget(id_)
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading
        await self._close(self._ended.result() if self._ended.done() else _LEFT)

    def keep_alive(self) -> None:
        """Tell the client that the connection is there."""
        self.outbox.put(protocol.KEEP_ALIVE)

    def expire(self) -> None:
        """End, having been open for as long as a connection may."""
        self._end(_TOO_OLD)

    def invalidate(self, id_: str) -> None:
        """End, because a filter says so of one subscription."""
        self._forget(id_)
        self.outbox.put(protocol.complete(id_))
        self._end(_INVALIDATED)

    def _end(self, why: _End) -> None:
        if not self._ended.done():
            self._ended.set_result(why)

    async def _close(self, why: _End) -> None:
        """Write what is left, and close; who does not read is waited for shortly."""
        if why is _TOO_SLOW:
            self._service.log("a subscriber reads too slowly: its connection is closed")
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                if why is not _LEFT:
                    await self.outbox.drained()
                close = {"type": "websocket.close", "code": why.code}
                await self._send({**close, "reason": why.reason})
        await self.outbox.stop()

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return
            text = message.get("text")
            await self._take(text if text is not None else message.get("bytes") or b"")
            # Whoever sends without a pause does not keep others from being heard.
            await asyncio.sleep(0)

    async def _take(self, frame: str | bytes) -> None:
        incoming = protocol.read_frame(frame)
        match incoming:
            case Init():
                self.outbox.put(protocol.ACK)
                self.outbox.put(protocol.KEEP_ALIVE)
            case Start():
                self.outbox.put(await self._answer(incoming))
            case Stop(id_):
                self._forget(id_)
                self.outbox.put(protocol.complete(id_))
            case Invalid(id_):
                told = _told(wire.BAD_REQUEST_EXCEPTION, wire.INVALID_MESSAGE)
                self.outbox.put(self._refuse(id_, told))
            case _:
                assert_never(incoming)

    async def _answer(self, start: Start) -> str:
        try:
            return await self._start(start)
        except Exception as fault:  # noqa: BLE001  a fault of ours is told, and ends one subscription only
            self._service.log("".join(traceback.format_exception(fault)))
            told = _told(wire.INTERNAL_FAILURE, wire.INTERNAL_MESSAGE)
            return self._refuse(start.id, told)

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
        resolvers = service.runtime.resolvers
        work = partial(listener, service.host, resolvers, request, caller)
        is_quick = self._is_short(start.data, request)
        # No subscription's resolver waits for a store.
        found = (
            work() if is_quick else await service.executions.run(work, is_quick=False)
        )
        trace = found.trace if isinstance(found, Listener) else found[0]
        lines = [*trace_lines(caller.label, trace)]
        for line in lines:
            service.log(line)
        if not isinstance(found, Listener):
            _, errors = found
            answer = protocol.error_of(start.id, errors)
            return answer if lines else self._log_refusal(start.id, errors, answer)
        subscription = Subscription(self, start, found)
        self.subscriptions[start.id] = subscription
        service.hub.add((self, start.id), found, subscription)
        return protocol.start_ack(start.id)

    def _is_short(self, data: str, request: GraphQLRequest) -> bool:
        if len(data) <= _SHORT_START:
            return True
        known = self._service.host.documents.known(request.query) is not None
        return known and len(data) <= _SHORT_KNOWN_START

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
        if start.id in self.subscriptions:
            words = wire.DUPLICATED_OPERATION_MESSAGE % start.id
            return self._refuse(start.id, _told(wire.DUPLICATED_OPERATION, words))
        limit = wire.MAX_SUBSCRIPTIONS_PER_CONNECTION
        if len(self.subscriptions) >= limit:
            words = wire.MAX_SUBSCRIPTIONS_MESSAGE % limit
            return self._refuse(start.id, _told(wire.MAX_SUBSCRIPTIONS, words))
        if self._size_with(start) > _MAX_TEXT:
            told = _told(wire.LIMIT_EXCEEDED_ERROR, wire.RATE_LIMIT_EXCEEDED)
            reason = f"its subscriptions have more than {_MAX_TEXT} characters"
            return self._refuse(start.id, told, reason=reason)
        return None

    def _size_with(self, start: Start) -> int:
        sizes = (one.size for one in self.subscriptions.values())
        return sum(sizes, start=len(start.data or ""))

    async def _identify(self, start: Start, data: str) -> Caller | RequestRefusal:
        service = self._service
        presented = presented_at_start(start.authorization or {}, data, self._source_ip)
        caller = await identify(presented, service.trusted, service.runtime.clock())
        return told_in_real_time(caller)

    def _refuse(self, id_: str | None, told: WireError, reason: str = "") -> str:
        """Log a refusal, and return its frame."""
        return self._log_refusal(id_, [told], protocol.error(id_, told), reason)

    def _log_refusal(
        self, id_: str | None, errors: list[WireError], frame: str, reason: str = ""
    ) -> str:
        self._service.log(frame_refusal_line(id_, errors, reason))
        return frame

    def _forget(self, id_: str) -> None:
        found = self.subscriptions.pop(id_, None)
        if found:
            self._service.hub.remove((self, id_), found.listener)


def _told(error_type: str, message: str) -> WireError:
    return {"errorType": error_type, "message": message}
