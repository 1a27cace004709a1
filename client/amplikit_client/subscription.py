"""A subscription's events, for programs with threads: ``for event in subscription``."""

from __future__ import annotations

import asyncio
import threading
import weakref
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from amplikit_client.errors import GraphQLError, Unreachable
from amplikit_client.reconnect import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    from amplikit_client.reconnect import Change, Event

__all__ = ["WAITING_LIMIT", "Listen", "Subscription", "check_waiting"]

# An event has up to 240 KB; who is this far behind does not catch up.
WAITING_LIMIT = 1_000

Listen: TypeAlias = (
    "Callable[[Callable[[Event], None], Callable[[Change], None]], "
    "Coroutine[Any, Any, None]]"
)


class Subscription:
    """The events of one subscription, as they come; an iterator, for one reader.

    In a ``with`` statement it is acknowledged before the block begins: what happens
    in the block is heard. Without one, the first ``next`` connects. ``close()`` ends
    it, from any thread, and so does dropping it.

    ``next`` raises ``GraphQLError`` for an event with errors, after which the
    subscription goes on, and the ``AppSyncError`` that ends it. A connection that
    breaks is made again; see ``AppSyncClient.subscribe``.
    """

    def __init__(self, listen: Listen) -> None:
        # The thread must not hold this object, or it would never be dropped.
        self._pump = _Pump(listen)
        self._over = False
        self._finish = weakref.finalize(self, self._pump.stop)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        if self._over:
            raise StopIteration
        self._pump.start()
        came = self._pump.arrived.get()
        match came:
            case _Ended():
                self.close()
                raise came.error or StopIteration
            case GraphQLError():
                raise came
            case _:
                return came

    @property
    def ended(self) -> bool:
        """Whether nothing comes any more: what ``next`` last raised has ended it."""
        return self._over

    def close(self) -> None:
        """Tell the service, and close the connection; events that wait are dropped."""
        self._over = True
        self._finish()

    def __enter__(self) -> Self:
        self._pump.start()
        try:
            self._pump.live.result()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Ended:
    """The last that arrives."""

    error: Exception | None


class _Pump:
    """Receives on an event loop of its own, in a thread of its own.

    So the reader may be in any thread, also in one that runs an event loop, and the
    connection is kept alive while the reader is busy with an event.
    """

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]]
        self._started = Future()
        self._lock = threading.Lock()
        self.arrived: SimpleQueue[Event | _Ended] = SimpleQueue()
        self.live: Future[None] = Future()

    def start(self) -> None:
        """Begin to listen, once."""
        with self._lock:
            if not self._thread.ident:
                self._thread.start()

    def stop(self) -> None:
        """End the subscription, and wait until it is closed."""
        if not self._thread.ident:
            return
        loop, listening = self._started.result()
        with suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(listening.cancel)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            asyncio.run(self._receive())
        except asyncio.CancelledError:
            pass  # closed by the reader
        except Exception as raised:  # noqa: BLE001  raised again by the reader
            error = raised
        self.arrived.put(_Ended(error))
        if not self.live.done():
            self.live.set_exception(error or Unreachable("The subscription ended."))

    async def _receive(self) -> None:
        task = asyncio.current_task()
        if task:
            self._started.set_result((asyncio.get_running_loop(), task))
        await self._listen(self._take, self._tell)

    def _take(self, event: Event) -> None:
        # The only writer: what is free now stays free until the put.
        check_waiting(self.arrived.qsize())
        self.arrived.put(event)

    def _tell(self, change: Change) -> None:
        if isinstance(change, Live) and not self.live.done():
            self.live.set_result(None)


def check_waiting(count: int) -> None:
    """Raise ``Unreachable`` when so many events wait that the reader is lost."""
    if count >= WAITING_LIMIT:
        raise Unreachable(
            f"The subscription was ended, because {WAITING_LIMIT} events wait to be "
            "read: read faster, or hand events over to a queue of your own.",
            permanent=True,
        )
