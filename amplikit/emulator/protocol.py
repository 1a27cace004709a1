"""Which HTTP parser and event loop are there, and what a connection may take.

Uvicorn waits for a request's head as long as the client likes, reads as much of it as
is sent, and keeps any number of connections; AWS and we do not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from amplikit.emulator.http import READ_TIMEOUT_S

try:
    from uvicorn.protocols.http.httptools_impl import (
        HttpToolsProtocol as HttpProtocol,
    )
except ImportError:
    from uvicorn.protocols.http.h11_impl import (  # type: ignore[assignment]  # either one
        H11Protocol as HttpProtocol,
    )

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

__all__ = ["MAX_CONNECTIONS", "http_protocol", "loop_factory"]

MAX_CONNECTIONS: Final = 1_000
_MAX_HEAD_BYTES: Final = 65_536
_MAX_HEADERS: Final = 200
# Long enough for a client to read its refusal before what it still sends is reset.
_LINGER_S: Final = 1.0


class _HeadTooLarge(Exception):
    """A request's head is longer than is read."""


@dataclass(slots=True)
class _Open:
    """How many HTTP connections of one server are open; WebSockets are not counted."""

    log: Callable[[str], None]
    limit: int
    count: int = 0
    full: bool = False

    def admit(self) -> bool:
        """Count one more, unless the server is full; say so once each time it is."""
        if self.count >= self.limit:
            if not self.full:
                self.log(
                    f"refused 503: {self.limit} HTTP connections are open;"
                    " further ones are refused until some close"
                )
            self.full = True
            return False
        self.count += 1
        return True

    def leave(self) -> None:
        """Count one less."""
        self.count -= 1
        self.full = False


class _Guarded(HttpProtocol):
    """Closes a connection that takes too long, sends too much or is one too many."""

    _open: _Open
    _admitted = False
    _refused = False
    _upgraded = False
    _timer: asyncio.TimerHandle | None = None
    # Of the head that is being read; None between heads.
    _head_bytes: int | None = None
    _whole_fields_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._admitted = self._open.admit()
        if self._admitted:
            self._wait()
        else:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        reading_before = self._head_bytes is not None
        super().data_received(data)
        if self._upgraded:
            return
        # The parser tells of a header when it is complete, which may be never.
        if reading_before and self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._is_busy():
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._leave()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, *event: object) -> None:
        """Hand the connection over, after which it is not one of ours."""
        self._upgraded = True
        self._stop_waiting()
        self._leave()
        super().handle_websocket_upgrade(*event)

    # What the parser httptools calls; h11 bounds a head by itself.

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._head_bytes = 0
        self._whole_fields_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the part of a URL."""
        self._whole_fields_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header."""
        self._whole_fields_bytes += len(name) + len(value)
        super().on_header(name, value)
        if (
            self._whole_fields_bytes > _MAX_HEAD_BYTES
            or len(self.headers) > _MAX_HEADERS
        ):
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            # Ends the parsing, which then asks for the answer to bad HTTP.
            raise _HeadTooLarge

    def on_headers_complete(self) -> None:
        """Stop to count."""
        self._head_bytes = None
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, unless the answer is given already."""
        if not self._refused:
            super().send_400_response(msg)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer before a request is there, take nothing more, and close."""
        self._stop_waiting()
        if self._refused:
            return
        self._refused = True
        if self._is_busy() or self.transport.is_closing():
            self.transport.close()
            return
        body = status.phrase.encode()
        self.transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\n"
            b"content-length: %d\r\nconnection: close\r\n\r\n%b"
            % (status, body, len(body), body)
        )
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGER_S, self.transport.close)

    def _leave(self) -> None:
        if self._admitted:
            self._admitted = False
            self._open.leave()

    def _is_busy(self) -> bool:
        """Whether a request's head is complete and its response is not."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(READ_TIMEOUT_S, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        # After an upgrade the connection belongs to the WebSocket protocol.
        if self.transport.get_protocol() is self and not self._is_busy():
            self.transport.close()


def http_protocol(
    log: Callable[[str], None], max_connections: int = MAX_CONNECTIONS
) -> type[asyncio.Protocol]:
    """Return one server's parser: httptools where there is a wheel, else h11."""

    class Guarded(_Guarded):
        _open = _Open(log, max_connections)

    return Guarded


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's factory where there is a wheel, else asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415  optional on some platforms
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
