from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator import wire
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller

if TYPE_CHECKING:
    from conftest import Answer, Api

LIST = "{ listPosts { items { id title } } }"
GET = "{ getPost(id: 1) { id } }"
POST = {"id": "1", "title": "Hello"}
SEVERAL = " ".join(
    f'a{n}: createPost(input: {{title: "long"}}) {{ id }}' for n in range(5)
)


async def ask(api: Api, query: str) -> Answer:
    body = json.dumps({"query": query}).encode()
    return await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)


def executed(host: Host, query: str) -> ExecutionAnswer:
    answer = host.execute(GraphQLRequest(query, {}), ApiKeyCaller("key"), Trace())
    assert isinstance(answer, ExecutionAnswer)
    return answer


def test_a_short_request_is_answered_while_a_long_one_is_executed(api: Api) -> None:
    answered = threading.Event()
    in_time: list[bool] = []
    api.resolvers.acts["listPosts"] = lambda: in_time.append(answered.wait(10))
    api.resolvers.answers["Query.getPost"] = POST
    api.resolvers.answers["Query.listPosts"] = {"items": [POST], "nextToken": None}

    async def run() -> tuple[Answer, Answer]:
        long = asyncio.ensure_future(ask(api, LIST))
        await asyncio.sleep(0)
        short = await ask(api, GET)
        answered.set()
        return await long, short

    long, short = asyncio.run(run())

    assert in_time == [True]
    assert short.json == {"data": {"getPost": {"id": "1"}}}
    assert long.json == {"data": {"listPosts": {"items": [POST]}}}


def test_a_mutation_waits_for_one_that_came_before_it_and_a_query_does_not(
    api: Api,
) -> None:
    asked = threading.Event()
    api.resolvers.acts["createPost"] = lambda: asked.wait(10)

    async def run() -> None:
        long = asyncio.ensure_future(ask(api, f"mutation {{ {SEVERAL} }}"))
        short = asyncio.ensure_future(
            ask(api, 'mutation { createPost(input: {title: "short"}) { id } }')
        )
        await asyncio.sleep(0)
        await ask(api, GET)
        asked.set()
        await asyncio.gather(long, short)

    asyncio.run(run())

    written = [
        call.arguments["input"]["title"]
        for call in api.resolvers.calls
        if call.field == "createPost"
    ]
    assert written == ["long"] * 5 + ["short"]


def test_whoever_stops_the_host_ends_what_it_executes(api: Api) -> None:
    host, resolvers = api.service.host, api.resolvers
    resolvers.acts["getPost"] = host.stop
    resolvers.answers["Query.getPost"] = POST

    answer = executed(host, GET)

    assert answer.data is None
    assert [error["message"] for error in answer.errors] == [wire.EXECUTION_TIMED_OUT]
    resolvers.acts.clear()
    assert executed(host, GET).data == {"getPost": {"id": "1"}}


SCHEMA = "__schema { types { fields { name description } } }"
ALIASES = " ".join(f"b{n}: title" for n in range(12))


@pytest.mark.parametrize(
    ("query", "post"),
    [
        pytest.param(
            f"{{ getPost(id: 1) {{ {ALIASES} }} }}",
            {"title": "x" * 1_000_000},
            id="texts",
        ),
        pytest.param(
            f"{{ getPost(id: 1) {{ {ALIASES.replace('title', 'meta')} }} }}",
            {"meta": {"a": ["x" * 1_000_000]}},
            id="json",
        ),
        pytest.param(
            f"{{ getPost(id: 1) {{ {ALIASES.replace('title', 'tags')} }} }}",
            {"tags": ["x" * 500_000, "y" * 500_000]},
            id="lists",
        ),
    ],
)
def test_a_response_has_at_most_ten_million_bytes(
    api: Api, query: str, post: dict[str, object]
) -> None:
    api.resolvers.answers["Query.getPost"] = POST | post

    answer = executed(api.service.host, query)

    assert answer.data is None
    assert [error["errorType"] for error in answer.errors] == [wire.RESPONSE_TOO_LARGE]


def test_what_json_escapes_counts_as_it_is_sent(api: Api) -> None:
    api.resolvers.answers["Query.getPost"] = POST | {"title": "\x00" * 2_000_000}

    answer = api.ask("{ getPost(id: 1) { title } }")

    assert answer.json["data"] is None
    assert answer.json["errors"][0]["errorType"] == wire.RESPONSE_TOO_LARGE


def test_introspection_ends_at_the_deadline_too(api: Api) -> None:
    host = Host(
        api.service.runtime.blueprint,
        api.resolvers,
        api.service.host.policies,
        time_limit_s=-1,
    )

    answer = executed(host, f"{{ {SCHEMA} }}")

    assert [error["message"] for error in answer.errors] == [wire.EXECUTION_TIMED_OUT]


def test_a_deep_query_is_executed_in_a_thread(api: Api) -> None:
    depth = 70
    query = "{ deep " + "{ nodes " * depth + "{ value }" + " }" * (depth + 1)
    value: dict[str, object] = {"value": 1}
    for _ in range(depth):
        value = {"nodes": [value]}
    api.resolvers.answers["Query.deep"] = value

    assert api.ask(query).json == {"data": {"deep": value}}


def test_a_service_that_has_stopped_leaves_no_thread(api: Api) -> None:
    before = {*threading.enumerate()}
    api.ask(LIST)

    api.service.stop()

    assert {*threading.enumerate()} <= before
