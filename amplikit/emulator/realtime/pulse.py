"""What time does to connections: keep-alives, and an end after a day.

One task for all connections, so that an idle one costs none.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from amplikit.emulator import wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Beating", "Pulse"]

_EVERY_S: Final = 1.0
_LIFETIME: Final = timedelta(seconds=wire.MAX_CONNECTION_S)


class Beating(Protocol):
    """A connection, as time sees it."""

    def keep_alive(self) -> None:
        """Tell the client that the connection is there."""

    def expire(self) -> None:
        """End, having been open for as long as a connection may."""


class Pulse:
    """Connections in the order in which something is due; for one event loop.

    ``clock`` gives the time that decides how old a connection is; keep-alives go by
    the machine's own.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        # Both are in order, because every connection waits for as long as the others.
        self._opened: dict[Beating, datetime] = {}
        self._due: dict[Beating, float] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, connection: Beating) -> None:
        """Begin to look after a connection."""
        self._opened[connection] = self._clock()
        self._due[connection] = monotonic() + wire.KEEP_ALIVE_S
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())

    def remove(self, connection: Beating) -> None:
        """Look no more after a connection."""
        self._opened.pop(connection, None)
        self._due.pop(connection, None)
        if self._task is not None and not self._due:
            self._task.cancel()
            self._task = None

    def beat(self, now: float | None = None) -> None:
        """Do what is due; ``now`` is the machine's monotonic time."""
        at = monotonic() if now is None else now
        while self._due:
            connection, due = next(iter(self._due.items()))
            if due > at:
                break
            del self._due[connection]
            self._due[connection] = at + wire.KEEP_ALIVE_S
            connection.keep_alive()
        oldest = self._clock() - _LIFETIME
        while self._opened:
            connection, opened = next(iter(self._opened.items()))
            if opened > oldest:
                break
            del self._opened[connection]
            connection.expire()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            self.beat()
