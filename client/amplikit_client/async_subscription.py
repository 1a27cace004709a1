"""A subscription's events, for programs with an event loop: ``async for event in``."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from amplikit_client.errors import GraphQLError, Unreachable
from amplikit_client.reconnect import Live
from amplikit_client.subscription import check_waiting

if TYPE_CHECKING:
    from types import TracebackType

    from amplikit_client.reconnect import Change, Event
    from amplikit_client.subscription import Listen

__all__ = ["AsyncSubscription"]


class AsyncSubscription:
    """What ``Subscription`` is, on the event loop that is running; for one reader.

    ``async with`` waits until it is acknowledged, and closes it at the end; without
    one, close it by ``await subscription.aclose()``.
    """

    def __init__(self, listen: Listen) -> None:
        self._listen = listen
        self._listening: asyncio.Task[None] | None = None
        self._arrived: asyncio.Queue[Event | None] = asyncio.Queue()
        self._live = asyncio.Event()
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> dict[str, Any]:
        if self._over:
            raise StopAsyncIteration
        listening = self._start()
        event = await self._arrived.get()
        match event:
            case None:
                self._over = True
                # Raises what has ended it; cancelled is closed by another task.
                with suppress(asyncio.CancelledError):
                    await listening
                raise StopAsyncIteration
            case GraphQLError():
                raise event
            case _:
                return event

    @property
    def ended(self) -> bool:
        """Whether nothing comes any more: what was last raised has ended it."""
        return self._over

    async def aclose(self) -> None:
        """Tell the service, and close the connection; events that wait are dropped."""
        self._over = True
        if self._listening:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    async def __aenter__(self) -> Self:
        listening = self._start()
        try:
            await self._live.wait()
        except BaseException:
            await self.aclose()
            raise
        if listening.done():
            self._over = True
            await listening
            raise Unreachable("The subscription ended.")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _start(self) -> asyncio.Task[None]:
        if self._listening is None:
            self._listening = asyncio.ensure_future(
                self._listen(self._take, self._tell)
            )
            self._listening.add_done_callback(self._ended)
        return self._listening

    def _ended(self, listening: asyncio.Task[None]) -> None:
        if not listening.cancelled():
            listening.exception()  # seen: who closes need not read to the end
        self._arrived.put_nowait(None)
        self._live.set()

    def _take(self, event: Event) -> None:
        check_waiting(self._arrived.qsize())
        self._arrived.put_nowait(event)

    def _tell(self, change: Change) -> None:
        if isinstance(change, Live):
            self._live.set()
