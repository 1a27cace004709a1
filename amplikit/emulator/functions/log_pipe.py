"""What a process prints, collected without ever blocking it or growing for ever."""

from __future__ import annotations

import asyncio
import os

__all__ = ["LogPipe"]

KEPT_BYTES = 262_144
PIECE_BYTES = 65_536


class LogPipe:
    """A pipe for stdout and stderr; the last ``KEPT_BYTES`` are kept.

    ``writable`` goes to the process and is closed here once it has started.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._readable, self.writable = os.pipe()
        self._kept = bytearray()
        self._open = True
        os.set_blocking(self._readable, False)
        self._loop.add_reader(self._readable, self._read)

    def take(self) -> str:
        """Return what was printed since the last time, up to this moment."""
        self._read()
        text = self._kept.decode("utf-8", "replace")
        self._kept.clear()
        return text

    def close_writable(self) -> None:
        """Leave the writing end to the process alone."""
        if self.writable >= 0:
            os.close(self.writable)
            self.writable = -1

    def close(self) -> None:
        """Let go of both ends."""
        self.close_writable()
        self._stop_reading()

    def _read(self) -> None:
        while self._open:
            try:
                piece = os.read(self._readable, PIECE_BYTES)
            except BlockingIOError:
                return
            if not piece:
                self._stop_reading()
                return
            self._kept += piece
            del self._kept[:-KEPT_BYTES]

    def _stop_reading(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._readable)
            os.close(self._readable)
