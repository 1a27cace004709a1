"""One event as each kind of subscription is told it, written once for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.host import ExecutionAnswer
from amplikit.emulator.scalars import json_text

if TYPE_CHECKING:
    from collections.abc import Hashable

    from amplikit.emulator.host import Host
    from amplikit.emulator.realtime.subscribing import Listener
    from amplikit.emulator.runtime import LogSink

__all__ = ["Payloads"]


class Payloads:
    """The JSON texts of one event's responses."""

    def __init__(self, host: Host, event: object, log: LogSink) -> None:
        self.event = event
        self._host = host
        self._log = log
        self._texts: dict[Hashable, str] = {}

    def known(self, listener: Listener) -> str | None:
        """Return what another one like this was told."""
        return self._texts.get((listener.name, listener.shape)) or self._texts.get(
            _exactly(listener)
        )

    def of(self, listener: Listener) -> str:
        """Return what a subscription is told, having worked it out."""
        answer = self._host.publish(
            listener.request, listener.caller, {listener.name: self.event}
        )
        if not isinstance(answer, ExecutionAnswer):
            message = f"a live subscription to {listener.name} is refused: {answer}"
            raise TypeError(message)
        text = json_text(answer.body()).decode()
        if not answer.errors:
            self._texts[listener.name, listener.shape] = text
            return text
        self._log(
            f"pitfall [subscriber-missed] /{listener.name}: an event for "
            f"{listener.caller.label} has errors ({answer.errors[0]['message']}): "
            "select in the mutation what its subscribers read."
        )
        # Errors tell of places in the document.
        self._texts[_exactly(listener)] = text
        return text


def _exactly(listener: Listener) -> Hashable:
    request = listener.request
    return listener.name, listener.shape, request.query, request.operation_name
