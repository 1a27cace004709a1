"""Which HTTP parser and event loop are there, and how long a client may take.

Uvicorn waits for a request's head as long as the client likes; AWS and we do not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

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

__all__ = ["http_protocol", "loop_factory"]


class _Impatient(HttpProtocol):
    """Closes a connection whose next request is not begun and read in time."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_busy():
            self._stop_waiting()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

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


def http_protocol() -> type[asyncio.Protocol]:
    """Return the parser: httptools where there is a wheel, else h11."""
    return _Impatient


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's factory where there is a wheel, else asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415  optional on some platforms
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
