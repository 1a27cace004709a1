"""Live subscriptions, and the delivery of what mutations publish to them."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from amplikit.emulator import wire
from amplikit.emulator.host import ExecutionAnswer
from amplikit.emulator.realtime.events import events
from amplikit.emulator.realtime.matching import matches_arguments, matches_filter
from amplikit.emulator.scalars import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amplikit.emulator.host import Host
    from amplikit.emulator.realtime.subscribing import Listener
    from amplikit.emulator.runtime import LogSink

    Deliver = Callable[[dict[str, object]], None]

__all__ = ["Hub"]


class Hub:
    """Who listens to which subscription field."""

    def __init__(self, host: Host, log: LogSink) -> None:
        self._host = host
        self._log = log
        self._listeners: dict[str, dict[object, tuple[Listener, Deliver]]] = {}
        self.connections = 0

    def add(self, key: object, listener: Listener, deliver: Deliver) -> None:
        """Start to deliver; ``key`` names the subscription among all connections'."""
        self._listeners.setdefault(listener.name, {})[key] = (listener, deliver)

    def remove(self, key: object, listener: Listener) -> None:
        """Stop to deliver."""
        self._listeners.get(listener.name, {}).pop(key, None)

    def wants(self, mutation: str) -> bool:
        """Whether anybody listens to a mutation field."""
        return any(
            self._listeners.get(name)
            for name in self._host.executable.subscribers.get(mutation, ())
        )

    def publish(self, answer: ExecutionAnswer) -> None:
        """Deliver a mutation's answer to whoever listens to its root fields."""
        document, operation = answer.document, answer.operation
        if document is None or operation is None or answer.data is None:
            return
        if not any(map(self.wants, operation.root_fields)):
            return
        schema = self._host.executable.schema
        for mutation, event in events(schema, document, operation, answer.data):
            size = len(json_text(event))
            if size > wire.MAX_EVENT_BYTES:
                self._log(
                    f"{mutation}: an event of {size} bytes is over 240 KB: dropped"
                )
                continue
            for name in self._host.executable.subscribers.get(mutation, ()):
                self._deliver(name, event)

    def _deliver(self, name: str, event: Mapping[str, object]) -> None:
        for listener, deliver in [*self._listeners.get(name, {}).values()]:
            try:
                if _wants(listener, event):
                    deliver(self._payload(listener, event))
            except Exception as fault:  # noqa: BLE001  a fault of ours costs one listener one event
                self._log("".join(traceback.format_exception(fault)))

    def _payload(
        self, listener: Listener, event: Mapping[str, object]
    ) -> dict[str, object]:
        answer = self._host.publish(
            listener.request, listener.caller, {listener.name: event}
        )
        if not isinstance(answer, ExecutionAnswer):
            message = f"a live subscription to {listener.name} is refused: {answer}"
            raise TypeError(message)
        if answer.errors:
            self._log(
                f"pitfall [subscriber-missed] /{listener.name}: an event for "
                f"{listener.caller.label} has errors ({answer.errors[0]['message']}): "
                "select in the mutation what its subscribers read."
            )
        return answer.body()


def _wants(listener: Listener, event: Mapping[str, object]) -> bool:
    if listener.filter is None:
        return matches_arguments(event, listener.arguments)
    return matches_filter(event, listener.filter)
