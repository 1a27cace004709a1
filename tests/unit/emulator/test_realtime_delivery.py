from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graphql import build_schema

sys.path.insert(0, str(Path(__file__).parent))

from realtime_socket import Socket, encoded, key_header, run, settled

from amplikit.emulator.calls import FieldError, Invalidation, Resolved, Subscribed
from amplikit.emulator.documents import Document, Documents
from amplikit.emulator.host import GraphQLRequest
from amplikit.emulator.realtime.shape import shape_of
from amplikit.emulator.realtime.subscribing import Listener, listener
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import (
    ApiKeyCaller,
    Caller,
    LambdaCaller,
    UserPoolCaller,
)

if TYPE_CHECKING:
    from conftest import Api

LISTEN = "subscription { onCreatePost { id title } }"
KEY = ApiKeyCaller("da2-key")
ALICE = (("owner", "eq", "alice"),)
BOB = (("owner", "eq", "bob"),)


def opened(api: Api) -> Socket:
    return Socket(api, f"header={encoded(key_header(api))}&payload=e30=")


async def started(
    api: Api, socket: Socket, id_: str = "1", query: str = LISTEN, **data: object
) -> None:
    socket.start(id_, query, key_header(api), **data)
    frame = await socket.frame()
    assert frame == {"type": "start_ack", "id": id_}, frame


async def mutate(api: Api, query: str) -> dict:
    body = json.dumps({"query": query}).encode()
    answer = await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
    return answer.json


def create(title: str = "T", selection: str = "id title") -> str:
    return f'mutation {{ createPost(input: {{ title: "{title}" }}) {{ {selection} }} }}'


class Told:
    def __init__(self) -> None:
        self.payloads: list[str] = []

    def deliver(self, payload: str) -> None:
        self.payloads.append(payload)

    def invalidate(self) -> None:
        raise AssertionError


USER = UserPoolCaller("a-1", "alice", "issuer", {"sub": "a-1", "username": "alice"})


def accepted(api: Api, query: str, caller: Caller = KEY, **variables: object) -> Told:
    request = GraphQLRequest(query, variables)
    found = listener(api.service.host, api.resolvers, request, caller)
    assert isinstance(found, Listener), found
    told = Told()
    api.service.hub.add(told, found, told)
    return told


SKIPPING = """subscription($b: Boolean!) {
  onCreatePost { id title @skip(if: $b) }
}"""
SAME = [
    (LISTEN, {}),
    ("subscription Other { onCreatePost { id\n title } }", {}),
    ('subscription { onCreatePost(title: "T") { id title } }', {}),
    ("subscription($t: String) { onCreatePost(title: $t) { id title } }", {"t": "T"}),
]
DIFFERENT = [
    ("subscription { onCreatePost { title id } }", {}),
    ("subscription { p: onCreatePost { id title } }", {}),
    ("subscription { onCreatePost { id t: title } }", {}),
    (SKIPPING, {"b": True}),
    (SKIPPING, {"b": False}),
    ("subscription { ...R } fragment R on Subscription { onCreatePost { id } }", {}),
    ("subscription { onCreatePost { ...F } } fragment F on Post { id }", {}),
    ("subscription { onCreatePost { ...F } } fragment F on Post { title }", {}),
]  # fmt: skip


def test_what_several_are_told_is_written_once(api: Api) -> None:
    async def test() -> None:
        same = [accepted(api, query, **variables) for query, variables in SAME]
        others = [accepted(api, query, **variables) for query, variables in DIFFERENT]
        await mutate(api, create())
        await api.service.hub.settled()
        texts = [told.payloads[0] for told in same]
        assert all(text is texts[0] for text in texts)
        assert json.loads(texts[0]) == {
            "data": {"onCreatePost": {"id": "new", "title": "T"}}
        }
        told = [json.loads(one.payloads[0])["data"] for one in others]
        assert told == [
            {"onCreatePost": {"title": "T", "id": "new"}},
            {"p": {"id": "new", "title": "T"}},
            {"onCreatePost": {"id": "new", "t": "T"}},
            {"onCreatePost": {"id": "new"}},
            {"onCreatePost": {"id": "new", "title": "T"}},
            {"onCreatePost": {"id": "new"}},
            {"onCreatePost": {"id": "new"}},
            {"onCreatePost": {"title": "T"}},
        ]

    run(test())


def test_what_directives_refuse_one_mode_another_is_told(api: Api) -> None:
    query = "subscription { onCreatePost { id secret } }"

    async def test() -> None:
        key = accepted(api, query)
        user = accepted(api, query, USER)
        data = {"query": create(selection="id secret")}
        body = json.dumps(data).encode()
        await api.http_async("POST", "/graphql", api.signed("everything", body), body)
        await api.service.hub.settled()
        for told in (key, user):
            errors = json.loads(told.payloads[0])["errors"]
            assert errors[0]["message"] == (
                "Not Authorized to access secret on type Post"
            )

    run(test())


EVENTS = {
    "one key twice": (
        """mutation { createPost(input: {title: "T"}) { id } ...M }
        fragment M on Mutation { createPost(input: {title: "T"}) { title } }""",
        [{"id": "new", "title": "T"}],
    ),
    "two fields": (
        """mutation {
          a: createPost(input: {title: "1"}) { id title }
          b: createPost(input: {title: "2"}) { id title }
        }""",
        [{"id": "new", "title": "1"}, {"id": "new", "title": "2"}],
    ),
    "fragments": (
        """mutation { createPost(input: {title: "T"}) { ...on Post { i: id } ...F } }
        fragment F on Post { title @include(if: true) }""",
        [{"id": "new", "title": "T"}],
    ),
}


def test_callers_who_may_see_different_fields_are_never_told_the_same() -> None:
    groups = frozenset({"Admin", "Staff"})

    def user(*names: str) -> UserPoolCaller:
        return UserPoolCaller("s", "n", "i", {"cognito:groups": list(names)})

    def authorized(*denied: str) -> LambdaCaller:
        return LambdaCaller({}, frozenset(denied))

    kinds = [
        [KEY, ApiKeyCaller("da2-other")],
        [USER, user(), user("Elsewhere")],
        [user("Admin"), user("Elsewhere", "Admin")],
        [user("Admin", "Staff"), user("Staff", "Admin")],
        [authorized(), LambdaCaller({"a": "b"})],
        [authorized("Post.title"), authorized("Post.title")],
        [authorized("Post.title", "Post.id")],
    ]
    schema = build_schema(
        "type Query { a: Int } type Post { id: ID }"
        " type Subscription { onCreatePost: Post }"
    )
    document = Documents(schema).get("subscription { onCreatePost { id } }")
    assert isinstance(document, Document)
    prepared = document, document.operations[0]
    shapes = [{shape_of(prepared, {}, one, groups) for one in kind} for kind in kinds]
    assert all(len(kind) == 1 for kind in shapes)
    assert len(set().union(*shapes)) == len(kinds)


@pytest.mark.parametrize(("mutation", "data"), EVENTS.values(), ids=EVENTS)
def test_an_event_is_a_root_field_of_the_response(
    api: Api, mutation: str, data: list
) -> None:
    async def test() -> None:
        told = accepted(api, LISTEN)
        answer = await mutate(api, mutation)
        assert "errors" not in answer
        await api.service.hub.settled()
        found = [json.loads(one)["data"]["onCreatePost"] for one in told.payloads]
        assert found == data

    run(test())


@pytest.mark.parametrize(
    ("subscription", "mutation", "value"),
    [
        ("onNotify", "notify", "hello"),
        ("onCreatePosts { id title }", "createPosts { id }", [{"id": "1"}, None]),
    ],
    ids=["a text", "a list"],
)
def test_what_is_no_object_reaches_those_who_compare_nothing(
    api: Api, subscription: str, mutation: str, value: object
) -> None:
    name, space, selection = subscription.partition(" ")
    api.resolvers.answers[f"Mutation.{mutation.split(maxsplit=1)[0]}"] = value
    argument = "text" if name == "onNotify" else "title"

    async def test() -> None:
        whole = f"subscription {{ {name}{space}{selection.replace('title', '')} }}"
        told = accepted(api, whole)
        comparing = accepted(
            api, f"subscription {{ {name}({argument}: null){space}{selection} }}"
        )
        api.resolvers.filters[name] = Subscribed(((("a", "ne", 1),),))
        filtering = accepted(api, whole)
        await mutate(api, f"mutation {{ {mutation} }}")
        await api.service.hub.settled()
        assert [json.loads(one) for one in told.payloads] == [{"data": {name: value}}]
        assert comparing.payloads == filtering.payloads == []

    run(test())


def test_a_field_hears_of_all_mutations_that_its_directive_names(api: Api) -> None:
    api.resolvers.answers["Mutation.deletePost"] = {"id": "9", "title": "gone"}

    async def test() -> None:
        both = accepted(api, "subscription { onBoth { id } }")
        nothing = accepted(api, "subscription { onNothing { id } }")
        await mutate(api, create())
        body = b'{"query": "mutation { deletePost(id: 9) { id } }"}'
        await api.http_async("POST", "/graphql", api.signed("everything", body), body)
        await api.service.hub.settled()
        told = [json.loads(one)["data"]["onBoth"]["id"] for one in both.payloads]
        assert told == ["new", "9"]
        assert nothing.payloads == []

    run(test())


def test_two_aliases_of_a_nested_field_are_one_object(api: Api) -> None:
    api.resolvers.answers["Post.author"] = {"id": "7", "name": "N"}

    async def test() -> None:
        query = "subscription { onCreatePost { author { id name } } }"
        told = accepted(api, query, USER)
        selection = "a: author { id } b: author { n: name }"
        body = json.dumps({"query": create(selection=selection)}).encode()
        header = {"authorization": api.token()}
        await api.http_async("POST", "/graphql", header, body)
        await api.service.hub.settled()
        (payload,) = told.payloads
        author = {"id": "7", "name": "N"}
        assert json.loads(payload) == {"data": {"onCreatePost": {"author": author}}}

    run(test())


def test_a_connection_hears_of_mutations_in_their_order(api: Api) -> None:
    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
            await started(api, socket)
            await asyncio.gather(*(mutate(api, create(str(n))) for n in range(50)))
            frames = [await socket.frame() for _ in range(50)]
            titles = [one["payload"]["data"]["onCreatePost"]["title"] for one in frames]
            assert titles == [str(n) for n in range(50)]

    run(test())


def test_what_was_published_before_the_start_is_not_told(api: Api) -> None:
    async def test() -> None:
        first = accepted(api, LISTEN)
        answer = api.service.host.execute(GraphQLRequest(create(), {}), KEY, Trace())
        api.service.hub.publish(answer)
        late = accepted(api, LISTEN)
        await api.service.hub.settled()
        assert (len(first.payloads), len(late.payloads)) == (1, 0)

    run(test())


@pytest.mark.parametrize("outcome", [None, FieldError("no", "Custom")])
def test_nothing_is_published_of_a_failure(api: Api, outcome: object) -> None:
    api.resolvers.answers["Mutation.createPost"] = outcome

    async def test() -> None:
        told = accepted(api, LISTEN)
        await mutate(api, create())
        await api.service.hub.settled()
        assert told.payloads == []

    run(test())


def test_a_filter_by_what_the_mutation_left_out_is_told_to_the_operator(
    api: Api,
) -> None:
    api.resolvers.filters["onCreatePost"] = Subscribed(((("score", "gt", 1),),))

    async def test() -> None:
        told = accepted(api, "subscription { onCreatePost { id } }")
        await mutate(api, create(selection="id score"))
        await api.service.hub.settled()
        assert not any("filters by" in line for line in api.log)
        await mutate(api, create())
        await api.service.hub.settled()
        assert told.payloads == []

    run(test())
    (line,) = [line for line in api.log if "filters by" in line]
    assert line.startswith("pitfall [subscriber-missed] /onCreatePost: somebody")
    assert "'score'" in line


def test_a_long_start_is_read_in_a_thread_and_stalls_nobody(api: Api) -> None:
    threads = []
    api.resolvers.on_subscribe = lambda: threads.append(threading.current_thread())

    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
            fields = " ".join(f"a{n}: title" for n in range(500))
            await started(
                api, socket, "long", f"subscription {{ onCreatePost {{ {fields} }} }}"
            )
            await started(api, socket, "short")

    run(test())
    assert [one is threading.main_thread() for one in threads] == [False, True]


def test_the_subscriptions_of_a_connection_have_a_bounded_text(api: Api) -> None:
    query = f"{LISTEN} #{'x' * 1_000_000}"

    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
            for number in range(4):
                await started(api, socket, str(number), query)
            socket.start("4", query, key_header(api))
            (error,) = (await socket.frame())["payload"]["errors"]
            assert error["errorType"] == "LimitExceededError"
            socket.send({"type": "stop", "id": "0"})
            assert (await socket.frame())["type"] == "complete"
            await started(api, socket, "4", query)

    run(test())


def test_a_fault_at_a_start_is_told_and_ends_nothing_else(api: Api) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    async def test() -> None:
        async with opened(api) as socket:
            await socket.accepted()
            await started(api, socket, "1")
            api.resolvers.on_subscribe = broken
            socket.start("2", LISTEN, key_header(api))
            frame = await socket.frame()
            assert (frame["type"], frame["id"]) == ("error", "2")
            assert frame["payload"]["errors"][0]["errorType"] == "InternalFailure"
            await mutate(api, create())
            assert (await socket.frame())["id"] == "1"

    run(test())
    assert any("ZeroDivisionError" in line for line in api.log)


def test_an_invalidation_ends_the_matching_subscription_and_its_connection(
    api: Api,
) -> None:
    invalidation = Invalidation("onCreatePost", {"owner": "alice"})
    twice = (invalidation, invalidation)
    answer = Resolved({"id": "new", "title": "T"}, invalidations=twice)
    api.resolvers.run = lambda _call, _trace: answer  # type: ignore[method-assign]

    async def test() -> None:
        async with opened(api) as alice, opened(api) as bob, opened(api) as neither:
            for socket, filter_ in (
                (alice, (ALICE,)),
                (bob, (BOB,)),
                (neither, None),
            ):
                await socket.accepted()
                api.resolvers.filters["onCreatePost"] = Subscribed(None, filter_)
                await started(api, socket)
            await mutate(api, create())
            assert (await alice.frame())["type"] == "data"
            assert await alice.frame() == {"type": "complete", "id": "1"}
            assert await alice.event() == {
                "type": "websocket.close",
                "code": 1000,
                "reason": "Subscription complete.",
            }
            for socket in (bob, neither):
                assert (await socket.frame())["type"] == "data"
                await settled()
                assert socket.outgoing.empty()

    run(test())


@pytest.mark.parametrize(("count", "refused"), [(5, False), (6, True)])
def test_a_request_may_invalidate_five_times(
    api: Api, count: int, *, refused: bool
) -> None:
    invalidations = tuple(
        Invalidation("onCreatePost", {"owner": str(number)}) for number in range(count)
    )
    answer = Resolved({"id": "new", "title": "T"}, invalidations=invalidations)
    api.resolvers.run = lambda _call, _trace: answer  # type: ignore[method-assign]
    body = api.ask(create()).json
    assert ("errors" in body) is refused
