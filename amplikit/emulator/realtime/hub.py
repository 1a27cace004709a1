"""Live subscriptions, and the delivery of what mutations publish to them.

Mutations are delivered one after the other, so that every connection hears of them in
their order. What does not concern a subscription costs it nothing, and what several are
told is written once.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import Mapping
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from amplikit.emulator import wire
from amplikit.emulator.realtime.events import events
from amplikit.emulator.realtime.index import Index
from amplikit.emulator.realtime.matching import by_arguments, matches
from amplikit.emulator.realtime.payloads import Payloads
from amplikit.emulator.scalars import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from typing import Protocol

    from amplikit.emulator.calls import FilterGroups, Invalidation
    from amplikit.emulator.executions import Executions
    from amplikit.emulator.host import ExecutionAnswer, Host
    from amplikit.emulator.realtime.events import Event
    from amplikit.emulator.realtime.subscribing import Listener
    from amplikit.emulator.runtime import LogSink

    class Subscriber(Protocol):
        """Who is told; both ways return at once."""

        def deliver(self, payload: str) -> None:
            """Take an event: the JSON of a response."""

        def invalidate(self) -> None:
            """End, because of an invalidation filter."""


__all__ = ["Hub"]

_T = TypeVar("_T")

# Mutations wait for room instead of growing what waits to be delivered.
_MAX_WAITING: Final = 1_000
# Of a delivery, before other work has its turn.
_SLICE_S: Final = 0.005

_ALL: Final = by_arguments({})

_Entry = tuple["Listener", "Subscriber", "FilterGroups", int]


class Hub:
    """Who listens to which subscription field; for one event loop."""

    def __init__(self, host: Host, executions: Executions, log: LogSink) -> None:
        self._host = host
        self._executions = executions
        self._log = log
        self._listeners: dict[str, Index[_Entry]] = {}
        self._waiting: deque[tuple[int, ExecutionAnswer]] = deque()
        self._published = 0
        self._worker: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._yielded = 0.0

    def add(self, key: Hashable, listener: Listener, subscriber: Subscriber) -> None:
        """Tell of what is published from now on; ``key`` names the subscription."""
        index = self._listeners.setdefault(listener.name, Index())
        wanted = listener.wanted
        index.add(key, (listener, subscriber, wanted, self._published), wanted)

    def remove(self, key: Hashable, listener: Listener) -> None:
        """Tell no more."""
        index = self._listeners.get(listener.name)
        if index is not None:
            index.remove(key)
            if not len(index):
                del self._listeners[listener.name]

    def wants(self, mutation: str) -> bool:
        """Whether anybody listens to a mutation field."""
        names = self._host.executable.subscribers.get(mutation, ())
        return any(name in self._listeners for name in names)

    async def room(self) -> None:
        """Wait while too much waits to be delivered."""
        await self._room.wait()

    def publish(self, answer: ExecutionAnswer) -> None:
        """Begin to tell a mutation's answer to whoever listens to its root fields."""
        self._published += 1
        operation = answer.operation
        if operation is None or not self._listeners:
            return
        if answer.invalidations or any(map(self.wants, operation.root_fields)):
            self._waiting.append((self._published, answer))
            if len(self._waiting) >= _MAX_WAITING:
                self._room.clear()
            if self._worker is None:
                self._worker = asyncio.ensure_future(self._work())

    async def settled(self) -> None:
        """Wait until all that was published is delivered."""
        if self._worker is not None:
            await self._worker

    async def _work(self) -> None:
        while self._waiting:
            number, answer = self._waiting[0]
            try:
                await self._tell(number, answer)
            except Exception as fault:  # noqa: BLE001  a fault of ours costs one answer's events
                self._log("".join(traceback.format_exception(fault)))
            self._waiting.popleft()
            self._room.set()
        self._worker = None

    async def _tell(self, number: int, answer: ExecutionAnswer) -> None:
        is_quick = answer.operation is not None and answer.operation.effort.is_quick
        published = await self._done(partial(self._published_by, answer), is_quick)
        for mutation, event in published:
            payloads = Payloads(self._host, event, self._log)
            for name in self._host.executable.subscribers.get(mutation, ()):
                await self._deliver(name, number, payloads, is_quick=is_quick)
        for invalidation in answer.invalidations:
            self._invalidate(invalidation, number)

    async def _done(self, work: Callable[[], _T], is_quick: bool) -> _T:  # noqa: FBT001  the two ways to do it
        """Return what the work returns; none of it waits for a store."""
        return work() if is_quick else await self._executions.run(work, is_quick=False)

    def _published_by(self, answer: ExecutionAnswer) -> list[Event]:
        """Return the events of a mutation that are not too large."""
        document, operation = answer.document, answer.operation
        if document is None or operation is None or answer.data is None:
            return []
        schema = self._host.executable.schema
        found = []
        for mutation, event in events(schema, document, operation, answer.data):
            size = len(json_text(event))
            if size <= wire.MAX_EVENT_BYTES:
                found.append((mutation, event))
            elif self.wants(mutation):
                self._log(
                    f"{mutation}: an event of {size} bytes is over 240 KB: dropped"
                )
        return found

    async def _deliver(
        self, name: str, number: int, payloads: Payloads, *, is_quick: bool
    ) -> None:
        index = self._listeners.get(name)
        event = payloads.event if isinstance(payloads.event, Mapping) else {}
        if index and event:
            self._note_missed(name, index, event)
        for entry in [*index.candidates(event)] if index else ():
            listener, subscriber, wanted, since = entry
            # What is no object has nothing to compare: only who asks for all is told.
            is_asked = event is payloads.event or wanted == _ALL
            try:
                if since < number and is_asked and matches(event, wanted):
                    payload = payloads.known(listener)
                    if payload is None:
                        work = partial(payloads.of, listener)
                        quick = is_quick and listener.is_quick
                        payload = await self._done(work, quick)
                    subscriber.deliver(payload)
            except Exception as fault:  # noqa: BLE001  a fault of ours costs one listener one event
                self._log("".join(traceback.format_exception(fault)))
            if monotonic() - self._yielded > _SLICE_S:
                await asyncio.sleep(0)
                self._yielded = monotonic()

    def _note_missed(
        self, name: str, index: Index[_Entry], event: Mapping[str, object]
    ) -> None:
        """Log what live filters look at and the event has not.

        What the rules look at is told with the mutation, whoever listens.
        """
        known = self._host.decisive(name)
        missing = [
            one
            for one in index.compared
            if one not in known and one.partition(".")[0] not in event
        ]
        if missing:
            fields = ", ".join(f"'{one}'" for one in sorted(missing))
            self._log(
                f"pitfall [subscriber-missed] /{name}: somebody filters by {fields},"
                " which the mutation does not select: there, the filter finds null."
            )

    def _invalidate(self, invalidation: Invalidation, number: int) -> None:
        for listener, subscriber, _, since in [*self._all(invalidation.field)]:
            ends = listener.invalidation
            if since < number and ends and matches(invalidation.payload, ends):
                subscriber.invalidate()

    def _all(self, name: str) -> Iterator[_Entry]:
        index = self._listeners.get(name)
        return index.entries() if index else iter(())
