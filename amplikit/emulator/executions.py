"""Where requests are executed: in a moment, or beside everybody else's.

The event loop answers whatever is quick itself, since a thread costs more than that;
what may take long goes to a few threads, so that no other client waits for it. What
waits for functions or endpoints has a loop of its own, and no turn among mutations.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, TypeVar

from amplikit.emulator.loop_thread import LoopThread

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["Executions"]

_T = TypeVar("_T")
# Python runs one thread at a time; more threads would leave the event loop less.
_THREADS: Final = 2


class Executions:
    """Runs the work of one server's requests; to be used from its event loop.

    No work is quick when all of it ``waits`` for a network. ``waiting`` is where work
    waits for more than the tables; it stays open.
    """

    def __init__(
        self, *, waits: bool = False, waiting: LoopThread | None = None
    ) -> None:
        self._waits = waits
        self._waiting = waiting or LoopThread("amplikit-waiting")
        self._threads = ThreadPoolExecutor(_THREADS, "amplikit-execution")
        # Fair, so that mutations take place in the order of their arrival.
        self._writing = asyncio.Lock()

    async def run(self, work: Callable[[], _T], *, is_quick: bool) -> _T:
        """Return what the work returns; quick work is done at once."""
        if is_quick and not self._waits:
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def wait(self, work: Callable[[], Coroutine[None, None, _T]]) -> _T:
        """Return what work returns that waits for functions or endpoints."""
        return await self._waiting.run(work)

    def turn(self, *, writes: bool) -> asyncio.Lock | nullcontext[None]:
        """Return a block in which one mutation at a time is executed.

        Their events are then published in the order in which they were written.
        """
        return self._writing if writes else nullcontext()

    def close(self) -> None:
        """Wait for the work that has begun, and drop what has not."""
        self._threads.shutdown(cancel_futures=True)
