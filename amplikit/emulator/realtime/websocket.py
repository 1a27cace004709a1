"""Uvicorn's WebSocket protocol, which also lets go of clients that do not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)

if TYPE_CHECKING:
    import asyncio

__all__ = ["WebSocketProtocol"]


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """A connection whose end does not wait for what its client would not read."""

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Close; what is written and not sent by then would keep the socket open."""
        super().on_task_complete(task)
        if not self.writable.is_set():
            self.transport.abort()
