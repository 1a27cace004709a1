from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from realtime_socket import HOST, Socket, encoded, key_header, run, settled

from amplikit.emulator.calls import FieldError, Subscribed
from amplikit.emulator.host import GraphQLRequest
from amplikit.emulator.realtime.endpoint import serve_connection
from amplikit.emulator.realtime.subscribing import Listener
from amplikit.identity.caller import ApiKeyCaller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conftest import Api

ACK = {"type": "connection_ack", "payload": {"connectionTimeoutMs": 300000}}
SIGNED_HEADERS = {
    "accept": "application/json, text/javascript",
    "content-encoding": "amz-1.0",
    "content-type": "application/json; charset=UTF-8",
}
LISTEN = "subscription { onCreatePost { id } }"
CREATE = 'mutation { createPost(input: { title: "T", views: 1 }) { id title views } }'


def by_query(api: Api, header: Mapping[str, str]) -> Socket:
    return Socket(api, f"header={encoded(header)}&payload=e30=")


def by_subprotocol(api: Api, header: Mapping[str, str]) -> Socket:
    name = f"header-{encoded(header, url_safe=True)}"
    return Socket(api, subprotocols=("graphql-ws", name))


def by_headers(api: Api, header: Mapping[str, str]) -> Socket:
    return Socket(api, headers={k.lower(): v for k, v in header.items()})


def iam_header(api: Api, data: str | None = None, role: str = "everything") -> dict:
    path = "/graphql" if data else "/graphql/connect"
    body = (data or "{}").encode()
    signed = api.signed(role, body, f"https://{HOST}{path}", SIGNED_HEADERS)
    return {**signed, "host": HOST}


@pytest.mark.parametrize("way", [by_query, by_subprotocol, by_headers])
@pytest.mark.parametrize(
    "header",
    [
        key_header,
        lambda api: {"host": HOST, "Authorization": api.token()},
        iam_header,
    ],
    ids=["api-key", "user-pool", "iam"],
)
def test_a_connection_is_opened_in_three_ways_by_three_modes(
    api: Api,
    way: Callable[[Api, Mapping[str, str]], Socket],
    header: Callable[[Api], Mapping[str, str]],
) -> None:
    async def test() -> None:
        async with way(api, header(api)) as socket:
            assert (await socket.accepted())["subprotocol"] == "graphql-ws"
            socket.send({"type": "connection_init"})
            assert await socket.frame() == ACK
            assert await socket.frame() == {"type": "ka"}

    run(test())


@pytest.mark.parametrize(
    ("query", "subprotocols", "error"),
    [
        (
            "",
            ("graphql-ws",),
            {
                "errorType": "UnauthorizedException",
                "message": "Valid authorization header not provided.",
                "errorCode": 401,
            },
        ),
        (
            f"header={encoded({'x-api-key': 'da2-wrong'})}",
            ("graphql-ws",),
            {
                "errorType": "UnauthorizedException",
                "message": "You are not authorized to make this call.",
                "errorCode": 401,
            },
        ),
        (
            "header=%%%",
            ("graphql-ws",),
            {
                "errorType": "BadRequestException",
                "message": "Unable to parse the connection header.",
                "errorCode": 400,
            },
        ),
        ("", (), {"message": "NoProtocolError", "errorCode": 400}),
        (
            "",
            ("graphql-transport-ws",),
            {"message": "NoProtocolError", "errorCode": 400},
        ),
    ],
    ids=["nothing", "wrong-key", "garbage", "no-protocol", "other-protocol"],
)
def test_a_refused_connection_is_told_why_and_closed(
    api: Api, query: str, subprotocols: tuple[str, ...], error: dict
) -> None:
    async def test() -> None:
        async with Socket(api, query, subprotocols) as socket:
            await socket.accepted()
            assert await socket.frame() == {
                "type": "connection_error",
                "payload": {"errors": [error]},
            }
            socket.send({"type": "connection_init"})
            assert (await socket.event())["type"] == "websocket.close"

    run(test())


def test_a_refused_connection_stays_open_until_the_client_has_spoken(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, {"host": HOST, "x-api-key": "wrong"}) as socket:
            await socket.accepted()
            assert (await socket.frame())["type"] == "connection_error"
            await settled()
            assert socket.outgoing.empty()
            socket.send("anything")
            assert (await socket.event())["type"] == "websocket.close"

    run(test())


def test_a_refused_client_that_leaves_is_sent_nothing_more(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, {"host": HOST, "x-api-key": "wrong"}) as socket:
            await socket.accepted()
            assert (await socket.frame())["type"] == "connection_error"
        assert socket.outgoing.empty()

    run(test())


def test_a_refused_client_that_says_nothing_is_closed(api: Api) -> None:
    serve = partial(serve_connection, api.service, hearing_s=0.0)

    async def test() -> None:
        async with Socket(api, serve=serve) as socket:
            await socket.accepted()
            assert (await socket.frame())["type"] == "connection_error"
            assert (await socket.event())["type"] == "websocket.close"

    run(test())


def test_a_role_that_may_do_nothing_may_not_connect(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, iam_header(api, role="nothing")) as socket:
            await socket.accepted()
            error = (await socket.frame())["payload"]["errors"][0]
            assert error["message"] == "Permission denied"

    run(test())


@pytest.mark.parametrize(
    ("path", "host"), [("/graphql/elsewhere", HOST), ("/graphql", "evil.example")]
)
def test_other_paths_and_foreign_hosts_are_not_accepted(
    api: Api, path: str, host: str
) -> None:
    async def test() -> None:
        async with Socket(api, headers={"host": host}, path=path) as socket:
            assert (await socket.event())["type"] == "websocket.close"

    run(test())


def test_a_mutation_reaches_its_subscriber_as_the_writer_selected_it(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            query = "subscription { p: onCreatePost { id name: title meta tags } }"
            socket.start("1", query, key_header(api))
            assert await socket.frame() == {"type": "start_ack", "id": "1"}
            body = json.dumps(
                {
                    "query": "mutation M($m: AWSJSON) { a: createPost("
                    'input: { title: "T", meta: $m, tags: ["x"] })'
                    " { id t: title json: meta } }",
                    "variables": {"m": '{"a": 1.50}'},
                }
            ).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            assert await socket.frame() == {
                "type": "data",
                "id": "1",
                "payload": {
                    "data": {
                        "p": {
                            "id": "new",
                            "name": "T",
                            "meta": '{"a":1.5}',
                            "tags": None,
                        }
                    }
                },
            }
            socket.send({"type": "stop", "id": "1"})
            assert await socket.frame() == {"type": "complete", "id": "1"}
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            await settled()
            assert socket.outgoing.empty()

    run(test())


def test_a_required_field_that_the_writer_left_out_is_an_error_of_one_subscriber(
    api: Api,
) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            for id_, selection in (("1", "id title"), ("2", "id")):
                query = f"subscription {{ onCreatePost {{ {selection} }} }}"
                socket.start(id_, query, key_header(api))
                await socket.frame()
            body = b'{"query": "mutation { createPost(input:{title:\\"T\\"}) { id } }"}'
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            first, second = await socket.frame(), await socket.frame()
            assert first["payload"]["data"] == {"onCreatePost": None}
            assert first["payload"]["errors"][0]["message"] == (
                "Cannot return null for non-nullable type: 'String' within parent"
                " 'Post'"
                " (/onCreatePost/title)"
            )
            assert second["payload"] == {"data": {"onCreatePost": {"id": "new"}}}

    run(test())

    (told,) = [one for one in api.log if "[subscriber-missed] /onCreatePost" in one]
    assert "Cannot return null for non-nullable type" in told


@pytest.mark.parametrize(
    ("arguments", "variables", "delivered"),
    [
        ('(title: "T")', None, True),
        ('(title: "t")', None, False),
        ("(title: null)", None, False),
        ("(owner: null)", None, True),
        ('(owner: "alice")', None, False),
        ("(views: 1)", None, True),
        ('(title: "T", views: 2)', None, False),
        ("(title: $t)", {}, True),
        ("(title: $t)", {"t": None}, False),
        ("(title: $t)", {"t": "T"}, True),
    ],
)
def test_arguments_filter_events(
    api: Api, arguments: str, variables: dict | None, *, delivered: bool
) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            head = "subscription" if variables is None else "subscription S($t: String)"
            query = f"{head} {{ onCreatePost{arguments} {{ id }} }}"
            socket.start("1", query, key_header(api), variables=variables or {})
            assert (await socket.frame())["type"] == "start_ack"
            body = json.dumps({"query": CREATE}).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            await api.service.hub.settled()
            await settled()
            assert (not socket.outgoing.empty()) is delivered

    run(test())


def test_a_filter_of_the_resolver_switches_argument_filtering_off(api: Api) -> None:
    api.resolvers.filters["onCreatePost"] = Subscribed(
        ((("views", "gt", 5),), (("title", "beginsWith", "T"), ("views", "lt", 3)))
    )

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            query = 'subscription { onCreatePost(title: "other") { id } }'
            socket.start("1", query, key_header(api))
            await socket.frame()
            body = json.dumps({"query": CREATE}).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            assert (await socket.frame())["type"] == "data"

    run(test())


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (
            "subscription { onUserOnly { id } }",
            {
                "errorType": "Unauthorized",
                "message": "Not Authorized to access onUserOnly on type Subscription",
            },
        ),
        (
            "subscription { onCreatePost(zz: 1) { id } }",
            {
                "message": "Validation error of type UnknownArgument: Unknown field"
                " argument zz @ 'onCreatePost'"
            },
        ),
        (
            "{ getPost(id: 1) { id } }",
            {
                "errorType": "UnsupportedOperation",
                "message": "query not supported through the realtime channel",
            },
        ),
        (
            CREATE,
            {
                "errorType": "UnsupportedOperation",
                "message": "mutation not supported through the realtime channel",
            },
        ),
        (
            "subscription {",
            {
                "errorType": "MalformedHttpRequestException",
                "message": "Unable to parse GraphQL query.",
            },
        ),
    ],
    ids=["mode", "validation", "query", "mutation", "syntax"],
)
def test_a_refused_subscription_is_an_error_with_its_id(
    api: Api, query: str, error: dict
) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", query, key_header(api))
            assert await socket.frame() == {
                "type": "error",
                "id": "1",
                "payload": {"errors": [error]},
            }

    run(test())


def test_a_resolver_may_refuse_a_subscription(api: Api) -> None:
    api.resolvers.filters["onCreatePost"] = FieldError("no", "Unauthorized")

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", "subscription { onCreatePost { id } }", key_header(api))
            errors = (await socket.frame())["payload"]["errors"]
            assert errors == [{"errorType": "Unauthorized", "message": "no"}]

    run(test())


def test_each_subscription_has_its_own_authorization(api: Api) -> None:
    query = "subscription { onCreatePost { id } }"
    data = json.dumps({"query": query})

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("key", query, key_header(api))
            socket.start("iam", query, iam_header(api, data))
            socket.start("user", query, {"Authorization": api.token()})
            socket.start("none", query, {})
            socket.start("bad", query, {"x-api-key": "wrong"})
            late = {"x-amz-user-agent": "aws-amplify/6"}
            socket.start("agent", query, {**iam_header(api, data), **late})
            late = {"x-amz-other": "1"}
            socket.start("other-header", query, {**iam_header(api, data), **late})
            socket.start("other-text", f"{query} ", iam_header(api, data))
            socket.start("no-policy", query, iam_header(api, data, "writer"))
            frames = [await socket.frame() for _ in range(9)]
            told = {
                frame["id"]: frame["type"]
                if frame["type"] == "start_ack"
                else frame["payload"]["errors"][0]["errorType"]
                for frame in frames
            }
            assert told == {
                "key": "start_ack",
                "iam": "start_ack",
                "user": "start_ack",
                "none": "UnauthorizedException",
                "bad": "UnauthorizedException",
                "agent": "start_ack",
                "other-header": "BadRequestException",
                "other-text": "BadRequestException",
                "no-policy": "UnauthorizedException",
            }

    run(test())


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "meow",
        "[]",
        "null",
        "5",
        "{}",
        '{"type": "start"}',
        '{"type": "start", "id": 5}',
        '{"type": "stop"}',
        '{"type": "connection_terminate"}',
        '{"type": {"a": 1}}',
        '{"type": "start", "id": "' + "x" * 500 + '"}',
        "[" * 50_000,
    ],
)
def test_a_malformed_frame_is_an_error_and_nothing_else(api: Api, frame: str) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.send(frame)
            assert await socket.frame() == {
                "type": "error",
                "payload": {
                    "errors": [
                        {
                            "errorType": "BadRequestException",
                            "message": "Invalid message",
                        }
                    ]
                },
            }
            socket.send({"type": "connection_init"})
            assert await socket.frame() == ACK

    run(test())


@pytest.mark.parametrize(
    "payload",
    [
        None,
        5,
        {"query": "subscription { onCreatePost { id } }"},
        {"data": {"query": "{a}"}},
        {"data": "meow"},
        {"data": "[]"},
        {"data": '{"query": 5}'},
        {"data": '{"query": "{a}", "variables": []}'},
        *(
            {"data": json.dumps({"query": LISTEN, "operationName": name})}
            for name in ([], 5, 0, False, {})
        ),
    ],
)
def test_a_start_of_another_shape_is_unsupported(api: Api, payload: object) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.send({"type": "start", "id": "1", "payload": payload})
            assert (await socket.frame())["payload"]["errors"] == [
                {
                    "errorType": "UnsupportedOperation",
                    "message": "unknown not supported through the realtime channel",
                }
            ]

    run(test())


def test_an_id_in_use_is_refused_and_the_first_subscription_lives_on(api: Api) -> None:
    query = "subscription { onCreatePost { id } }"

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", query, key_header(api))
            socket.start("1", query, key_header(api))
            assert (await socket.frame())["type"] == "start_ack"
            error = (await socket.frame())["payload"]["errors"][0]
            assert error["errorType"] == "DuplicatedOperationError"
            body = json.dumps({"query": CREATE}).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            assert (await socket.frame())["type"] == "data"

    run(test())


def test_the_201st_subscription_of_a_connection_is_refused(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            query = "subscription { onCreatePost { id } }"
            for number in range(201):
                socket.start(str(number), query, key_header(api))
            frames = [await socket.frame() for _ in range(201)]
            assert frames[-1]["id"] == "200"
            assert frames[-1]["payload"]["errors"][0] == {
                "errorType": "MaxSubscriptionsReachedError",
                "message": "Max number of 200 subscriptions reached",
            }

    run(test())


def test_an_event_over_240_kb_is_dropped_and_told_to_the_operator(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", "subscription { onCreatePost { id } }", key_header(api))
            await socket.frame()
            body = json.dumps({"query": CREATE.replace("T", "x" * 250_000)}).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            await api.service.hub.settled()
            await settled()
            assert socket.outgoing.empty()
            assert any("over 240 KB" in line for line in api.log)

    run(test())


def test_a_subscriber_who_does_not_read_is_closed_and_others_are_not(api: Api) -> None:
    async def test() -> None:
        async with (
            by_query(api, key_header(api)) as reader,
            by_query(api, key_header(api)) as slow,
        ):
            for socket in (slow, reader):
                await socket.accepted()
                query = "subscription { onCreatePost { title } }"
                socket.start("1", query, key_header(api))
                await socket.frame()
            slow.reads.clear()
            body = json.dumps({"query": CREATE.replace("T", "x" * 200_000)}).encode()
            for _ in range(45):
                await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
                assert (await reader.frame())["type"] == "data"
                if any("reads too slowly" in line for line in api.log):
                    break
            slow.reads.set()
            message = await slow.event()
            while message["type"] == "websocket.send":
                message = await slow.event()
            assert message == {
                "type": "websocket.close",
                "code": 1008,
                "reason": "The client reads too slowly.",
            }
            assert any("reads too slowly" in line for line in api.log)

    run(test())


def test_a_fault_in_one_delivery_costs_the_others_nothing(api: Api) -> None:
    class Broken:
        def deliver(self, _: str) -> None:
            raise ZeroDivisionError

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            request = GraphQLRequest(LISTEN, {})
            caller = ApiKeyCaller("da2-key")
            hub = api.service.hub
            listener = Listener("onCreatePost", request, caller, {}, "shape")
            hub.add("broken", listener, Broken())
            socket.start("1", LISTEN, key_header(api))
            await socket.frame()
            body = json.dumps({"query": CREATE}).encode()
            await api.http_async("POST", "/graphql", {"x-api-key": api.key()}, body)
            assert (await socket.frame())["type"] == "data"
            assert any("ZeroDivisionError" in line for line in api.log)

    run(test())


def test_nothing_is_left_of_a_connection_that_is_gone(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", "subscription { onCreatePost { id } }", key_header(api))
            await socket.frame()
            assert api.service.hub.wants("createPost")
        assert not api.service.hub.wants("createPost")
        assert api.service.connections.count == 0

    run(test())


def test_the_connect_vector_of_the_developer_guide_is_read(api: Api) -> None:
    header = {
        "host": "example1234567890000.appsync-api.us-east-1.amazonaws.com",
        "x-api-key": "da2-12345678901234567890123456",
    }

    async def test() -> None:
        async with by_subprotocol(api, header) as socket:
            await socket.accepted()
            error = (await socket.frame())["payload"]["errors"][0]
            assert error["message"] == "You are not authorized to make this call."

    run(test())


def test_a_key_over_its_waf_rule_is_refused_at_start(api: Api) -> None:
    header = {"host": HOST, "x-api-key": api.key("watched")}

    async def test() -> None:
        async with by_query(api, header) as socket:
            await socket.accepted()
            for number in range(11):
                socket.start(str(number), LISTEN, header)
            frames = [await socket.frame() for _ in range(11)]
            assert [one["type"] for one in frames] == ["start_ack"] * 10 + ["error"]
            assert frames[-1]["id"] == "10"
            assert frames[-1]["payload"]["errors"] == [
                {"errorType": "WAFForbiddenException", "message": "403 Forbidden"}
            ]
            # Before all else, also before what is wrong with the start itself.
            socket.start("1", "meow", header)
            error = (await socket.frame())["payload"]["errors"][0]
            assert error["errorType"] == "WAFForbiddenException"

    run(test())
    body = json.dumps({"query": CREATE}).encode()
    answer = api.http("POST", "/graphql", {"x-api-key": header["x-api-key"]}, body)
    assert answer.status == 403


def test_opening_a_connection_does_not_count_for_the_waf(api: Api) -> None:
    header = {"host": HOST, "x-api-key": api.key("watched")}

    async def test() -> None:
        for _ in range(12):
            async with by_query(api, header) as socket:
                await socket.accepted()
                socket.send({"type": "connection_init"})
                assert await socket.frame() == ACK

    run(test())


def text_of(**data: object) -> dict[str, object]:
    return {"data": json.dumps(data)}


@pytest.mark.parametrize(
    ("payload", "line"),
    [
        (None, "subscription '2' refused UnsupportedOperation: 'payload.data' is not"),
        (
            text_of(query=LISTEN, operationName=5),
            "subscription '2' refused UnsupportedOperation: 'payload.data' is not",
        ),
        (
            text_of(query="subscription { nothing }"),
            "subscription '2' refused: Validation error of type FieldUndefined",
        ),
        (
            text_of(query="{ a }", operationName=None),
            "subscription '2' refused: Validation error of type FieldUndefined",
        ),
        (
            text_of(query=CREATE),
            "subscription '2' refused UnsupportedOperation: mutation not supported",
        ),
        (
            text_of(query="meow"),
            "subscription '2' refused MalformedHttpRequestException: Unable to parse",
        ),
    ],
    ids=["shape", "name", "field", "fields", "mutation", "syntax"],
)
def test_a_start_that_is_no_subscription_is_told_in_one_line(
    api: Api, payload: dict | None, line: str
) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            extensions = {"authorization": key_header(api)}
            given = {**(payload or {}), "extensions": extensions}
            socket.send({"type": "start", "id": "2", "payload": given})
            assert (await socket.frame())["type"] == "error"

    run(test())
    (told,) = api.log
    assert told.startswith(line)


def test_each_refusal_of_a_frame_is_told_in_one_line(api: Api) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.send("meow")
            for number in range(201):
                socket.start(str(number), LISTEN, key_header(api))
            socket.start("7\n8", LISTEN, {"x-api-key": "wrong"})
            socket.start("7", LISTEN, key_header(api))
            for _ in range(204):
                await socket.frame()

    run(test())
    too_many = "MaxSubscriptionsReachedError: Max number of 200 subscriptions reached"
    in_use = "DuplicatedOperationError: Operation with id '7' is already active."
    assert api.log == [
        "a frame refused BadRequestException: Invalid message",
        f"subscription '200' refused {too_many}",
        f"subscription '7?8' refused {too_many}",
        f"subscription '7' refused {in_use}",
    ]


def test_a_start_that_the_directives_or_the_policy_refuse_is_told_in_one_line(
    api: Api,
) -> None:
    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            socket.start("1", "subscription { onUserOnly { id } }", key_header(api))
            await socket.frame()
            data = json.dumps({"query": LISTEN})
            socket.start("2", LISTEN, iam_header(api, data, role="nothing"))
            await socket.frame()
            socket.start("3", LISTEN, {"host": HOST, "x-api-key": "wrong"})
            await socket.frame()

    run(test())
    directive, policy, key = api.log
    assert "denied /onUserOnly by AppSync directive" in directive
    assert "denied /onCreatePost by IAM policy" in policy
    assert key == (
        "subscription '3' refused UnauthorizedException: the API key is unknown"
    )


def test_a_connection_too_many_says_how_many_there_are(api: Api) -> None:
    api.service.connections.limit = 0

    async def test() -> None:
        async with by_query(api, key_header(api)) as socket:
            await socket.accepted()
            assert (await socket.frame())["payload"]["errors"] == [
                {
                    "errorType": "LimitExceededError",
                    "message": "Rate limit exceeded",
                    "errorCode": 429,
                }
            ]

    run(test())
    reason = "0 connections are open, the most that are served"
    assert api.log == [f"connection refused 429 LimitExceededError: {reason}"]
