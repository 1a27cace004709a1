"""A thousand subscribers whose server starts again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from amplikit_client import ApiKeyAuth, AppSyncClient, Live, SubscribeOptions

from amplikit.demo.server import Server, running

if TYPE_CHECKING:
    from pathlib import Path

    from amplikit_client import AsyncSubscription, Interrupted

CLIENTS = 1_000
SCHEMA = "type Note @model @auth(rules: [{ allow: public }]) { id: ID! }"
CONFIG = 'name = "storm"\ntransformer = "v2"\n[auth]\ndefault = "API_KEY"\n'
LISTEN = "subscription { onCreateNote { id } }"
WRITE = 'mutation { createNote(input: { id: "after" }) { id } }'


def test_a_thousand_clients_come_back_to_a_server_that_starts_again(
    tmp_path: Path,
) -> None:
    for path, text in {
        "schema/note.graphql": SCHEMA,
        "amplify-config/api.toml": CONFIG,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    server = Server(tmp_path, tmp_path / "data", tmp_path / "server.log")

    async def story() -> list[dict[str, object]]:
        back = asyncio.Semaphore(0)

        def changed(change: Live | Interrupted) -> None:
            if change == Live(after_gap=True):
                back.release()

        key = ApiKeyAuth(server.api_key("appsync"))
        client = AppSyncClient(server["graphql_url"], key)
        options = SubscribeOptions(on_change=changed)
        async with AsyncExitStack() as stack:
            listening: list[AsyncSubscription] = await asyncio.gather(
                *(
                    stack.enter_async_context(
                        client.subscribe_async(LISTEN, options=options)
                    )
                    for _ in range(CLIENTS)
                )
            )
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            for _ in range(CLIENTS):
                await back.acquire()
            await asyncio.to_thread(client.execute, WRITE)
            return await asyncio.gather(*(anext(one) for one in listening))

    with running(server):
        heard = asyncio.run(asyncio.wait_for(story(), 100))
    assert heard == [{"onCreateNote": {"id": "after"}}] * CLIENTS
    assert "Traceback" not in server.log.read_text()
