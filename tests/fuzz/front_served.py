"""The community app under random requests, and what must hold for each answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING

from amplikit.cli._runtime import open_runtime
from amplikit.emulator.app import App
from amplikit.emulator.server import running
from amplikit.emulator.service import Service
from amplikit.identity.tokens import TokenRequest, issue_tokens
from amplikit.identity.user_pool.users import UserStatus
from amplikit.project import Project, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from front_requests import Sent

    from amplikit.emulator.runtime import Runtime

__all__ = ["PROJECT", "Served", "Socket", "ask_all", "behind_a_socket", "served"]

PROJECT = Path(__file__).parents[2]
BASE_URL = "http://localhost:20002"
# What says "not here", and a body that the request announced and did not send.
_OWN_REFUSALS = {501}


class _Watch:
    """How long this process worked; a tenth of the time is counted in any case.

    Others use the machine as well, but who hangs without work does not end.
    """

    def __init__(self) -> None:
        self._begin = monotonic(), process_time()

    def took_s(self) -> float:
        """Return it in seconds."""
        passed, worked = monotonic() - self._begin[0], process_time() - self._begin[1]
        return max(worked, passed / 10)


@dataclass(slots=True)
class Served:
    """One API, asked without a socket."""

    service: Service
    app: App
    log: list[str]
    credentials: tuple[tuple[str, str], ...]
    hang_s: float
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    broken: list[str] = field(default_factory=list)
    slow: list[Sent] = field(default_factory=list)

    async def ask(self, sent: Sent) -> None:
        """Send one request and judge its answer."""
        given = dict(sent.headers)
        given.setdefault("host", "localhost:20002")
        scope = {
            "type": "http",
            "method": sent.method,
            "path": sent.path,
            "raw_path": sent.path.encode(),
            "query_string": sent.query.encode(),
            "headers": [
                (name.encode(), value.encode("latin-1", "replace"))
                for name, value in given.items()
            ],
            "client": ("127.0.0.1", 5),
        }
        incoming = [{"type": "http.request", "body": sent.body, "more_body": False}]
        answers: list[dict[str, object]] = []

        async def receive() -> dict[str, object]:
            return incoming.pop(0)

        async def send(message: dict[str, object]) -> None:
            answers.append(message)

        watch = _Watch()
        await self.app(scope, receive, send)
        self.judge(sent, answers[0]["status"], answers[1]["body"], watch.took_s())

    def judge(self, sent: Sent, status: int, body: bytes, took_s: float) -> None:
        """Note a fault of ours, or an answer that took too long."""
        self.statuses[status] += 1
        if took_s > self.slowest[0]:
            self.slowest = (took_s, repr(sent)[:400])
        told = "".join(self.log)
        self.log.clear()
        if status >= 500 and status not in _OWN_REFUSALS:
            self.broken.append(f"{status} for {sent!r}\n{told}")
        if b"InternalFailure" in body or "Traceback" in told:
            self.broken.append(f"a fault of ours for {sent!r}\n{told}")
        if took_s > self.hang_s:
            self.slow.append(sent)


@dataclass(slots=True)
class Socket:
    """The same API behind a socket."""

    served: Served
    port: int

    def ask(self, sent: Sent) -> None:
        """Send one request, or broken bytes; an answer, a close or silence may follow.

        A server that waits for the rest of what was announced is told that there is
        none.
        """
        watch = _Watch()
        received = b""
        with (
            contextlib.suppress(OSError),  # it may refuse before all is sent
            socket.create_connection(("127.0.0.1", self.port), 5) as connection,
        ):
            connection.settimeout(self.served.hang_s * 15)
            connection.sendall(sent.on_the_wire(f"localhost:{self.port}"))
            if sent.raw is not None:
                # It may wait for the rest of what these bytes announce.
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(TimeoutError):
                while part := connection.recv(65_536):
                    received += part
        head, _, body = received.partition(b"\r\n\r\n")
        words = head.split(b" ", 2)
        known = len(words) > 1 and words[0] == b"HTTP/1.1" and words[1].isdigit()
        status = int(words[1]) if known else 0
        if received and not known:
            self.served.broken.append(f"no HTTP for {sent!r}: {received[:200]!r}")
        self.served.judge(sent, status, body, watch.took_s())


@contextlib.contextmanager
def served(folder: Path, random: Random, hang_s: float) -> Iterator[Served]:
    """Open the community app over a folder, with one caller of each kind."""
    log: list[str] = []
    with open_runtime(load(Project(PROJECT)), folder, log.append) as opened:
        service = Service(opened.runtime, BASE_URL)
        credentials = (
            ("x-api-key", opened.runtime.identity.api_keys.get("default").value),
            ("authorization", _token(opened.runtime, service.issuer)),
            ("authorization", "Bearer " + random.randbytes(20).hex()),
        )
        weighted = (*credentials[:2] * 6, credentials[2])
        yield Served(service, App(service), log, weighted, hang_s)
        service.stop()


@contextlib.contextmanager
def behind_a_socket(one: Served) -> Iterator[Socket]:
    """Serve what is opened in a thread of this process."""
    with running(one.service.runtime) as endpoints:
        yield Socket(one, int(endpoints.base_url.rpartition(":")[2]))


def _token(runtime: Runtime, issuer: str) -> str:
    identity, now = runtime.identity, datetime.now(UTC)
    users = identity.pool.users
    user = users.get("alice") or users.create(
        "alice", {"email": "alice@example.com"}, UserStatus.CONFIRMED, now
    )
    request = TokenRequest(user, issuer, identity.facts.user_pool_client_id, now)
    return issue_tokens(
        request, identity.pool.signing_keys, identity.pool.entropy
    ).access_token


def ask_all(one: Served, requests: list[Sent]) -> None:
    """Send requests one after the other in one event loop.

    What took too long is sent again: who shares the machine takes its time as well, but
    not twice of the same request.
    """

    async def run() -> None:
        for sent in requests:
            await one.ask(sent)
        slow, one.slow = one.slow, []
        for sent in slow:
            await one.ask(sent)
        one.broken += [f"too slow: {sent!r}" for sent in one.slow]
        one.slow = []

    asyncio.run(run())
