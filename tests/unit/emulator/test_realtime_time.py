from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from realtime_socket import HOST, Socket, encoded, key_header, run, settled

if TYPE_CHECKING:
    from conftest import Api

LISTEN = "subscription { onCreatePost { id } }"


def opened(api: Api) -> Socket:
    return Socket(api, f"header={encoded(key_header(api))}&payload=e30=")


def test_keep_alives_come_every_minute_also_without_connection_init(api: Api) -> None:
    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
            now = monotonic()
            api.service.pulse.beat(now + 59)
            await settled()
            assert socket.outgoing.empty()
            for minute in (1, 2, 3):
                api.service.pulse.beat(now + minute * 60 + minute)
                assert await socket.frame() == {"type": "ka"}
            assert socket.outgoing.empty()

    run(test())


def test_a_connection_ends_after_24_hours(api: Api) -> None:
    async def test() -> None:
        async with opened(api) as old:
            await old.accepted()
            old.start("1", LISTEN, key_header(api))
            await old.frame()
            api.clock[0] += timedelta(hours=23, minutes=59)
            async with opened(api) as young:
                await young.accepted()
                api.service.pulse.beat()
                await settled()
                assert old.outgoing.empty()
                api.clock[0] += timedelta(minutes=2)
                api.service.pulse.beat()
                assert await old.event() == {
                    "type": "websocket.close",
                    "code": 1000,
                    "reason": "The connection has been open for 24 hours.",
                }
                await settled()
                assert not api.service.hub.wants("createPost")
                assert young.outgoing.empty()

    run(test())


def test_nothing_beats_when_nobody_is_connected(api: Api) -> None:
    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
        assert vars(api.service.pulse)["_task"] is None

    run(test())


def test_a_token_that_expires_starts_nothing_more_and_ends_nothing(api: Api) -> None:
    header = {"host": HOST, "Authorization": api.token()}

    async def test() -> None:
        async with Socket(api, f"header={encoded(header)}") as socket:
            await socket.accepted()
            socket.start("before", LISTEN, header)
            assert (await socket.frame())["type"] == "start_ack"
            api.clock[0] += timedelta(hours=2)
            socket.start("after", LISTEN, header)
            frame = await socket.frame()
            assert frame["id"] == "after"
            assert frame["payload"]["errors"] == [
                {"errorType": "UnauthorizedException", "message": "Token has expired."}
            ]
            socket.start("with-key", LISTEN, key_header(api))
            assert (await socket.frame())["type"] == "start_ack"
            assert api.service.hub.wants("createPost")
        async with Socket(api, f"header={encoded(header)}") as again:
            await again.accepted()
            assert (await again.frame())["payload"]["errors"] == [
                {
                    "errorType": "UnauthorizedException",
                    "message": "Token has expired.",
                    "errorCode": 401,
                }
            ]
            again.send({"type": "connection_init"})

    run(test())
