from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from uvicorn.server import ServerState

from amplikit.emulator.protocol import http_protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conftest import Api

HEALTH = b"GET /_amplikit/health HTTP/1.1\r\nhost: localhost\r\n"


@asynccontextmanager
async def listening(api: Api, limit: int = 10) -> AsyncIterator[int]:
    protocol = http_protocol(api.log.append, limit)
    config = uvicorn.Config(api.app, http=protocol, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(config=config, server_state=state, app_state={}),
        "127.0.0.1",
        0,
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


async def exchange(port: int, *parts: bytes) -> bytes:
    """Send parts until the server has answered and closed; return its answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        pytest.param((b"connection: close\r\n\r\n",), b"200", id="few-headers"),
        pytest.param(
            (*(b"x%d: a\r\n" % n for n in range(190)), b"connection: close\r\n\r\n"),
            b"200",
            id="many-headers",
        ),
        pytest.param(
            (b"x: " + b"a" * 60_000, b"\r\nconnection: close\r\n\r\n"),
            b"200",
            id="a-long-value",
        ),
        pytest.param(
            tuple(b"x%d: a\r\n" % n for n in range(300)), b"431", id="too-many-headers"
        ),
        pytest.param(
            tuple(b"x%d: %b\r\n" % (n, b"a" * 1_000) for n in range(100)),
            b"431",
            id="too-many-bytes",
        ),
        pytest.param((b"x: ", *([b"a" * 10_000] * 20)), b"431", id="an-endless-value"),
        pytest.param(([b"x" * 10_000] * 20), b"431", id="an-endless-name"),
    ],
)
def test_a_head_has_at_most_64_kb_and_200_headers(
    api: Api, parts: tuple[bytes, ...], status: bytes
) -> None:
    async def run() -> bytes:
        async with listening(api) as port:
            return await exchange(port, HEALTH, *parts)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 " + status)


def test_the_target_of_a_request_counts_as_its_head(api: Api) -> None:
    async def run() -> bytes:
        async with listening(api) as port:
            target = b"GET /_amplikit/health?" + b"a" * 70_000
            return await exchange(port, target, b" HTTP/1.1\r\nhost: localhost\r\n\r\n")

    assert asyncio.run(run()).startswith(b"HTTP/1.1 431")


def test_requests_of_one_connection_are_counted_one_by_one(api: Api) -> None:
    request = HEALTH + b"x: " + b"a" * 40_000 + b"\r\n"

    async def run() -> bytes:
        async with listening(api) as port:
            last = request + b"connection: close\r\n\r\n"
            return await exchange(port, *[request + b"\r\n"] * 4, last)

    assert asyncio.run(run()).count(b"HTTP/1.1 200") == 5


def test_a_body_is_not_counted_as_a_head(api: Api) -> None:
    head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900000\r\n"

    async def run() -> bytes:
        async with listening(api) as port:
            close = b"connection: close\r\n\r\n"
            return await exchange(port, head, close, *[b"a" * 90_000] * 10)

    assert asyncio.run(run()).startswith(b"HTTP/1.1 401")


def test_connections_over_the_limit_are_refused_until_one_closes(api: Api) -> None:
    closing = HEALTH + b"connection: close\r\n\r\n"

    async def run() -> list[bytes]:
        async with listening(api, limit=2) as port:
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in "12"]
            answers = [await exchange(port), await exchange(port)]
            reader, writer = idle[0]
            writer.write(closing)
            await reader.read()
            writer.close()
            answers.append(await exchange(port, closing))
            idle[1][1].close()
            return answers

    first, second, third = asyncio.run(run())

    assert first.startswith(b"HTTP/1.1 503 ")
    assert b"connection: close" in first
    assert second == first
    assert third.startswith(b"HTTP/1.1 200 ")
    assert api.log == [
        (
            "refused 503: 2 HTTP connections are open;"
            " further ones are refused until some close"
        )
    ]
