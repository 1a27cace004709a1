"""Requests to a real endpoint on this machine."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.remote import HttpCall
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.datasources.http_source import HttpSource
from amplikit.emulator.run import Run
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = 6_000_000


class Endpoint(BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self) -> None:
        match self.path:
            case "/json":
                self._answer(200, b'{"a": 1}', "application/json")
            case "/latin":
                self._answer(
                    200, '"é"'.encode("latin-1"), "text/plain; charset=latin-1"
                )
            case "/moved":
                self.send_response(302)
                self.send_header("Location", "/json")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "/large":
                self._answer(200, b'"' + b"x" * LARGE + b'"', "application/json")
            case "/stuck":
                self.server.stuck.wait()
            case "/headers":
                text = ",".join(sorted(name.lower() for name in self.headers))
                self._answer(200, f'"{text}"'.encode(), "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # it was too large, and nobody reads on
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def endpoint() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        server.daemon_threads = True
        server.block_on_close = False
        server.stuck = threading.Event()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.stuck.set()
            server.shutdown()
            thread.join()


def ask(
    origin: str, path: str, log: list[str], limit_s: float = 20
) -> Resolved | FieldError:
    async def scene() -> Resolved | FieldError:
        source = HttpSource({}, log.append)
        call = FieldCall(
            "Query", "a", {}, None, ApiKeyCaller("k"), ("a",), {}, monotonic() + limit_s
        )
        run = Run(call, Trace(), "now", lambda: "id")
        return await source.ask(HttpCall("GET", origin, path), run)

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/json", Resolved({"a": 1})),
        ("/latin", Resolved("é")),
        ("/moved", Resolved(None, (FieldError("", "302"),))),
    ],
)
def test_an_endpoint_is_asked(path: str, wanted: Resolved) -> None:
    log: list[str] = []
    with endpoint() as origin:
        assert ask(origin, path, log) == wanted
    assert log == []


def test_nothing_of_this_machine_is_sent() -> None:
    with endpoint() as origin:
        answer = ask(origin, "/headers", [])
    assert answer == Resolved("accept-encoding,host,user-agent")


def test_a_response_is_not_read_without_end() -> None:
    log: list[str] = []
    with endpoint() as origin:
        answer = ask(origin, "/large", log)
    assert isinstance(answer, FieldError)
    assert answer.error_type == "Http:ResponseTooLarge"
    assert log == [f"@http GET {origin}: the response is too large"]


def test_an_endpoint_that_does_not_answer_is_not_waited_for() -> None:
    with endpoint() as origin:
        answer = ask(origin, "/stuck", [], limit_s=0.2)
    assert answer == FieldError(
        "Execution timed out.", "Http:ExecutionTimeoutException"
    )


@pytest.mark.parametrize(
    ("origin", "why"),
    [
        ("http://169.254.169.254", "an address that is not called"),
        ("http://[fe80::1]", "an address that is not called"),
        ("http://127.0.0.1:1", "refused"),
        ("http://nothing.invalid", "Error"),
        ("http://user name", "InvalidURL"),
        ("https://", "InvalidURL"),
    ],
)
def test_who_cannot_be_reached_is_told_to_the_operator_alone(
    origin: str, why: str
) -> None:
    log: list[str] = []
    answer = ask(origin, "/secret", log)
    assert answer == FieldError(
        "Unable to connect to the endpoint.", "Http:ConnectionException"
    )
    (line,) = log
    assert why in line
