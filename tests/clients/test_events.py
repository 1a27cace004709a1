"""The table of events with gql, which here also says what is acknowledged."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from amplikit_client import (
    ApiKeyAuth,
    AppSyncClient,
    Auth,
    GraphQLError,
    IamAuth,
    UserPoolAuth,
)
from botocore.credentials import Credentials
from events_table import AUTH, FENCE, FENCE_WRITE, PAIRS, SCHEMA, USERS
from gql import gql
from gql.transport.appsync_auth import (
    AppSyncApiKeyAuthentication,
    AppSyncAuthentication,
    AppSyncIAMAuthentication,
    AppSyncJWTAuthentication,
)
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import TransportQueryError

from amplikit.demo.server import Server, command, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from events_table import Pair


@dataclass
class Backend:
    """A server, and what each caller holds."""

    url: str
    realtime_url: str
    auths: dict[str, Auth]

    def write(self, caller: str, mutation: str) -> None:
        """Run a mutation; that it is refused may be the point."""
        with suppress(GraphQLError):
            AppSyncClient(self.url, self.auths[caller]).execute(mutation)

    def gql_auth(self, caller: str) -> AppSyncAuthentication:
        """Return gql's own authentication."""
        host, auth = urlsplit(self.url).netloc, self.auths[caller]
        if isinstance(auth, ApiKeyAuth):
            return AppSyncApiKeyAuthentication(host, auth.key)
        if isinstance(auth, UserPoolAuth):
            return AppSyncJWTAuthentication(host, auth.current())
        held = auth.credentials.current()
        keys = Credentials(held.access_key, held.secret_key, held.session_token)
        return AppSyncIAMAuthentication(host, "us-east-1", credentials=keys)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    folder: Path = tmp_path_factory.mktemp("events")
    modes = ", ".join(f'"{mode}"' for mode in AUTH["additional"])
    config = 'name = "events"\ntransformer = "v2"\n[auth]\ndefault = "API_KEY"\n'
    for path, text in {
        "schema/events.graphql": SCHEMA,
        "amplify-config/api.toml": f"{config}additional = [{modes}]\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    server = Server(folder, folder / "data", folder / "server.log")
    place = ("--project", str(folder), "--data", str(folder / "data"))
    with running(server):
        auths: dict[str, Auth] = {"key": ApiKeyAuth(server.api_key("appsync"))}
        for name, options in USERS.items():
            command("users", "create", name, *options, *place)
            token = command("token", "--user", name, *place).strip()
            auths[name] = UserPoolAuth(token)
        made = json.loads(command("credentials", "--user", "alice", "--json", *place))
        keys = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
        auths["iam"] = IamAuth(server["region"], *keys)
        yield Backend(server["graphql_url"], server["realtime_url"], auths)
    assert "Traceback" not in server.log.read_text()


class Listening(AppSyncWebsocketsTransport):
    """gql's transport, counting what is acknowledged."""

    def __init__(self, url: str, auth: AppSyncAuthentication) -> None:
        super().__init__(url=url, auth=auth)
        self.acknowledged = asyncio.Semaphore(0)

    def _parse_answer(self, answer: str) -> tuple[str, int | None, object]:
        if json.loads(answer)["type"] == "start_ack":
            self.acknowledged.release()
        return super()._parse_answer(answer)


async def played(backend: Backend, pair: Pair) -> list[object]:
    """Return the events that the pair's listener hears, in order."""
    loop = asyncio.get_running_loop()
    events: list[object] = []
    transport = Listening(backend.realtime_url, backend.gql_auth(pair.listener))
    await transport.connect()
    fence = transport.subscribe(gql(FENCE))
    fenced = asyncio.ensure_future(anext(fence))

    async def hear() -> None:
        async for event in transport.subscribe(gql(pair.subscription)):
            heard = None if event.errors else event.data
            events.append(heard)

    async def live() -> None:
        await transport.acknowledged.acquire()
        await transport.acknowledged.acquire()

    hearing = asyncio.ensure_future(hear())
    ready = asyncio.ensure_future(live())
    try:
        await asyncio.wait({ready, hearing}, return_when=asyncio.FIRST_COMPLETED)
        for caller, mutation in (*pair.writes, ("key", FENCE_WRITE)):
            await loop.run_in_executor(None, backend.write, caller, mutation)
        await asyncio.wait({fenced, hearing}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            await hearing
    finally:
        for task in (tasks := (ready, hearing, fenced)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await fence.aclose()
        await transport.close()
    return events


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_gql_hears_exactly_the_events_of_the_table(
    backend: Backend, pair: Pair
) -> None:
    for caller, mutation in pair.before:
        backend.write(caller, mutation)
    if pair.refusal:
        with pytest.raises(TransportQueryError, match=pair.refusal):
            asyncio.run(asyncio.wait_for(played(backend, pair), 8))
    else:
        heard = asyncio.run(asyncio.wait_for(played(backend, pair), 8))
        assert heard == [*pair.events]


def test_the_table_has_sixty_pairs_of_three_modes() -> None:
    assert len(PAIRS) >= 60
    assert {"key", "iam", *USERS} == {pair.listener for pair in PAIRS}
