"""A subscriber on AppSync's WebSocket protocol, thin enough to read at a glance."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Self

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Listener"]

_TIMEOUT_S = 10.0


class Listener:
    """One subscription over one socket, as a context manager."""

    def __init__(
        self, realtime_url: str, host: str, authorization: dict[str, str], query: str
    ) -> None:
        self._authorization = {"host": host, **authorization}
        self._query = query
        self._url = realtime_url

    def __enter__(self) -> Self:
        self._socket = self._connect()
        self._send({"type": "connection_init"})
        self._await("connection_ack")
        payload = {
            "data": json.dumps({"query": self._query, "variables": {}}),
            "extensions": {"authorization": self._authorization},
        }
        self._send({"id": "1", "type": "start", "payload": payload})
        self._await("start_ack")
        return self

    def _connect(self) -> ClientConnection:
        header = base64.b64encode(json.dumps(self._authorization).encode()).decode()
        return connect(
            f"{self._url}?header={header}&payload=e30=",
            subprotocols=[Subprotocol("graphql-ws")],
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._socket.close()

    def next_event(self) -> dict[str, Any]:
        """Return ``data`` of the next event; raises TimeoutError when none comes."""
        return dict(self._await("data")["payload"]["data"])

    def _send(self, message: dict[str, object]) -> None:
        self._socket.send(json.dumps(message))

    def _await(self, kind: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(_TIMEOUT_S))
            if message["type"] == kind:
                return message
            if message["type"] != "ka":
                raise AssertionError(json.dumps(message))
