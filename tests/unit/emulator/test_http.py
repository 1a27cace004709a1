from __future__ import annotations

import asyncio
import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conftest import Api

GET_POST = "{ getPost(id: 1) { id title } }"


def refusal(error_type: str, message: str) -> dict[str, object]:
    return {"errors": [{"errorType": error_type, "message": message}]}


NO_HEADER = refusal("UnauthorizedException", "Valid authorization header not provided.")
NOT_AUTHORIZED = refusal(
    "UnauthorizedException", "You are not authorized to make this call."
)
UNPARSABLE = refusal("MalformedHttpRequestException", "Unable to parse GraphQL query.")


def test_a_query_is_answered_with_data_alone(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post

    answer = api.ask(GET_POST)

    assert answer.status == 200
    assert answer.json == {"data": {"getPost": {"id": "1", "title": "Hello"}}}
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-amzn-appsync-tokensconsumed"] == "1"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    assert "x-amzn-errortype" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"accept": "*/*"}, NO_HEADER),
        ({"authorization": ""}, NO_HEADER),
        ({"authorization": "meow"}, NO_HEADER),
        ({"x-api-key": "da2-wrong"}, NOT_AUTHORIZED),
        ({"x-api-key": ""}, NOT_AUTHORIZED),
        ({"x-api-key": "schl\xfcssel"}, NOT_AUTHORIZED),
        ({"authorization": "a.b.c"}, NO_HEADER),
    ],
    ids=["none", "empty", "garbage", "wrong-key", "empty-key", "latin-key", "no-jwt"],
)
def test_a_request_without_usable_credentials_is_401(
    api: Api, headers: dict[str, str], expected: object
) -> None:
    answer = api.ask(GET_POST, headers=headers)

    assert answer.status == 401
    assert answer.json == expected
    assert answer.headers["x-amzn-errortype"] == "UnauthorizedException"


def test_an_expired_key_is_answered_as_a_wrong_one_and_told_apart_in_the_log(
    api: Api,
) -> None:
    api.clock[0] += timedelta(days=8)

    answer = api.ask(GET_POST)

    assert (answer.status, answer.json) == (401, NOT_AUTHORIZED)
    assert "expired at" in api.log[-1]
    assert api.key() not in "".join(api.log)


@pytest.mark.parametrize("use", ["id", "access"])
@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_both_tokens_are_accepted_with_and_without_bearer(
    api: Api, post: dict, use: str, prefix: str
) -> None:
    api.resolvers.answers["Query.getPost"] = post

    answer = api.ask(GET_POST, headers={"authorization": prefix + api.token(use)})

    assert answer.json == {"data": {"getPost": {"id": "1", "title": "Hello"}}}
    assert api.resolvers.calls[0].caller.username == "alice"


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iss": "https://elsewhere"}, "Valid authorization header not provided."),
        ({"exp": 1}, "Token has expired."),
        ({"client_id": "other"}, "Unauthorized"),
        ({"token_use": "refresh"}, "You are not authorized to make this call."),
    ],
    ids=["issuer", "expired", "client", "use"],
)
def test_a_token_that_does_not_hold_is_401(
    api: Api, claims: dict[str, object], message: str
) -> None:
    answer = api.ask(GET_POST, headers={"authorization": api.token(**claims)})

    assert answer.status == 401
    assert answer.json == refusal("UnauthorizedException", message)


def _with_claims_of(other: str, token: str) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{other.split('.')[1]}.{signature}"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            lambda api, token: _with_claims_of(api.token(device="x"), token),
            (
                "the token is refused (signature): it was changed, or signed with"
                " another key of this name"
            ),
        ),
        (
            lambda _, token: token.rpartition(".")[0] + ".",
            (
                "the token is refused (malformed): it is not three parts of base64url,"
                " the first two JSON objects"
            ),
        ),
        (
            lambda api, _: api.token(iss="https://elsewhere"),
            (
                "the token is from 'https://elsewhere', the API trusts"
                " http://127.0.0.1:20002/"
            ),
        ),
    ],
    ids=["changed", "unsigned", "issuer"],
)
def test_the_log_says_what_is_wrong_with_a_token(
    api: Api, spoil: Callable[[Api, str], str], reason: str
) -> None:
    token = spoil(api, api.token())

    assert api.ask(GET_POST, headers={"authorization": token}).status == 401

    (line,) = api.log
    assert line.startswith(f"/graphql refused 401 UnauthorizedException: {reason}")
    assert token not in line


def test_a_signed_request_is_answered(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    body = json.dumps({"query": GET_POST}).encode()

    answer = api.http("POST", "/graphql", api.signed("writer", body), body)

    assert answer.json == {"data": {"getPost": {"id": "1", "title": "Hello"}}}
    assert api.resolvers.calls[0].caller.role == "writer"


def test_a_tampered_body_is_a_signature_mismatch(api: Api) -> None:
    body = json.dumps({"query": GET_POST}).encode()

    answer = api.http("POST", "/graphql", api.signed("writer", body), body + b" ")

    assert answer.status == 403
    assert answer.headers["x-amzn-errortype"] == "InvalidSignatureException"


def test_a_request_whose_every_root_field_the_policy_refuses_is_refused(
    api: Api,
) -> None:
    body = b'{"query": "mutation { deletePost(id: 1) { id } }"}'

    answer = api.http("POST", "/graphql", api.signed("writer", body), body)

    assert answer.status == 401
    assert answer.json == refusal("UnauthorizedException", "Permission denied")
    assert not api.resolvers.calls
    assert len(api.log) == 1
    assert "by IAM policy" in api.log[0]


def test_one_root_field_of_two_that_the_policy_refuses_is_null(
    api: Api, post: dict
) -> None:
    api.resolvers.answers["Query.getPost"] = post
    body = b'{"query": "{ getPost(id: 1) { id } listPosts { nextToken } }"}'

    answer = api.http("POST", "/graphql", api.signed("writer", body), body)

    assert answer.json["data"] == {"getPost": {"id": "1"}, "listPosts": None}
    assert [error["message"] for error in answer.json["errors"]] == [
        "Not Authorized to access listPosts on type Query"
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Request body is empty."),
        (b"meow", None),
        (b"{}", None),
        (b"{}}", None),
        (b"[]", None),
        (b"null", None),
        (b"\xff\xfe", None),
        (b'{"query": null}', None),
        (b'{"query": 5}', None),
        (b'{"query": "{"}', None),
        (b'{"query": ""}', None),
        (b'{"query": "{}"}', None),
        (b'{"query": "fragment F on Post { id }"}', None),
        (b'{"query": "{a}", "variables": "x"}', None),
        (b'{"query": "{a}", "variables": [1]}', None),
        (b'{"query": "{a}", "operationName": 5}', None),
        (b'{"query": "{a}", "variables": {"x": NaN}}', None),
        (b'{"query": "\\ud800"}', None),
        (b"[" * 100_000, None),
        (b'{"query": "' + b"{a" * 5_000 + b'"}', None),
        (b'{"query": "{a(x:' + b"[" * 5_000 + b'"}', None),
    ],
)
def test_a_body_that_is_no_request_is_400(
    api: Api, body: bytes, message: str | None
) -> None:
    answer = api.http("POST", "/graphql", {"x-api-key": api.key()}, body)

    assert answer.status == 400
    assert answer.json == (
        refusal("MalformedHttpRequestException", message) if message else UNPARSABLE
    )
    assert "Traceback" not in "".join(api.log)


def test_a_query_string_is_a_request_too(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    query = "query=query($i:ID!){getPost(id:$i){id}}&variables=%7B%22i%22:%221%22%7D"

    answer = api.http("GET", f"/graphql?{query}", {"x-api-key": api.key()})

    assert answer.json == {"data": {"getPost": {"id": "1"}}}


@pytest.mark.parametrize("query", ["", "query=", "query={a}&variables=x", "x=" * 50])
def test_a_query_string_that_is_no_request_is_400(api: Api, query: str) -> None:
    answer = api.http("GET", f"/graphql?{query}", {"x-api-key": api.key()})

    assert (answer.status, answer.json) == (400, UNPARSABLE)


def test_several_operations_need_a_name(api: Api) -> None:
    answer = api.ask("query A { userOnly } query B { userOnly }")

    assert answer.status == 400
    assert answer.json == refusal("BadRequestException", "Missing operation name.")


def test_a_subscription_over_http_is_400(api: Api) -> None:
    answer = api.ask("subscription { onCreatePost { id } }")

    assert answer.status == 400
    assert answer.json == refusal(
        "BadRequestException", "Subscriptions over MQTT is not supported."
    )


def test_more_than_15000_tokens_are_refused_before_they_are_parsed(api: Api) -> None:
    answer = api.ask("{" + "a " * 15_000 + "}")

    assert answer.status == 400
    assert answer.json == refusal("BadRequestException", "Maximum char length exceeded")


def test_a_body_over_a_megabyte_is_413(api: Api) -> None:
    body = b'{"query": "' + b"x" * 1_100_000 + b'"}'

    answer = api.http("POST", "/graphql", {"x-api-key": api.key()}, body)

    assert answer.status == 413
    assert answer.headers["x-amzn-errortype"] == "RequestEntityTooLargeException"


def test_a_declared_length_is_refused_unread(api: Api) -> None:
    headers = {"x-api-key": api.key(), "content-length": "9" * 30}

    assert api.http("POST", "/graphql", headers, b"{}").status == 413


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:20002", 200),
        ("LOCALHOST", 200),
        ("[::1]:5", 200),
        ("evil.example", 403),
        ("localhost.evil.example:20002", 403),
        ("", 403),
        ("127.0.0.1.nip.io", 403),
    ],
)
@pytest.mark.parametrize("path", ["/_amplikit/health", "/graphql?query={__typename}"])
def test_only_local_names_are_served(
    api: Api, path: str, host: str, status: int
) -> None:
    answer = api.http("GET", path, {"host": host, "x-api-key": api.key()})

    assert answer.status == status


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/_amplikit/console", "The console"),
        ("/_amplikit/graphql", "The admin API"),
    ],
)
def test_what_a_later_version_serves_says_so(api: Api, path: str, name: str) -> None:
    answer = api.http("POST", path)

    assert answer.status == 501
    message = f"{name} is not in this version of amplikit."
    assert answer.json == refusal("NotFoundException", message)


@pytest.mark.parametrize("path", ["/", "/graphql/", "/partner", "/cognito-idp/x"])
def test_any_other_path_is_404(api: Api, path: str) -> None:
    answer = api.http("GET", path)

    assert answer.status == 404
    assert answer.json == refusal("NotFoundException", "Not Found")
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_allows_what_is_asked(api: Api) -> None:
    asked = {"access-control-request-headers": "authorization,x-amz-user-agent"}

    answer = api.http("OPTIONS", "/graphql", asked)

    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == (
        "authorization,x-amz-user-agent"
    )
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(("asked", "allowed"), [("true", "true"), ("false", None)])
def test_a_public_page_may_ask_for_a_local_server(
    api: Api, asked: str, allowed: str | None
) -> None:
    headers = {"access-control-request-private-network": asked}

    answer = api.http("OPTIONS", "/graphql", headers)

    assert answer.headers.get("access-control-allow-private-network") == allowed


def test_a_long_answer_is_zipped_for_who_asks(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post | {"title": "x" * 2_000}
    headers = {"x-api-key": api.key(), "accept-encoding": "gzip, deflate"}
    body = json.dumps({"query": GET_POST}).encode()

    answer = api.http("POST", "/graphql", headers, body)

    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.body))["data"]["getPost"]["id"] == "1"


def test_the_health_route_asks_for_nothing(api: Api) -> None:
    assert api.http("GET", "/_amplikit/health").json == {"status": "ok"}


def test_a_fault_of_ours_is_a_field_error_and_a_traceback_for_the_operator(
    api: Api,
) -> None:
    api.resolvers.answers["Query.getPost"] = ZeroDivisionError("boom")

    answer = api.ask(GET_POST)

    assert answer.json["errors"][0]["errorType"] == "InternalFailure"
    assert "boom" not in answer.body.decode()
    assert "ZeroDivisionError: boom" in "".join(api.log)


@pytest.mark.parametrize(
    ("token", "explained"),
    [("admin-secret", True), ("wrong", False), ("", False), ("\xe4", False)],
)
def test_an_explanation_needs_the_administrators_token(
    api: Api, token: str, *, explained: bool
) -> None:
    headers = {"x-api-key": api.key(), "x-amplikit-explain": token}

    answer = api.ask("{ userOnly listPosts { nextToken } }", headers=headers)

    assert ("extensions" in answer.json) is explained
    if explained:
        told = answer.json["extensions"]["amplikit"]
        assert told["decisions"][0] == {
            "path": ["userOnly"],
            "layer": "directive",
            "verdict": "deny",
            "rule": {"file": "schema/post.graphql", "line": 4},
            "values": {
                "mode": "API_KEY",
                "admitted": ["AMAZON_COGNITO_USER_POOLS"],
            },
            "hint": "The field admits AMAZON_COGNITO_USER_POOLS; the call came by"
            " API_KEY. Add an @auth rule with this provider, or call with another"
            " mode.",
            "considered": [],
        }
        assert told["reads"][0]["dropped_by_filter"] == 1
        (pitfall,) = told["pitfalls"]
        assert pitfall == {
            "code": "filter-on-a-page",
            "path": ["listPosts"],
            "message": "1 read, 1 dropped by the filter, 0 returned, and nextToken says"
            " that there is more.",
            "hint": "Follow nextToken to its end: the filter counts after the limit.",
        }


def test_the_log_tells_a_short_list_and_a_denied_field_in_a_line_each(
    api: Api,
) -> None:
    api.ask("{ listPosts { nextToken } userOnly }")

    assert api.log[0].startswith("listPosts: 1 read, 0 matched (1 dropped by the")
    assert (
        "denied /userOnly by AppSync directive [schema/post.graphql:4:3]"
        in (api.log[1])
    )
    assert api.log[2].startswith("pitfall [filter-on-a-page] /listPosts: 1 read, ")
    assert not any("\n" in line for line in api.log)


def deliver(api: Api, receive: Callable[[], Awaitable[dict]]) -> list[dict]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    asyncio.run(api.app(scope, receive, send))
    return sent


def test_a_client_that_leaves_is_not_answered(api: Api) -> None:
    async def receive() -> dict:
        return {"type": "http.disconnect"}

    assert deliver(api, receive) == []


def test_a_body_without_end_is_refused_at_a_megabyte(api: Api) -> None:
    read = []

    async def receive() -> dict:
        read.append(1)
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    start, _ = deliver(api, receive)

    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]
    assert len(read) == 17


@pytest.mark.parametrize(
    ("raised", "status"), [(TimeoutError, 408), (asyncio.CancelledError, 503)]
)
def test_a_body_that_does_not_come_ends_the_connection(
    api: Api, raised: type[BaseException], status: int
) -> None:
    async def receive() -> dict:
        raise raised

    start, _ = deliver(api, receive)

    assert start["status"] == status
    assert (b"connection", b"close") in start["headers"]
    assert api.log == []


def _spreading(levels: int, last: str) -> str:
    fragments = " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)
    )
    return f"{{ ...F0 }} {fragments} {last}"


@pytest.mark.parametrize(
    "query",
    [
        _spreading(80, "fragment F80 on Query { zz }"),
        _spreading(300, "fragment F300 on Query { zz }"),
        _spreading(3, ""),
        "{ ...F zz } fragment F on Query { ...F ...F }",
        "{ zz " + "... { " * 60 + "zz" + " }" * 61,
    ],
    ids=["x80", "x300", "missing", "endless", "inline"],
)
def test_an_invalid_document_is_read_in_the_time_of_its_length(
    api: Api, query: str
) -> None:
    answer = api.ask(query)

    assert answer.status == 200
    assert answer.json["data"] is None
    assert "Traceback" not in "".join(api.log)


def test_two_hosts_are_no_host(api: Api) -> None:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b""}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/_amplikit/health",
        "query_string": b"",
        "headers": [(b"host", b"evil.example"), (b"host", b"localhost")],
    }
    asyncio.run(api.app(scope, receive, send))

    assert sent[0]["status"] == 403
