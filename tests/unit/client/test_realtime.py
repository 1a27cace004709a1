"""Where the WebSocket is, and what comes through it."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from amplikit_client import (
    ApiKeyAuth,
    AppSyncClient,
    GraphQLError,
    IamAuth,
    Unauthorized,
    Unreachable,
    UserPoolAuth,
)
from amplikit_client.realtime import WAITING_LIMIT, realtime_url
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.server import ServerConnection

AWS = "abc.appsync-api.eu-west-1.amazonaws.com"
URLS = {
    "aws": (f"https://{AWS}/graphql", f"wss://{AWS}/graphql"),
    "custom domain": ("https://x.org/graphql", "wss://x.org/graphql/realtime"),
    "local": ("http://localhost:1/graphql", "ws://localhost:1/graphql/realtime"),
    "slash": ("http://localhost:1/graphql/", "ws://localhost:1/graphql/realtime"),
}


@pytest.mark.parametrize(("url", "expected"), URLS.values(), ids=URLS)
def test_real_time_has_an_address_of_its_own(url: str, expected: str) -> None:
    assert realtime_url(url) == expected


EVENTS = [{"onCreatePost": {"id": "1"}}, {"onCreatePost": {"id": "ü"}}]


ACK = {"type": "connection_ack", "payload": {"connectionTimeoutMs": 300_000}}


@contextmanager
def appsync(
    *frames: dict,
    seen: list,
    acknowledge: dict | None = None,
    gone: threading.Event | None = None,
) -> Iterator[str]:
    """Speak AppSync's side of the protocol; send these frames to a subscription."""

    def speak(connection: ServerConnection) -> None:
        query = parse_qs(urlsplit(connection.request.path).query)
        seen.append(json.loads(base64.b64decode(query["header"][0])))
        for text in connection:
            frame = json.loads(text)
            if frame["type"] == "connection_init":
                reply(connection, acknowledge or ACK)
            elif frame["type"] == "start":
                seen.append(frame["payload"])
                with suppress(ConnectionClosed):
                    for one in ({"type": "start_ack"}, {"type": "ka"}, *frames):
                        reply(connection, {"id": frame["id"], **one})
        if gone:
            gone.set()

    def reply(connection: ServerConnection, frame: dict) -> None:
        connection.send(json.dumps(frame))

    with serve(speak, "127.0.0.1", 0, subprotocols=["graphql-ws"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}/graphql"
        server.shutdown()
        thread.join()


AUTHS = {
    "key": (ApiKeyAuth("da2-x"), "x-api-key"),
    "token": (UserPoolAuth(lambda: "jwt"), "Authorization"),
    "credentials": (IamAuth("eu-west-1", "AKID", "secret", "t"), "Authorization"),
}


@pytest.mark.parametrize(("auth", "header"), AUTHS.values(), ids=AUTHS)
def test_events_come_until_the_server_completes(auth: object, header: str) -> None:
    frames = [{"type": "data", "payload": {"data": data}} for data in EVENTS]
    seen: list = []
    with appsync(*frames, {"type": "complete"}, seen=seen) as url:
        client = AppSyncClient(url, auth)
        query = "subscription ($a: Int) { onCreatePost(a: $a) { id } }"
        assert list(client.subscribe(query, {"a": 1})) == EVENTS
    connect, start = seen
    assert header in connect
    assert header in start["extensions"]["authorization"]
    assert json.loads(start["data"])["variables"] == {"a": 1}


def test_a_refused_subscription_is_an_error() -> None:
    errors = [{"errorType": "Unauthorized", "message": "Not Authorized"}]
    frame = {"type": "error", "payload": {"errors": errors}}
    with appsync(frame, seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        with pytest.raises(GraphQLError, match="Not Authorized"):
            next(events)


def test_a_refused_connection_is_unauthorized() -> None:
    errors = [{"errorType": "UnauthorizedException", "errorCode": 401}]
    refused = {"type": "connection_error", "payload": {"errors": errors}}
    with appsync(seen=[], acknowledge=refused) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        with pytest.raises(Unauthorized):
            next(events)


def test_an_event_loop_may_be_running() -> None:
    async def read(url: str) -> list:
        client = AppSyncClient(url, ApiKeyAuth("k"))
        return list(client.subscribe("subscription { a }"))

    frame = {"type": "data", "payload": {"data": EVENTS[0]}}
    with appsync(frame, {"type": "complete"}, seen=[]) as url:
        assert asyncio.run(read(url)) == EVENTS[:1]


def test_an_event_with_errors_is_an_error() -> None:
    errors = [{"message": "Cannot return null"}]
    frame = {"type": "data", "payload": {"data": {"a": None}, "errors": errors}}
    with appsync(frame, seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        with pytest.raises(GraphQLError, match="Cannot return null") as raised:
            next(events)
    assert raised.value.data == {"a": None}


def test_a_caller_who_never_reads_is_told_what_happened() -> None:
    data = {"type": "data", "payload": {"data": EVENTS[0]}}
    gone = threading.Event()
    with appsync(*[data] * (WAITING_LIMIT + 2), seen=[], gone=gone) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        read = [next(events)]
        assert gone.wait(60)
        with pytest.raises(Unreachable, match=f"{WAITING_LIMIT} events wait"):
            read.extend(events)
    assert WAITING_LIMIT <= len(read) <= WAITING_LIMIT + 1
    assert all(event == EVENTS[0] for event in read)


def test_nobody_listening_is_unreachable() -> None:
    client = AppSyncClient("http://127.0.0.1:9/graphql", ApiKeyAuth("k"))
    with pytest.raises(Unreachable):
        next(client.subscribe("subscription { a }"))


def test_leaving_the_loop_ends_the_subscription() -> None:
    frames = [{"type": "data", "payload": {"data": data}} for data in EVENTS]
    with appsync(*frames, seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        assert next(events) == EVENTS[0]
        events.close()
