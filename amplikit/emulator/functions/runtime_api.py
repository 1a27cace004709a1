"""The Lambda Runtime API, served to one process on a port of its own.

Source: Lambda developer guide, "Using the Lambda runtime API" (2018-06-01).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Mapping

__all__ = ["Failed", "Invocation", "Reply", "Returned", "RuntimeApi", "TooLarge"]

# Source: the limit that Lambda names in Function.ResponseSizeTooLarge.
RESPONSE_LIMIT_BYTES = 6_291_556
PIECE_BYTES = 65_536
_PREFIX = "/2018-06-01/runtime"
_ANSWER = re.compile(rf"{_PREFIX}/invocation/([^/]+)/(response|error)")
_ACCEPTED = {"status": "OK"}


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for the process; ``deadline_ms`` is in milliseconds since 1970."""

    request_id: str
    event: bytes
    arn: str
    trace_id: str
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The handler's result, as it was sent."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """The runtime's report of a failure, as it was sent."""

    body: bytes


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A result beyond the limit; it was not read."""

    size_bytes: int


Reply = Returned | Failed | TooLarge


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    headers: Mapping[str, str]
    length: int


class RuntimeApi:
    """One process's view of Lambda: events come out, replies go in.

    ``ready`` is set when the process asks for its first event: it has initialised.
    """

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self._events: asyncio.Queue[Invocation | None] = asyncio.Queue()
        self._reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._current: str | None = None
        self._connections: dict[asyncio.Task[None], StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self.address = ""

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = f"{host}:{port}"

    @property
    def waiting(self) -> bool:
        """Whether no event is without its reply."""
        return self.ready.is_set() and self._current is None

    def reply(self) -> asyncio.Future[Reply]:
        """Return what will hold the next reply, also that of a failed start."""
        return self._reply

    def send(self, invocation: Invocation) -> asyncio.Future[Reply]:
        """Hand an event to the process; the future holds its reply."""
        self._reply = asyncio.get_running_loop().create_future()
        self._current = invocation.request_id
        self._events.put_nowait(invocation)
        return self._reply

    async def close(self) -> None:
        """Stop listening and drop what is connected."""
        if self._server is not None:
            self._server.close()
        # Ended rather than cancelled: Python 3.11 logs a cancelled connection.
        for writer in self._connections.values():
            self._events.put_nowait(None)
            writer.close()
        await asyncio.gather(*self._connections)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections[task] = writer
            task.add_done_callback(self._connections.pop)
        try:
            while request := await _read_request(reader):
                await self._answer(request, reader, writer)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass  # the process has gone, or it is not one of ours
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(
        self, request: _Request, reader: StreamReader, writer: StreamWriter
    ) -> None:
        # A page in a browser can reach this port too, under a name of its own.
        if request.headers.get("host") != self.address:
            raise ValueError(request.headers.get("host"))
        answered = _ANSWER.fullmatch(request.path)
        if (request.method, request.path) == ("GET", f"{_PREFIX}/invocation/next"):
            self.ready.set()
            invocation = await self._events.get()
            if invocation is None:
                return
            _write_event(writer, invocation)
        elif request.method != "POST":
            _write(writer, HTTPStatus.NOT_FOUND, _problem("NotFound", request.path))
        elif request.path == f"{_PREFIX}/init/error":
            await self._take("error", request.length, reader, writer)
        elif answered and answered.group(1) == self._current:
            kind = answered.group(2)
            await self._take(kind, request.length, reader, writer)
        else:
            await _discard(reader, request.length)
            problem = _problem("InvalidRequestID", "Invalid request ID")
            _write(writer, HTTPStatus.BAD_REQUEST, problem)
        await writer.drain()

    async def _take(
        self, kind: str, length: int, reader: StreamReader, writer: StreamWriter
    ) -> None:
        if length > RESPONSE_LIMIT_BYTES:
            await _discard(reader, length)
            self._settle(TooLarge(length))
            problem = _problem(
                "RequestEntityTooLarge",
                "Exceeded maximum allowed payload size "
                f"({RESPONSE_LIMIT_BYTES} bytes).",
            )
            _write(writer, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, problem)
            return
        body = await reader.readexactly(length)
        self._settle(Returned(body) if kind == "response" else Failed(body))
        _write(writer, HTTPStatus.ACCEPTED, _ACCEPTED)

    def _settle(self, reply: Reply) -> None:
        self._current = None
        if not self._reply.done():
            self._reply.set_result(reply)


async def _read_request(reader: StreamReader) -> _Request | None:
    """Read a request's head; ``None`` when the connection ends before one."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise ValueError("the head of the request is too long") from None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _version = first.split(" ")
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    return _Request(method, path, headers, int(headers.get("content-length", "0")))


async def _discard(reader: StreamReader, length: int) -> None:
    while length > 0:
        piece = await reader.read(min(length, PIECE_BYTES))
        if not piece:
            return
        length -= len(piece)


def _problem(kind: str, message: str) -> dict[str, str]:
    return {"errorType": kind, "errorMessage": message}


def _write(writer: StreamWriter, status: HTTPStatus, body: Mapping[str, str]) -> None:
    _write_raw(writer, status, {}, json.dumps(body).encode())


def _write_event(writer: StreamWriter, invocation: Invocation) -> None:
    headers = {
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
        "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
    }
    _write_raw(writer, HTTPStatus.OK, headers, invocation.event)


def _write_raw(
    writer: StreamWriter, status: HTTPStatus, headers: Mapping[str, str], body: bytes
) -> None:
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
