"""A WebSocket client of few lines, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from time import monotonic

__all__ = ["RawWebSocket", "Refused"]

_SHORT = 126
_LONG = 127
_TEXT = 0x81
_CLOSE = 0x88
_MASK = 0x80


class Refused(Exception):
    """The server did not take the connection, or ended it."""


class RawWebSocket(asyncio.Protocol):
    """One connection; ``arrived`` are the times at which events came."""

    def __init__(self, host: str, key: str) -> None:
        self.arrived: list[float] = []
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended: str | None = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._host = host
        self._key = key
        self._buffer = b""
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self.transport: asyncio.Transport

    @classmethod
    async def open(cls, host: str, port: int, key: str) -> RawWebSocket:
        """Return a connection that is acknowledged."""
        loop = asyncio.get_running_loop()
        _, one = await loop.create_connection(
            lambda: cls(f"{host}:{port}", key), host, port
        )
        await one.opened
        await one.asked("connection_ack", {"type": "connection_init"})
        return one

    async def start(self, id_: str, query: str, **variables: object) -> None:
        """Start a subscription, and wait until it is."""
        data = json.dumps({"query": query, "variables": variables})
        header = {"host": self._host, "x-api-key": self._key}
        payload = {"data": data, "extensions": {"authorization": header}}
        frame = {"id": id_, "type": "start", "payload": payload}
        await self.asked("start_ack", frame)

    async def asked(self, answer: str, frame: dict[str, object]) -> None:
        """Send a frame, and wait for its answer."""
        done = asyncio.get_running_loop().create_future()
        self._waiting[answer] = done
        self.send(frame)
        await done

    def send(self, frame: dict[str, object]) -> None:
        """Send one frame."""
        body = json.dumps(frame).encode()
        size = len(body)
        head = bytes([_TEXT, _MASK | size]) if size < _SHORT else b""
        head = head or bytes([_TEXT, _MASK | _SHORT]) + struct.pack("!H", size)
        self.transport.write(head + b"\0\0\0\0" + body)  # masked by zeros

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as asyncio says
        """Ask for the upgrade."""
        self.transport = transport
        header = json.dumps({"host": self._host, "x-api-key": self._key}).encode()
        encoded = base64.urlsafe_b64encode(header).decode().rstrip("=")
        nonce = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /graphql/realtime HTTP/1.1\r\nHost: {self._host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {nonce}\r\n"
            f"Sec-WebSocket-Protocol: graphql-ws, header-{encoded}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        now = monotonic()
        self._buffer += data
        if not self.opened.done():
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._buffer = rest
            status = head.split(b" ", 2)[1]
            if status != b"101":
                self._end(f"HTTP {status.decode()}")
                return
            self.opened.set_result(None)
        while (frame := self._next()) is not None:
            self._take(*frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end."""
        self._end(f"closed {exc or ''}")

    def _next(self) -> tuple[int, bytes] | None:
        have = self._buffer
        if len(have) < 2:  # noqa: PLR2004  the shortest frame
            return None
        size, start = have[1], 2
        if size == _SHORT:
            size, start = int.from_bytes(have[2:4]), 4
        elif size == _LONG:
            size, start = int.from_bytes(have[2:10]), 10
        if len(have) < start + size:
            return None
        self._buffer = have[start + size :]
        return have[0], have[start : start + size]

    def _take(self, kind: int, body: bytes, now: float) -> None:
        if kind == _CLOSE:
            self._end(f"close {int.from_bytes(body[:2])} {body[2:].decode()}")
            return
        told = body[:60]
        if b'"data"' in told:
            self.arrived.append(now)
            return
        frame = json.loads(body)
        done = self._waiting.pop(frame["type"], None)
        if done is not None:
            done.set_result(None)
        elif frame["type"] != "ka":
            self._end(body.decode())

    def _end(self, why: str) -> None:
        self.ended = self.ended or why
        if not self.gone.done():
            self.gone.set_result(None)
        for one in (self.opened, *self._waiting.values()):
            if not one.done():
                one.set_exception(Refused(why))
