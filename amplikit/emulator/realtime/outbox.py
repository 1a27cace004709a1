"""Frames on their way to one client, bounded, and written one after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.emulator.http import Send

__all__ = ["Outbox"]

# Beside what the system keeps for a connection. An event has at most 240 KB.
_MAX_CHARACTERS: Final = 4 * 1024 * 1024
_MAX_FRAMES: Final = 10_000


class Outbox:
    """A queue that never waits: when a client reads too slowly, it overflows.

    A client to whom nothing is to be told costs no task. ``on_overflow`` is called
    once; from then on nothing is queued or written.
    """

    def __init__(self, send: Send, on_overflow: Callable[[], None]) -> None:
        self._send = send
        self._on_overflow = on_overflow
        self._frames: deque[tuple[str, str, str]] = deque()
        self._characters = 0
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def put(self, frame: str, payload: str = "", end: str = "") -> None:
        """Queue a frame, or give the client up.

        ``payload`` and ``end`` follow it; one payload is kept once for all clients.
        """
        if self._closed:
            return
        self._characters += len(frame) + len(payload)
        if self._characters > _MAX_CHARACTERS or len(self._frames) >= _MAX_FRAMES:
            self.drop()
            self._on_overflow()
            return
        self._frames.append((frame, payload, end))
        if self._writer is None:
            self._writer = asyncio.ensure_future(self._write())

    def drop(self) -> None:
        """Forget what waits, and take nothing more."""
        self._closed = True
        self._frames.clear()

    async def drained(self) -> None:
        """Take nothing more, and wait until all that was queued is written."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def stop(self) -> None:
        """Take nothing more, and give up a frame that is being written."""
        self.drop()
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def _write(self) -> None:
        # Who left cannot be told.
        with contextlib.suppress(OSError):
            while self._frames:
                frame, payload, end = self._frames.popleft()
                self._characters -= len(frame) + len(payload)
                text = f"{frame}{payload}{end}"
                await self._send({"type": "websocket.send", "text": text})
        self._writer = None
