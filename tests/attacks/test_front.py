"""Attempts on the front door: each is refused, and the server goes on.

What is attempted by tokens, signatures and sign-in stands with those.
"""

from __future__ import annotations

import json
import re
import socket
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.server import running
from amplikit.errors import ToolkitError

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))

from front_served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = b'{"query":"{__typename}"}'
LENGTH = b"content-length: %d\r\n" % len(BODY)
END = b"connection: close\r\n\r\n"
HIDDEN = b"GET /_amplikit/health HTTP/1.1\r\nhost: localhost\r\n\r\n"


@dataclass(slots=True)
class Front:
    """A server, and a key for it."""

    port: int
    key: bytes
    log: list[str]

    def send(self, *parts: bytes) -> bytes:
        """Send, and return what came until the server closed, as it must."""
        address = ("127.0.0.1", self.port)
        received = b""
        with socket.create_connection(address, 10) as connection:
            for part in parts:
                connection.sendall(part)
            while part := connection.recv(65_536):
                received += part
        return received

    def post(self, *headers: bytes, body: bytes = BODY) -> bytes:
        """Send a query with more headers."""
        head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-api-key: " + self.key
        return self.send(head + b"\r\n" + b"".join(headers) + END + body)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front") / "data"
    with (
        served(folder, Random(1), 9) as one,
        running(one.service.runtime) as endpoints,
    ):
        key = dict(one.credentials)["x-api-key"].encode()
        port = int(endpoints.base_url.rpartition(":")[2])
        yield Front(port, key, one.log)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


HOSTS = [
    b"host: evil.example",
    b"host: localhost.evil.example",
    b"host: 127.0.0.1.nip.io",
    b"host: evil.example:20002",
    b"host: localhost@evil.example",
    b"host: evil.example#localhost",
    b"host: [::ffff:6.6.6.6]",
    b"host: 0.0.0.0",
    b"host: localhost\r\nhost: evil.example",
    b"host: evil.example\r\nhost: localhost",
    b"host:",
    b"x-forwarded-host: localhost",
    b"host: localhost.",
]
ROUTES = (
    b"GET /graphql?query={__typename}",
    b"OPTIONS /graphql",
    b"POST /partner/graphql",
    b"POST /cognito-idp/",
    b"POST /dynamodb/",
    b"GET /_amplikit/health",
    b"GET /_amplikit/console",
    b"POST /_amplikit/graphql",
)


@pytest.mark.parametrize("host", HOSTS)
def test_a_name_that_is_rebound_to_this_machine_is_refused(
    front: Front, host: bytes
) -> None:
    for route in ROUTES:
        answer = front.send(route + b" HTTP/1.1\r\n" + host + b"\r\n" + END)
        assert status(answer) == 403, route
        assert b"access-control" not in answer.lower()


UPGRADE = (
    b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"sec-websocket-protocol: graphql-ws\r\n\r\n"
)


@pytest.mark.parametrize("path", [b"/graphql", b"/graphql/realtime"])
def test_a_rebound_name_opens_no_websocket(front: Front, path: bytes) -> None:
    head = b"GET " + path + b" HTTP/1.1\r\nhost: evil.example\r\n"

    assert status(front.send(head + UPGRADE)) == 403


@pytest.mark.parametrize(
    "path", [b"/_amplikit/graphql", b"/_amplikit/console", b"/_amplikit/health"]
)
@pytest.mark.parametrize("method", [b"GET", b"POST", b"OPTIONS"])
def test_a_page_may_not_read_the_admin_routes(
    front: Front, method: bytes, path: bytes
) -> None:
    answer = front.send(
        method + b" " + path + b" HTTP/1.1\r\nhost: localhost\r\n"
        b"origin: https://evil.example\r\naccess-control-request-method: POST\r\n" + END
    )

    assert b"access-control" not in answer.lower()
    assert b"set-cookie" not in answer.lower()


def test_graphql_is_open_to_pages_but_never_with_credentials(front: Front) -> None:
    answer = front.post(LENGTH, b"origin: https://evil.example\r\ncookie: a=b\r\n")

    assert status(answer) == 200
    assert b"access-control-allow-origin: *\r\n" in answer.lower()
    assert b"allow-credentials" not in answer.lower()
    assert b"set-cookie" not in answer.lower()


SMUGGLED = [
    (LENGTH + b"transfer-encoding: chunked\r\n", b"0\r\n\r\n" + HIDDEN),
    (b"transfer-encoding: xchunked\r\n", BODY + HIDDEN),
    (b"transfer-encoding: chunked, identity\r\n", b"0\r\n\r\n" + HIDDEN),
    (b"transfer-encoding : chunked\r\n" + LENGTH, b"0\r\n\r\n" + HIDDEN),
    (b"transfer-encoding:\x0bchunked\r\n" + LENGTH, b"0\r\n\r\n" + HIDDEN),
    (LENGTH + b"content-length: 5\r\n", BODY + HIDDEN),
    (b"content-length: +24\r\n", BODY + HIDDEN),
    (b"content-length: 24, 24\r\n", BODY + HIDDEN),
    (b"content-length: 0x18\r\n", BODY + HIDDEN),
    (b"content-length: -1\r\n", BODY + HIDDEN),
    (b"x: a\r\n folded: b\r\n" + LENGTH, BODY + HIDDEN),
    (b"x: a\rhost: evil\r\n" + LENGTH, BODY + HIDDEN),
    (b"x: a\x00b\r\n" + LENGTH, BODY + HIDDEN),
    (b"x y: a\r\n" + LENGTH, BODY + HIDDEN),
    (b"transfer-encoding: chunked\r\n", b"-5\r\n" + BODY + b"\r\n0\r\n\r\n" + HIDDEN),
    (b"transfer-encoding: chunked\r\n", b"zz\r\n" + BODY + b"\r\n0\r\n\r\n" + HIDDEN),
    (
        b"transfer-encoding: chunked\r\n",
        b"fffffffffffffffff\r\n" + BODY + b"\r\n0\r\n\r\n" + HIDDEN,
    ),
]


@pytest.mark.parametrize(("headers", "body"), SMUGGLED)
def test_a_request_inside_another_is_not_answered(
    front: Front, headers: bytes, body: bytes
) -> None:
    answer = front.post(headers, body=body)

    assert b'{"status":"ok"}' not in answer
    assert status(answer) in {400, 0}
    assert answer.count(b"HTTP/1.1 ") <= 1


PATHS = [
    b"/graphql/../_amplikit/graphql",
    b"/graphql/%2e%2e/_amplikit/health",
    b"//_amplikit/health",
    b"/_amplikit//health",
    b"/_amplikit/health/",
    b"/_amplikit/health%00",
    b"/_amplikit/health;x",
    b"/_amplikit\\health",
    b"/../../etc/passwd",
    b"/%2e%2e/%2e%2e/etc/passwd",
    b"/cognito-idp/..%2f..%2fidentity.sqlite",
    b"/.amplikit/identity.sqlite",
    b"/tls/server.pem",
    b"/graphql%20",
    b"/GRAPHQL",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_is_written_otherwise_leads_nowhere(
    front: Front, path: bytes
) -> None:
    answer = front.send(b"GET " + path + b" HTTP/1.1\r\nhost: localhost\r\n" + END)

    assert status(answer) in {404, 400}
    assert b"ok" not in answer.partition(b"\r\n\r\n")[2]


SPLIT = [
    (
        b"OPTIONS /graphql HTTP/1.1\r\nhost: localhost\r\n"
        b"access-control-request-headers: a%0d%0aset-cookie:%20x\r\n"
    ),
    (
        b"OPTIONS /graphql HTTP/1.1\r\nhost: localhost\r\n"
        b"access-control-request-headers: a\rset-cookie: x\r\n"
    ),
    b"GET /graphql%0d%0aset-cookie:%20x HTTP/1.1\r\nhost: localhost\r\n",
    b"GET /graphql?query=%0d%0aset-cookie:%20x HTTP/1.1\r\nhost: localhost\r\n",
    (
        b"POST /cognito-idp/ HTTP/1.1\r\nhost: localhost\r\n"
        b"x-amz-target: a%0d%0aset-cookie:%20x\r\ncontent-length: 0\r\n"
    ),
]


@pytest.mark.parametrize("request_", SPLIT)
def test_nothing_that_is_sent_becomes_a_header_of_the_answer(
    front: Front, request_: bytes
) -> None:
    answer = front.send(request_ + END)

    head = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert not any(line.startswith(b"set-cookie") for line in head)
    assert answer.count(b"HTTP/1.1 ") == 1


LOGGED = [
    b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: \x1b[31mred\r\n",
    b"GET /graphql HTTP/1.1\r\nhost: a\xc2\x85b\r\n",
    b"FO\x7fO /graphql HTTP/1.1\r\nhost: localhost\r\n",
    b"DELETE /graphql HTTP/1.1\r\nhost: localhost\r\n",
    (
        b"POST /cognito-idp/ HTTP/1.1\r\nhost: localhost\r\n"
        b"x-amz-target: x\xe2\x80\xa8refused 200\r\n"
    ),
]


@pytest.mark.parametrize("request_", LOGGED)
def test_nothing_that_is_sent_starts_a_line_of_the_log(
    front: Front, request_: bytes
) -> None:
    front.log.clear()

    front.send(request_ + END)

    assert all(line.isprintable() for line in front.log)


def test_no_secret_is_logged(front: Front) -> None:
    front.log.clear()
    secrets = (b"da2-" + b"s" * 26, b"Bearer " + b"t" * 40, b"AWS4-HMAC-SHA256 u=" * 3)

    front.post(b"x-api-key: " + secrets[0] + b"\r\n", LENGTH)
    for secret in secrets[1:]:
        head = b"POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: "
        front.send(head + secret + b"\r\n" + LENGTH + END + BODY)

    told = "\n".join(front.log)
    assert told
    assert not re.search(r"s{26}|t{40}|u=AWS4", told)


@pytest.mark.parametrize("value", [b"wrong", b"", b"admin", b"null", b"\xff" * 9])
def test_an_explanation_is_for_the_administrator(front: Front, value: bytes) -> None:
    asked = front.post(b"x-amplikit-explain: " + value + b"\r\n", LENGTH)
    plain = front.post(LENGTH)

    def told(answer: bytes) -> bytes:
        return answer.partition(b"\r\n\r\n")[2]

    assert told(asked) == told(plain)


ENDLESS = [
    (b"GET /graphql HTTP/1.1\r\nhost: localhost\r\nx: " + b"a" * 200_000, {431, 0}),
    (b"GET /" + b"a" * 200_000, {431, 400, 0}),
    (b"GET / HTTP/1.1\r\n" + b"x: a\r\n" * 1_000, {431, 0}),
    (
        (
            b"POST /graphql HTTP/1.1\r\nhost: localhost\r\n"
            b"content-length: 99999999999\r\n\r\n"
        ),
        {413},
    ),
    (
        b"POST /graphql HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n"
        b"\r\n" + (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 20,
        {413, 0},
    ),
]


@pytest.mark.parametrize(("sent", "statuses"), ENDLESS)
def test_what_has_no_end_is_cut(front: Front, sent: bytes, statuses: set[int]) -> None:
    try:
        answer = front.send(sent)
    except ConnectionError:
        answer = b""  # it closes before all is sent

    assert status(answer) in statuses


def many(form: str, count: int) -> str:
    return " ".join(form.replace("#", str(number)) for number in range(count))


def doubling(last: str) -> str:
    pairs = (f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    return f"{{ ...F0 }} {' '.join(pairs)} fragment F60 on Query {{ {last} }}"


def nested(opening: str, count: int, closing: str = "}") -> str:
    return opening * count + closing * count


BOMBS = {
    "levels": "{ a " + nested("{ a ", 3_000) + "}",
    "inline": "{ " + "... { " * 700 + "__typename" + " }" * 701,
    "doubling": doubling("__typename"),
    "doubling, invalid": doubling("nope"),
    "circle": "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
    "aliases": f"{{ {many('a#: __typename', 20_000)} }}",
    "conflicts": f"{{ {many('x: getPost(id: #) { id }', 1_300)} }}",
    "directives": f"{{ __typename {many('@include(if: true)', 2_000)} }}",
    "list": f"{{ getPost(id: {nested('[', 5_000, ']')}) {{ id }} }}",
    "object": f"{{ listPosts(filter: {{ {many('a#: 1', 3_500)} }}) {{ nextToken }} }}",
    "type": f"query ($v: {'[' * 5_000}Int{']' * 5_000}) {{ __typename }}",
    "operations": many("query Q# { __typename }", 3_000),
    "variables": f"query ({many('$v#: Int', 3_000)}) {{ __typename }}",
    "introspection": "{ __schema { types "
    + nested("{ fields { type ", 30, "} }")
    + "} }",
    "text": f'{{ getPost(id: "{"x" * 900_000}") {{ id }} }}',
    "number": f"{{ getPost(id: {'9' * 900_000}) {{ id }} }}",
    "comment": "#" * 900_000 + "\n{ __typename }",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_document_that_is_large_to_read_is_answered(front: Front, bomb: str) -> None:
    body = json.dumps({"query": bomb}).encode()

    answer = front.post(b"content-length: %d\r\n" % len(body), body=body)

    assert status(answer) in {200, 400}
    assert b"InternalFailure" not in answer
    assert status(front.post(LENGTH)) == 200


@pytest.mark.parametrize("name", ["identity.sqlite", "items.sqlite3"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_file_that_others_may_read_is_refused(
    tmp_path: Path, name: str, mode: int
) -> None:
    with served(tmp_path / "data", Random(1), 9):
        pass
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600
    (tmp_path / "data" / name).chmod(mode)

    with pytest.raises(ToolkitError) as raised, served(tmp_path / "data", Random(1), 9):
        pass

    assert raised.value.problems[0].code == "data-folder-readable-by-others"
