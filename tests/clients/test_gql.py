"""gql with its own AppSync auth classes, unmodified."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from botocore.credentials import Credentials
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.appsync_auth import (
    AppSyncApiKeyAuthentication,
    AppSyncAuthentication,
    AppSyncIAMAuthentication,
    AppSyncJWTAuthentication,
)
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import TransportQueryError

if TYPE_CHECKING:
    from amplikit.demo.stage import Stage

MODES = ["api key", "user pool", "iam"]


def authentication(stage: Stage, mode: str) -> AppSyncAuthentication:
    host = urlsplit(stage.server["graphql_url"]).netloc
    if mode == "api key":
        return AppSyncApiKeyAuthentication(host, stage.server.api_key("appsync"))
    if mode == "user pool":
        return AppSyncJWTAuthentication(host, stage.tokens["alice"])
    held = stage.credentials("admin-tools")
    return AppSyncIAMAuthentication(
        host,
        region_name=stage.server["region"],
        credentials=Credentials(
            held["AccessKeyId"], held["SecretAccessKey"], held["SessionToken"]
        ),
    )


async def ask(stage: Stage, mode: str, query: str) -> dict[str, object]:
    transport = AIOHTTPTransport(
        url=stage.server["graphql_url"], auth=authentication(stage, mode)
    )
    async with Client(transport=transport) as session:
        answer: dict[str, object] = await session.execute(gql(query))
        return answer


@pytest.mark.parametrize(
    ("mode", "query"),
    [
        ("api key", "query { listPosts(limit: 1) { items { id } } }"),
        ("user pool", "query { listUsers(limit: 1) { items { id } } }"),
        (
            "iam",
            'mutation { createUser(input: { username: "gql" }) { username } }',
        ),
    ],
    ids=MODES,
)
def test_gql_asks_over_http(stage: Stage, mode: str, query: str) -> None:
    (answer,) = asyncio.run(ask(stage, mode, query)).values()
    assert answer


SUBSCRIPTIONS = {
    "api key": "subscription { onCreatePost { title } }",
    "user pool": "subscription { onCreatePost { title } }",
    "iam": "subscription { onCreateUser { username } }",
}


@pytest.mark.parametrize("mode", ["api key", "user pool"])
def test_gql_receives_what_another_caller_writes(stage: Stage, mode: str) -> None:
    async def story() -> dict[str, object]:
        url = stage.server["realtime_url"]
        transport = AppSyncWebsocketsTransport(
            url=url, auth=authentication(stage, mode)
        )
        async with Client(transport=transport) as session:
            events = session.subscribe(gql(SUBSCRIPTIONS[mode]))
            waiting = asyncio.ensure_future(anext(events))
            event: dict[str, object] = {}
            # A subscription is live once it is acknowledged, which gql does not tell.
            for _ in range(50):
                await ask(
                    stage,
                    "user pool",
                    'mutation { createPost(input: { title: "heard" }) { id title } }',
                )
                done, _ = await asyncio.wait({waiting}, timeout=0.2)
                if done:
                    event = waiting.result()
                    break
            await events.aclose()
            return event

    assert asyncio.run(story()) == {"onCreatePost": {"title": "heard"}}


def test_a_mode_that_no_rule_names_may_not_subscribe(stage: Stage) -> None:
    async def story() -> None:
        transport = AppSyncWebsocketsTransport(
            url=stage.server["realtime_url"], auth=authentication(stage, "iam")
        )
        async with Client(transport=transport) as session:
            async for _ in session.subscribe(gql(SUBSCRIPTIONS["iam"])):
                break

    with pytest.raises(TransportQueryError, match="Not Authorized to access"):
        asyncio.run(story())
