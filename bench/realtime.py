"""How fast real time is: one server process, its clients in another, over loopback.

The clients share one process, and the two cores of a small machine; what they cost is
in every figure. Numbers are of one run; the ratios are what can be compared.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import SO_RCVBUF, SOL_SOCKET
from time import monotonic
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from raw_websocket import RawWebSocket, Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

SUBSCRIBERS = int(os.environ.get("SUBSCRIBERS", "1000"))
IDLE = int(os.environ.get("IDLE", "10000"))
EVENTS = int(os.environ.get("EVENTS", "60"))
STORM = int(os.environ.get("STORM", "1000"))
AT_ONCE = 200
ROUNDS = 3
FILES_BESIDE = 500
RETRY_S = 0.2
FILLING_EVENTS, STALLED_EVENTS = 28, 40

SCHEMA = """
type Post @model @auth(rules: [{ allow: public }]) {
  id: ID!
  title: String!
  topic: String
}
type Subscription {
  onTopic(topic: String): Post @aws_subscribe(mutations: ["createPost"])
}
"""
CREATE = """mutation($title: String!, $topic: String) {
  createPost(input: { title: $title, topic: $topic }) { id title topic }
}"""
LISTEN = "subscription($t: String) { onTopic(topic: $t) { id title topic } }"
LISTEN_TO_ALL = "subscription { onTopic { id title topic } }"
SHORT, LARGE = "x" * 100, "x" * 200_000


def say(line: str) -> None:
    """Tell a result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Server:
    """A server process, and where it is."""

    process: subprocess.Popen[bytes]
    port: int
    key: str

    def memory_kb(self) -> int:
        """Return its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    async def open(self) -> RawWebSocket:
        """Return a connection to it."""
        return await RawWebSocket.open("127.0.0.1", self.port, self.key)


class Writer:
    """Mutations over one connection that is kept."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def create(self, topic: str, title: str = SHORT) -> float:
        """Publish one event; return when it was asked for."""
        if self._streams is None:
            address = "127.0.0.1", self._server.port
            self._streams = await asyncio.open_connection(*address)
        reader, writer = self._streams
        variables = {"topic": topic, "title": title}
        body = json.dumps({"query": CREATE, "variables": variables}).encode()
        at = monotonic()
        writer.write(
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
            f"x-api-key: {self._server.key}\r\nContent-Length: {len(body)}\r\n\r\n"
            "".encode()
            + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        answer = await reader.readexactly(
            int(head.split(b"content-length:")[1].split()[0])
        )
        if b'"errors"' in answer or b" 200 " not in head:
            raise Refused(answer[:200].decode())
        return at


def serve(folder: Path, port: int = 0) -> Server:
    """Start a server."""
    (folder / "schema.graphql").write_text(SCHEMA)
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    command = [Path(sys.executable).parent / "amplikit", "serve", "--port", str(port)]
    command += ["--schema", folder / "schema.graphql", "--transformer", "v2"]
    command += ["--auth", '{"default": "API_KEY"}', "--data", folder / "data"]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [*map(str, command), "--ready-file", str(ready)], stdout=log, stderr=log
        )
    while not ready.exists():
        if process.poll() is not None:
            raise RuntimeError((folder / "log.txt").read_text())
        signal.sigtimedwait((), 0.02)
    told = json.loads(ready.read_text())
    port = int(told["graphql_url"].rsplit(":", 1)[1].split("/")[0])
    return Server(process, port, told["api_keys"][0]["key"])


@asynccontextmanager
async def connected(server: Server, count: int) -> AsyncIterator[list[RawWebSocket]]:
    """Hold open that many connections."""
    sockets: list[RawWebSocket] = []
    for first in range(0, count, AT_ONCE):
        more = range(min(AT_ONCE, count - first))
        sockets += await asyncio.gather(*(server.open() for _ in more))
    try:
        yield sockets
    finally:
        for one in sockets:
            one.transport.abort()
        await asyncio.sleep(0.1)


async def heard(sockets: Sequence[RawWebSocket], count: int) -> None:
    """Wait until each has been told of that many events."""
    while any(len(one.arrived) < count for one in sockets):
        for one in sockets:
            if one.ended:
                raise Refused(one.ended)
        await asyncio.sleep(0.005)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile, in milliseconds."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000


async def latencies(
    writer: Writer, sockets: Sequence[RawWebSocket], events: int, topics: int = 1
) -> list[float]:
    """Publish one event after the other; return how long each took to everybody."""
    found = []
    for one in sockets:
        one.arrived.clear()
    for number in range(events):
        topic = number % topics
        told = sockets if topics == 1 else [sockets[topic]]
        before = len(told[0].arrived)
        at = await writer.create(f"t{topic}")
        await heard(told, before + 1)
        found += [one.arrived[-1] - at for one in told]
    return found


def least(rounds: Sequence[Sequence[float]], share: float) -> float:
    """Return a percentile of the round that was disturbed least."""
    return min(percentile(one, share) for one in rounds)


async def fan_out(server: Server) -> None:
    """Everybody is told of everything."""
    async with connected(server, SUBSCRIBERS) as sockets:
        await asyncio.gather(*(one.start("s", LISTEN, t="t0") for one in sockets))
        writer = Writer(server)
        await latencies(writer, sockets, EVENTS)
        for one in sockets:
            one.arrived.clear()
        start = monotonic()
        for _ in range(EVENTS):
            await writer.create("t0")
        await heard(sockets, EVENTS)
        rate = EVENTS * SUBSCRIBERS / (monotonic() - start)
        say(f"{SUBSCRIBERS} subscribers to the same: {rate:,.0f} deliveries/s")
        await stalled(server, writer, sockets)


async def stalled(
    server: Server, writer: Writer, sockets: Sequence[RawWebSocket]
) -> None:
    """One of them does not read, until it is given up; measured in turns."""
    without, beside = [], []
    for _ in range(ROUNDS):
        without.append(await latencies(writer, sockets, EVENTS))
        sleeper = await sleeping(server, writer)
        beside.append(await latencies(writer, sockets, EVENTS))
        if sleeper.ended:
            raise Refused(sleeper.ended)
        sleeper.transport.abort()
    p50, p99, told = least(without, 0.5), least(without, 0.99), least(beside, 0.99)
    say(f"  publish to receive: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    say(f"  beside one that does not read: p99 {told:.1f} ms, {told / p99:.2f} times")
    sleeper = await sleeping(server, writer)
    for _ in range(STALLED_EVENTS):
        await writer.create("large", LARGE)
    sleeper.transport.resume_reading()
    await sleeper.gone
    say(f"  after {STALLED_EVENTS} more events of 200 KB: {sleeper.ended}")


async def sleeping(server: Server, writer: Writer) -> RawWebSocket:
    """Return a subscriber for whom the server has more than the system takes."""
    one = await server.open()
    await one.start("s", LISTEN, t="t0")
    await one.start("l", LISTEN, t="large")
    one.transport.pause_reading()
    one.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
    for _ in range(FILLING_EVENTS):
        await writer.create("large", LARGE)
    return one


async def by_equality(server: Server) -> None:
    """Each event concerns one of many, or the only one; measured in turns."""
    writer = Writer(server)
    one, many = [], []
    for _ in range(ROUNDS):
        for count, figures in ((1, one), (SUBSCRIBERS, many)):
            async with connected(server, count) as sockets:
                starts = (
                    socket.start("s", LISTEN, t=f"t{number}")
                    for number, socket in enumerate(sockets)
                )
                await asyncio.gather(*starts)
                figures.append(await latencies(writer, sockets, EVENTS, count))
    alone, found = least(one, 0.5), least(many, 0.5)
    say(
        f"an event for one of {SUBSCRIBERS}: p50 {found:.1f} ms,"
        f" {found / alone:.2f} times that for the only one"
    )


async def idle(server: Server) -> None:
    """Connections that nothing happens on."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < IDLE + FILES_BESIDE:
        say(f"{IDLE} idle connections: not run, the hard limit of files is {hard}")
        return
    before = server.memory_kb()
    start = monotonic()
    async with connected(server, IDLE) as sockets:
        took = monotonic() - start
        each = (server.memory_kb() - before) / IDLE
        told = await server.open()
        await told.start("s", LISTEN_TO_ALL)
        p99 = percentile(await latencies(Writer(server), [told], EVENTS), 0.99)
        open_ = sum(one.ended is None for one in sockets)
        told.transport.abort()
    say(
        f"{open_} of {IDLE} idle connections hold: {each:.1f} KB each,"
        f" {IDLE / took:,.0f} opened/s; p99 beside them"
        f" {p99:.1f} ms"
    )


async def storm(server: Server, folder: Path) -> Server:
    """All clients come back at once to a server that starts again."""
    refused: list[str] = []

    async def come_back() -> RawWebSocket:
        while True:
            try:
                one = await server.open()
                await one.start("s", LISTEN_TO_ALL)
            except ConnectionRefusedError:
                await asyncio.sleep(RETRY_S)  # nobody listens yet
            except (Refused, OSError) as why:
                refused.append(str(why))
                await asyncio.sleep(RETRY_S)
            else:
                return one

    async with connected(server, STORM) as sockets:
        await asyncio.gather(*(one.start("s", LISTEN_TO_ALL) for one in sockets))
        server.process.send_signal(signal.SIGTERM)
        server.process.wait()
        start = monotonic()
        coming = [asyncio.ensure_future(come_back()) for _ in sockets]
        port = server.port
        again = await asyncio.to_thread(serve, folder, port)
        back = await asyncio.gather(*coming)
        took = monotonic() - start
    await Writer(again).create("t0")
    await heard(back, 1)
    for one in back:
        one.transport.abort()
    say(
        f"{STORM} clients of a server that starts again: settled {took:.1f} s after it"
        f" ended, {len(refused)} errors {sorted(set(refused))[:3] if refused else ''}"
    )
    return again


async def main() -> None:
    """Run everything."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, IDLE + FILES_BESIDE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = serve(folder)
        try:
            await fan_out(server)
            await by_equality(server)
            await idle(server)
            server = await storm(server, folder)
        finally:
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    asyncio.run(main())
