"""What the Runtime API takes from a process, and what it does not."""

from __future__ import annotations

import asyncio

import pytest

from amplikit.emulator.functions.runtime_api import (
    RESPONSE_LIMIT_BYTES,
    Failed,
    Reply,
    RuntimeApi,
    TooLarge,
)


async def report(length: int, body: bytes) -> tuple[bytes, Reply]:
    """Say that the start failed; return the status line and what was understood."""
    api = RuntimeApi()
    await api.start()
    host, port = api.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: {api.address}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    if len(body) < length:
        writer.write_eof()
    reply = await api.reply()
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    await api.close()
    return answer, reply


def test_a_failed_start_is_taken() -> None:
    answer, reply = asyncio.run(report(2, b"{}"))
    assert answer == b"HTTP/1.1 202 Accepted\r\n"
    assert reply == Failed(b"{}")


@pytest.mark.parametrize("length", [RESPONSE_LIMIT_BYTES + 1, 10**15])
def test_a_report_beyond_the_limit_is_not_kept(length: int) -> None:
    answer, reply = asyncio.run(report(length, b"{}"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert reply == TooLarge(length)
