"""Frames on their way to one client, bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

__all__ = ["Outbox"]

_MAX_BYTES: Final = 8 * 1024 * 1024
_MAX_FRAMES: Final = 10_000


class Outbox:
    """A queue that does not wait: when a client reads too slowly, it overflows."""

    def __init__(self) -> None:
        self._frames: deque[str] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self.overflowed = asyncio.Event()

    def put(self, frame: str) -> None:
        """Queue a frame, or give the client up."""
        full = self._bytes + len(frame) > _MAX_BYTES or len(self._frames) >= _MAX_FRAMES
        if full or self.overflowed.is_set():
            self.overflowed.set()
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self._filled.set()

    async def get(self) -> str:
        """Return the next frame."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._frames
