"""Connections over real sockets: what no application sees, and what clients send."""

from __future__ import annotations

import base64
import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from realtime_socket import encoded

from amplikit.emulator.server import running

if TYPE_CHECKING:
    from conftest import Api

    from amplikit.emulator.ready import Endpoints

LISTEN = "subscription { onCreatePost { title } }"
TEXT, BINARY, CONTINUED, CLOSE, PING = 0x81, 0x82, 0x00, 0x88, 0x89


class Raw:
    """A client that sends whatever bytes it is told to."""

    def __init__(self, address: tuple[str, int], key: str) -> None:
        self.socket = socket.create_connection(address, timeout=20)
        self.header = {"host": "localhost", "x-api-key": key}
        header = encoded(self.header, url_safe=True)
        protocols = f"graphql-ws, header-{header}".encode()
        self.socket.sendall(
            b"GET /graphql/realtime HTTP/1.1\r\nHost: localhost\r\n"
            b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            + base64.b64encode(b"0" * 16)
            + b"\r\nSec-WebSocket-Protocol: "
            + protocols
            + b"\r\n\r\n"
        )
        self.stream = self.socket.makefile("rb")
        self.status = self.stream.readline().split()[1]
        self.head = b"".join(iter(self.stream.readline, b"\r\n")).lower()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.socket.close()

    def send(self, body: bytes, kind: int = TEXT) -> None:
        size = len(body)
        if size < 126:
            length = bytes([0x80 | size])
        elif size < 1 << 16:
            length = bytes([0x80 | 126]) + size.to_bytes(2)
        else:
            length = bytes([0x80 | 127]) + size.to_bytes(8)
        self.socket.sendall(bytes([kind]) + length + b"\0\0\0\0" + body)

    def start(self, id_: str = "1") -> dict:
        payload = {
            "data": json.dumps({"query": LISTEN}),
            "extensions": {"authorization": self.header},
        }
        frame = {"id": id_, "type": "start", "payload": payload}
        self.send(json.dumps(frame).encode())
        return json.loads(self.receive()[1])

    def receive(self) -> tuple[int, bytes]:
        """Return the next frame; raises when the connection is gone."""
        kind, size = self._read(2)
        if size == 126:
            size = int.from_bytes(self._read(2))
        elif size == 127:
            size = int.from_bytes(self._read(8))
        return kind, self._read(size)

    def is_let_go(self) -> bool:
        """Read what is left until the server closes, or is gone."""
        try:
            while self.receive()[0] != CLOSE:
                pass
        except TimeoutError:
            return False
        except OSError:
            return True
        return True

    def _read(self, size: int) -> bytes:
        found = self.stream.read(size)
        if len(found) < size:
            raise ConnectionResetError
        return found


def address_of(endpoints: Endpoints) -> tuple[str, int]:
    url = urlsplit(endpoints.base_url)
    assert url.hostname
    assert url.port
    return url.hostname, url.port


def create(address: tuple[str, int], key: str, title: str) -> None:
    query = "mutation($t: String!) { createPost(input: { title: $t }) { title } }"
    body = json.dumps({"query": query, "variables": {"t": title}})
    connection = HTTPConnection(*address, timeout=20)
    connection.request("POST", "/graphql", body, {"x-api-key": key})
    assert "errors" not in json.load(connection.getresponse())
    connection.close()


ENDS = {
    "too large a frame": (lambda one: one.send(b"x" * 1_048_577), 1009),
    "no utf-8": (lambda one: one.send(b"\xff\xfe"), 1007),
    "not masked": (lambda one: one.socket.sendall(b"\x81\x02{}"), 1002),
    "reserved bits": (lambda one: one.send(b"{}", 0xF1), 1002),
    "unknown opcode": (lambda one: one.send(b"{}", 0x83), 1002),
    "a continuation of nothing": (lambda one: one.send(b"{}", 0x80), 1002),
    "close": (lambda one: one.send((1000).to_bytes(2), CLOSE), 1000),
}
LIVES = {
    "no json": lambda one: one.send(b"meow"),
    "binary": lambda one: one.send(b"\x00\xff", BINARY),
    "nothing": lambda one: one.send(b""),
    "deeply nested": lambda one: one.send(b"[" * 500_000),
    "a large text": lambda one: one.send(b'"' + b"x" * 1_000_000 + b'"'),
    "in two frames": lambda one: (one.send(b"me", 0x01), one.send(b"ow", 0x80)),
}


@pytest.mark.parametrize(("hurt", "code"), ENDS.values(), ids=ENDS)
def test_what_breaks_the_protocol_ends_its_own_connection(
    api: Api, hurt: object, code: int
) -> None:
    with running(api.service.runtime) as endpoints:
        address = address_of(endpoints)
        with Raw(address, api.key()) as other, Raw(address, api.key()) as broken:
            assert other.start()["type"] == "start_ack"
            assert broken.start()["type"] == "start_ack"
            hurt(broken)
            kind, body = broken.receive()
            assert (kind, int.from_bytes(body[:2])) == (CLOSE, code)
            create(address, api.key(), "after")
            assert b"after" in other.receive()[1]


@pytest.mark.parametrize("send", LIVES.values(), ids=LIVES)
def test_what_is_no_message_is_told_and_ends_nothing(api: Api, send: object) -> None:
    with running(api.service.runtime) as endpoints:
        address = address_of(endpoints)
        with Raw(address, api.key()) as one:
            assert one.start()["type"] == "start_ack"
            send(one)
            assert json.loads(one.receive()[1])["payload"]["errors"] == [
                {"errorType": "BadRequestException", "message": "Invalid message"}
            ]
            create(address, api.key(), "after")
            assert b"after" in one.receive()[1]


def test_nothing_is_compressed_and_pings_are_answered(api: Api) -> None:
    with (
        running(api.service.runtime) as endpoints,
        Raw(address_of(endpoints), api.key()) as one,
    ):
        assert b"sec-websocket-protocol: graphql-ws\r\n" in one.head
        assert b"permessage-deflate" not in one.head
        one.send(b"there?", PING)
        assert one.receive() == (0x8A, b"there?")


def test_one_that_does_not_read_is_let_go_and_the_others_hear_all(api: Api) -> None:
    with running(api.service.runtime) as endpoints:
        address = address_of(endpoints)
        with Raw(address, api.key()) as stalled, Raw(address, api.key()) as reader:
            assert stalled.start()["type"] == "start_ack"
            assert reader.start()["type"] == "start_ack"
            for number in range(80):
                create(address, api.key(), f"{number} {'x' * 200_000}")
                assert f'"{number} '.encode() in reader.receive()[1]
                if any("reads too slowly" in line for line in api.log):
                    break
            assert any("reads too slowly" in line for line in api.log)
            assert stalled.is_let_go()


def test_many_clients_that_come_at_once_are_all_served(api: Api) -> None:
    with running(api.service.runtime) as endpoints:
        address = address_of(endpoints)

        def come(_: int) -> tuple[bytes, str]:
            with Raw(address, api.key()) as one:
                return one.status, one.start()["type"]

        with ThreadPoolExecutor(50) as threads:
            found = list(threads.map(come, range(300)))
        assert found == [(b"101", "start_ack")] * 300
