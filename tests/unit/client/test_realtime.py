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
    Interrupted,
    Live,
    RetryPolicy,
    SubscribeOptions,
    Unauthorized,
    Unreachable,
    UserPoolAuth,
)
from amplikit_client.realtime import realtime_url
from amplikit_client.subscription import WAITING_LIMIT
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
    acknowledges_start: bool = True,
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
                    first = [{"type": "start_ack"}] if acknowledges_start else []
                    for one in (*first, {"type": "ka"}, *frames):
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
    once = RetryPolicy(tries=1)
    client = AppSyncClient("http://127.0.0.1:9/graphql", ApiKeyAuth("k"), retry=once)
    with pytest.raises(Unreachable):
        next(client.subscribe("subscription { a }"))


def test_leaving_the_loop_ends_the_subscription() -> None:
    frames = [{"type": "data", "payload": {"data": data}} for data in EVENTS]
    with appsync(*frames, seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        assert next(events) == EVENTS[0]
        events.close()


def test_in_a_with_statement_it_is_acknowledged_before_the_block_begins() -> None:
    seen: list = []
    frame = {"type": "data", "payload": {"data": EVENTS[0]}}
    with (
        appsync(frame, seen=seen) as url,
        AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }") as events,
    ):
        assert len(seen) == 2
        assert next(events) == EVENTS[0]


def test_a_refusal_is_raised_where_the_block_would_begin() -> None:
    frame = {"type": "error", "payload": {"errors": [{"errorType": "Unauthorized"}]}}
    with appsync(frame, seen=[], acknowledges_start=False) as url:
        client = AppSyncClient(url, ApiKeyAuth("k"))
        with pytest.raises(Unauthorized), client.subscribe("subscription { a }"):
            pytest.fail("the block was entered")

        async def story() -> None:
            async with client.subscribe_async("subscription { a }"):
                pytest.fail("the block was entered")

        with pytest.raises(Unauthorized):
            asyncio.run(story())


def test_an_event_with_errors_does_not_end_the_subscription() -> None:
    bad = {"data": {"a": None}, "errors": [{"message": "Cannot return null"}]}
    good = {"data": EVENTS[0]}
    frames = [{"type": "data", "payload": each} for each in (bad, good)]
    with appsync(*frames, {"type": "complete"}, seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        with pytest.raises(GraphQLError):
            next(events)
        assert list(events) == [EVENTS[0]]


def test_async_for_hears_the_same() -> None:
    frames = [{"type": "data", "payload": {"data": data}} for data in EVENTS]

    async def read(url: str) -> list:
        client = AppSyncClient(url, ApiKeyAuth("k"))
        async with client.subscribe_async("subscription { a }") as events:
            return [event async for event in events]

    with appsync(*frames, {"type": "complete"}, seen=[]) as url:
        assert asyncio.run(read(url)) == EVENTS


def test_a_silent_service_is_left_for_another_connection() -> None:
    """The first connection promises a sign of life every 50 ms, and gives none."""
    seen: list = []
    changes: list = []
    frame = {"type": "data", "payload": {"data": EVENTS[0]}}
    impatient = {"type": "connection_ack", "payload": {"connectionTimeoutMs": 50}}
    with appsync(frame, seen=seen, acknowledge=impatient) as url:
        options = SubscribeOptions(on_change=changes.append)
        retry = RetryPolicy(base_s=0.0)
        client = AppSyncClient(url, ApiKeyAuth("k"), retry=retry)
        with client.subscribe("subscription { a }", options=options) as events:
            assert [next(events), next(events)] == [EVENTS[0]] * 2
    assert [type(each) for each in changes[:3]] == [Live, Interrupted, Live]
    assert "keep-alive" in str(changes[1].reason)


def test_each_connection_asks_for_a_token() -> None:
    seen: list = []
    tokens = iter(["first", "second", *["later"] * 100])
    frame = {"type": "data", "payload": {"data": EVENTS[0]}}
    impatient = {"type": "connection_ack", "payload": {"connectionTimeoutMs": 50}}
    with appsync(frame, seen=seen, acknowledge=impatient) as url:
        auth = UserPoolAuth(lambda: next(tokens))
        client = AppSyncClient(url, auth, retry=RetryPolicy(base_s=0.0))
        with client.subscribe("subscription { a }") as events:
            assert [next(events), next(events)] == [EVENTS[0]] * 2
    connections = [each for each in seen if "host" in each]
    assert [each["Authorization"] for each in connections[:2]] == ["first", "second"]


def test_closing_it_from_another_thread_ends_the_iteration() -> None:
    with appsync(seen=[]) as url:
        events = AppSyncClient(url, ApiKeyAuth("k")).subscribe("subscription { a }")
        with events:
            threading.Timer(0.05, events.close).start()
            assert list(events) == []


def test_a_subscription_that_nobody_holds_is_closed() -> None:
    gone = threading.Event()
    with appsync(seen=[], gone=gone) as url:
        client = AppSyncClient(url, ApiKeyAuth("k"))
        client.subscribe("subscription { a }").__enter__()
        assert gone.wait(20)
