"""The default transport, over real sockets."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from amplikit_client import (
    Answer,
    ApiKeyAuth,
    AppSyncClient,
    IamAuth,
    InvalidCall,
    PreparedCall,
    RequestsTransport,
    Unreachable,
    UserPoolAuth,
)
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = Credentials("AKIDEXAMPLE", "secret", "token")


class Echo(BaseHTTPRequestHandler):
    """Answers with what it received, and whether the signature holds."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        data = {
            "authorization": self.headers["Authorization"],
            "cookie": self.headers["Cookie"],
            "query": json.loads(body)["query"],
            "signed": self._is_signed(body),
            "connection": self.client_address[1],
        }
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/graphql")
        else:
            self.send_response(200)
        self.send_header("Set-Cookie", "session=1")
        answer = json.dumps({"data": data}).encode()
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _is_signed(self, body: bytes) -> bool:
        given = self.headers["Authorization"] or ""
        if "SignedHeaders=" not in given:
            return False
        names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
        url = f"http://{self.headers['Host']}{self.path}"
        headers = {name: self.headers[name] for name in names}
        request = AWSRequest("POST", url, data=body, headers=headers)
        request.context["timestamp"] = self.headers["x-amz-date"]
        signer = SigV4Auth(KEYS, "appsync", "eu-west-1")
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return given.endswith(f"Signature={signer.signature(text, request)}")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def transport() -> Iterator[RequestsTransport]:
    made = RequestsTransport()
    yield made
    made.close()


QUERIES = {
    "ascii": "{ a }",
    "umlauts": '{ a(x: "Zürich") }',
    "emoji": '{ a(x: "👍 ✓") }',
    "control": '{ a(x: "\\u0000\t\r\n") }',
    "large": "{ a } # " + "é" * 300_000,
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_what_arrives_is_what_was_signed(
    server: str, transport: RequestsTransport, query: str
) -> None:
    auth = IamAuth("eu-west-1", KEYS.access_key, KEYS.secret_key, KEYS.token)
    data = AppSyncClient(f"{server}/graphql", auth, transport=transport).execute(query)
    assert data["signed"]
    assert data["query"] == query


def test_threads_share_a_client(server: str, transport: RequestsTransport) -> None:
    auth = IamAuth("eu-west-1", KEYS.access_key, KEYS.secret_key, KEYS.token)
    client = AppSyncClient(f"{server}/graphql", auth, transport=transport)
    queries = [f"{{ a{n} }}" for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.execute, queries))
    assert [answer["query"] for answer in answers] == queries
    assert all(answer["signed"] for answer in answers)
    assert len({answer["connection"] for answer in answers}) <= 8


def test_no_cookie_and_no_netrc_joins_a_call(
    server: str,
    transport: RequestsTransport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login user password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    client = AppSyncClient(
        f"{server}/graphql", UserPoolAuth("jwt"), transport=transport
    )
    first, second = client.execute("{ a }"), client.execute("{ a }")
    assert first["connection"] == second["connection"]
    assert (second["authorization"], second["cookie"]) == ("jwt", None)


def test_a_redirect_is_not_followed(server: str, transport: RequestsTransport) -> None:
    answer = transport.send(
        PreparedCall(f"{server}/moved", {"x-api-key": "k"}, b'{"query": "{ a }"}', 5)
    )
    assert answer.status == 307


@contextmanager
def speaking(*words: bytes, close: bool) -> Iterator[str]:
    """Run a server that says this to whoever connects."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                for word in words:
                    connection.sendall(word)
                if not close:
                    done.wait()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        finally:
            done.set()
            thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"dat\r\n'
BROKEN = {
    "closes at once": ((), True),
    "closes in the body": ((HEAD, b'{"data"'), True),
    "closes in a chunk": ((CHUNKED,), True),
    "speaks no HTTP": ((b"SSH-2.0-OpenSSH\r\n",), True),
    "says nothing": ((), False),
    "stops in the body": ((HEAD, b'{"data"'), False),
    "stops in a chunk": ((CHUNKED,), False),
}


@pytest.mark.parametrize(("words", "close"), BROKEN.values(), ids=BROKEN)
def test_half_an_answer_is_none(
    transport: RequestsTransport,
    words: tuple[bytes, ...],
    close: bool,  # noqa: FBT001  a column of the table
) -> None:
    with speaking(*words, close=close) as url:
        call = PreparedCall(url, {}, b"{}", timeout_s=0.1)
        with pytest.raises(Unreachable) as raised:
            transport.send(call)
        transport.close()
    assert not raised.value.permanent


def test_an_answer_that_drips_ends_with_its_time(transport: RequestsTransport) -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(HEAD)
                while not stop.wait(0.02):
                    connection.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(Unreachable):
            transport.send(PreparedCall(url, {}, b"{}", timeout_s=0.2))
        stop.set()
        thread.join()


def test_nobody_listening_is_unreachable(transport: RequestsTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
    with pytest.raises(Unreachable, match=url):
        transport.send(PreparedCall(url, {}, b"{}", timeout_s=1))


MALFORMED = {
    "header with a new line": ("http://127.0.0.1/", {"x": "a\nb"}),
    "header beyond latin-1": ("http://127.0.0.1/", {"x": "✓"}),
    "port out of range": ("http://127.0.0.1:99999/", {}),
}


@pytest.mark.parametrize(("url", "headers"), MALFORMED.values(), ids=MALFORMED)
def test_a_call_that_cannot_be_written_is_told(
    transport: RequestsTransport, url: str, headers: dict[str, str]
) -> None:
    with pytest.raises(InvalidCall):
        transport.send(PreparedCall(url, headers, b"{}", timeout_s=1))


def test_the_default_transport_needs_no_setting_up(server: str) -> None:
    transport = RequestsTransport()
    client = AppSyncClient(f"{server}/graphql", ApiKeyAuth("k"), transport=transport)
    assert client.execute("{ a }")["query"] == "{ a }"
    transport.close()
    assert client.execute("{ b }")["query"] == "{ b }"
    transport.close()


def test_a_client_closes_its_connections_and_can_go_on(server: str) -> None:
    with AppSyncClient(server, ApiKeyAuth("k")) as client:
        first = client.execute("{ a }")["connection"]
        assert client.execute("{ a }")["connection"] == first
        client.close()
        assert client.execute("{ a }")["connection"] != first


def test_a_given_transport_stays_open(
    server: str, transport: RequestsTransport
) -> None:
    seen = []
    for _ in range(2):
        with AppSyncClient(server, ApiKeyAuth("k"), transport=transport) as client:
            seen.append(client.execute("{ a }")["connection"])
    assert seen[0] == seen[1]


def test_a_transport_needs_no_close() -> None:
    class Silent:
        def send(self, _: PreparedCall, /) -> Answer:
            return Answer(200, {}, b'{"data": {}}')

    with AppSyncClient("http://x/graphql", ApiKeyAuth("k"), transport=Silent()) as api:
        assert api.execute("{ a }") == {}
