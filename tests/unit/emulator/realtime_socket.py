"""A WebSocket to the application without a network, for tests."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from conftest import Api

HOST = "127.0.0.1:20002"


def encoded(header: Mapping[str, str], *, url_safe: bool = False) -> str:
    text = json.dumps(header).encode()
    if url_safe:
        return base64.urlsafe_b64encode(text).decode().rstrip("=")
    return base64.b64encode(text).decode()


class Socket:
    """One WebSocket to the application, without a network."""

    def __init__(
        self,
        api: Api,
        query: str = "",
        subprotocols: tuple[str, ...] = ("graphql-ws",),
        headers: Mapping[str, str] | None = None,
        path: str = "/graphql/realtime",
        serve: Callable[..., Coroutine] | None = None,
    ) -> None:
        self.incoming: asyncio.Queue[dict] = asyncio.Queue()
        self.outgoing: asyncio.Queue[dict] = asyncio.Queue()
        given = {"host": HOST, **(headers or {})}
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
            "subprotocols": list(subprotocols),
            "client": ("127.0.0.1", 1),
        }
        self.reads = asyncio.Event()
        self.reads.set()
        self.incoming.put_nowait({"type": "websocket.connect"})
        served = (serve or api.app)(scope, self.incoming.get, self._take)
        self.task = asyncio.ensure_future(served)

    async def _take(self, message: dict) -> None:
        await self.reads.wait()
        await self.outgoing.put(message)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect"})
        await self.task

    def send(self, frame: object) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def start(self, id_: str, query: str, header: Mapping[str, str], **data) -> None:  # noqa: ANN003
        text = json.dumps({"query": query, **data})
        self.send(
            {
                "id": id_,
                "type": "start",
                "payload": {"data": text, "extensions": {"authorization": header}},
            }
        )

    async def event(self) -> dict:
        async with asyncio.timeout(5):
            return await self.outgoing.get()

    async def frame(self) -> dict:
        message = await self.event()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def accepted(self) -> dict:
        message = await self.event()
        assert message["type"] == "websocket.accept"
        return message


def key_header(api: Api) -> dict[str, str]:
    return {"host": HOST, "x-api-key": api.key()}


async def settled() -> None:
    """Let everything run that waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)


def run(test: Coroutine) -> None:
    asyncio.run(test)
