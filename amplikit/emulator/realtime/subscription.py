"""One of a connection's live subscriptions: where its events go, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from amplikit.emulator.realtime import protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.emulator.realtime.outbox import Outbox
    from amplikit.emulator.realtime.protocol import Start
    from amplikit.emulator.realtime.subscribing import Listener

__all__ = ["Subscription"]


class _Holder(Protocol):
    """The connection, as its subscriptions see it."""

    @property
    def outbox(self) -> Outbox:
        """Frames on their way to the client."""

    @property
    def subscriptions(self) -> Mapping[str, Subscription]:
        """Those that live, by their ids."""

    def invalidate(self, id_: str) -> None:
        """End, because a filter says so of one subscription."""


class Subscription:
    """A subscription from its acknowledgement to its end."""

    def __init__(self, holder: _Holder, start: Start, found: Listener) -> None:
        self.listener = found
        self.size = len(start.data or "")
        self._holder = holder
        self._id = start.id
        self._before, self._after = protocol.around_data(start.id)

    def deliver(self, payload: str) -> None:
        """Send an event, unless the subscription is over."""
        if self._lives():
            self._holder.outbox.put(self._before, payload, self._after)

    def invalidate(self) -> None:
        """End this subscription, and the connection with it."""
        if self._lives():
            self._holder.invalidate(self._id)

    def _lives(self) -> bool:
        # Its id may be another one's by now.
        return self._holder.subscriptions.get(self._id) is self
