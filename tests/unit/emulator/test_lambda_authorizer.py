"""AWS_LAMBDA: the event, the answers, what is remembered and what stays closed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.providers import AuthProviders, LambdaAuthorizer
from amplikit.emulator.auth.authorizer import Authorizer, Refused
from amplikit.emulator.datasources.functions import NotRunnable
from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.emulator.shown_identity import shown_identity
from amplikit.identity.caller import LambdaCaller

if TYPE_CHECKING:
    from datetime import datetime

    from conftest import Answer, Api, MakeApi

SDL = """
type Query {
  getPost(id: ID!): Post @aws_lambda
  userOnly: String @aws_cognito_user_pools
  echo: Echo @aws_lambda
}
type Post @aws_lambda { id: ID! title: String author: User }
type User @aws_lambda { name: String }
type Echo @aws_lambda { text: String! }
"""
LAMBDA_AND_MORE = AuthConfig(AuthMode.LAMBDA, (AuthMode.IAM, AuthMode.USER_POOLS))
ALLOWED = {"isAuthorized": True, "resolverContext": {"tenant": "t1"}}
NOT_AUTHORIZED = "You are not authorized to make this call."


@dataclass
class Function:
    """The project's authorizer: answers what a test sets, and keeps its events."""

    answer: object = field(default_factory=lambda: dict(ALLOWED))
    events: list[dict[str, object]] = field(default_factory=list)

    async def invoke(
        self, name: str, event: bytes
    ) -> FunctionResult | FunctionError | NotRunnable:
        assert name == "authorizer"
        self.events.append(json.loads(event))
        if isinstance(self.answer, NotRunnable | FunctionError):
            return self.answer
        payload = None if self.answer == "null" else self.answer
        return FunctionResult(payload)


@pytest.fixture
def function() -> Function:
    return Function()


def served(make_api: MakeApi, function: Function, **settings: object) -> Api:
    providers = AuthProviders(authorizer=LambdaAuthorizer("authorizer", **settings))
    api = make_api(SDL, LAMBDA_AND_MORE, providers, invoke=function.invoke)
    api.resolvers.answers["Query.getPost"] = {"id": "1", "title": "T"}
    api.resolvers.answers["Query.echo"] = {"text": "x"}
    api.resolvers.answers["Post.author"] = {"name": "N"}
    return api


def ask(api: Api, query: str, token: str = "secret") -> Answer:
    return api.ask(query, {"a": 1}, {"authorization": token, "X-Tenant": "t"})


def test_the_function_is_told_of_the_request(
    make_api: MakeApi, function: Function
) -> None:
    api = served(make_api, function)
    query = "query Q { getPost(id: 1) { title } }"
    body = {"query": query, "variables": {"a": [1]}, "operationName": "Q"}
    headers = {"Authorization": "custom secret", "X-Tenant": "t"}
    answer = api.http("POST", "/graphql", headers, json.dumps(body).encode())

    assert answer.json == {"data": {"getPost": {"title": "T"}}}
    (event,) = function.events
    facts = api.identity.facts
    request_id = event["requestContext"]["requestId"]
    assert len(request_id) == 36
    assert event == {
        "authorizationToken": "custom secret",
        "requestContext": {
            "apiId": facts.api_id,
            "accountId": facts.account_id,
            "requestId": request_id,
            "queryString": query,
            "operationName": "Q",
            "variables": {"a": [1]},
        },
        "requestHeaders": {
            "host": "127.0.0.1:20002",
            "authorization": "custom secret",
            "x-tenant": "t",
        },
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/graphql", b"{", ("", None, {})),
        ("POST", "/graphql", b"[]", ("", None, {})),
        ("POST", "/graphql", b'{"query": 1, "variables": []}', ("", None, {})),
        ("GET", "/graphql?query=%7Ba%7D&operationName=o", b"", ("{a}", "o", {})),
        ("GET", '/graphql?query=q&variables={"v":1}', b"", ("q", None, {"v": 1})),
        ("GET", "/graphql?query=q&variables={", b"", ("", None, {})),
    ],
    ids=["no JSON", "a list", "wrong types", "GET", "GET variables", "GET broken"],
)
def test_the_event_has_what_can_be_read(
    make_api: MakeApi,
    function: Function,
    method: str,
    path: str,
    body: bytes,
    expected: tuple[str, str | None, dict[str, object]],
) -> None:
    api = served(make_api, function)
    api.http(method, path, {"authorization": "secret"}, body)
    context = function.events[0]["requestContext"]
    found = context["queryString"], context["operationName"], context["variables"]
    assert found == expected


REFUSED: dict[str, object] = {
    "false": {"isAuthorized": False},
    "nothing": {},
    "null": "null",
    "a text": {"isAuthorized": "true"},
    "a number": {"isAuthorized": 1},
    "a list": [ALLOWED],
    "a failure": FunctionError("KeyError", "'x'"),
    "a nested context": {**ALLOWED, "resolverContext": {"a": {"b": "c"}}},
    "a context with null": {**ALLOWED, "resolverContext": {"a": None}},
    "a context as a text": {**ALLOWED, "resolverContext": "a"},
    "a context over 5 MB": {**ALLOWED, "resolverContext": {"a": "x" * 5_300_000}},
    "denied fields as a text": {**ALLOWED, "deniedFields": "Query.getPost"},
    "a time as a text": {**ALLOWED, "ttlOverride": "1"},
    "a time before": {**ALLOWED, "ttlOverride": -1},
}


@pytest.mark.parametrize("name", [*REFUSED])
def test_who_is_not_let_in_is_refused_in_the_same_words(
    make_api: MakeApi, function: Function, name: str
) -> None:
    function.answer = REFUSED[name]
    api = served(make_api, function)

    answer = ask(api, "{ getPost(id: 1) { title } }")

    assert answer.status == 401
    error = {"errorType": "UnauthorizedException", "message": NOT_AUTHORIZED}
    assert answer.json == {"errors": [error]}
    assert not api.resolvers.calls
    assert "authorizer" in api.log[-1]
    assert "secret" not in "".join(api.log)


def test_a_function_that_cannot_be_run_is_the_apis_fault(
    make_api: MakeApi, function: Function
) -> None:
    function.answer = NotRunnable("it has no folder.")
    api = served(make_api, function)
    answer = ask(api, "{ getPost(id: 1) { title } }")
    assert answer.status == 400
    assert answer.json == {"errors": [{"errorType": "BadRequestException"}]}


def test_without_an_authorizer_nobody_comes_in(make_api: MakeApi) -> None:
    api = make_api(SDL, AuthConfig(AuthMode.LAMBDA))
    answer = ask(api, "{ getPost(id: 1) { title } }")
    assert answer.status == 400
    assert "no authorizer is configured" in api.log[-1]


def test_the_context_reaches_the_resolvers(
    make_api: MakeApi, function: Function
) -> None:
    function.answer = {**ALLOWED, "resolverContext": {"a": "x", "n": 1, "t": True}}
    api = served(make_api, function)
    ask(api, "{ getPost(id: 1) { title } }")
    caller = api.resolvers.calls[0].caller
    assert caller.resolver_context == {"a": "x", "n": "1", "t": "true"}
    assert caller.mode is AuthMode.LAMBDA


API = "arn:aws:appsync:us-east-1:123456789012:apis/"


@pytest.mark.parametrize(
    ("denied", "data", "paths"),
    [
        (["Post.title"], {"getPost": {"id": "1", "t": None}}, [["getPost", "t"]]),
        (["Query.getPost"], {"getPost": None}, [["getPost"]]),
        (["%s/types/Post/fields/title"], {"getPost": {"id": "1", "t": None}}, 1),
        ([API + "other/types/Post/fields/title"], None, []),
        (["Post", "Post.*", "title", "Query.other", 1, None], None, []),
        ([], None, []),
    ],
    ids=["a field", "a root field", "an ARN", "another API", "no such field", "none"],
)
def test_denied_fields_stay_closed(
    make_api: MakeApi,
    function: Function,
    denied: list[object],
    data: dict[str, object] | None,
    paths: list[list[str]] | int,
) -> None:
    api = served(make_api, function)
    arn = api.identity.facts.api_arn
    function.answer = {
        **ALLOWED,
        "deniedFields": [
            one.replace("%s", arn) if isinstance(one, str) else one for one in denied
        ],
    }

    answer = ask(api, "{ getPost(id: 1) { id t: title } }").json

    assert answer["data"] == (data or {"getPost": {"id": "1", "t": "T"}})
    errors = answer.get("errors", [])
    if isinstance(paths, list):
        assert [error["path"] for error in errors] == paths
    for error in errors:
        assert error["errorType"] == "Unauthorized"
        assert error["message"].startswith("Not Authorized to access ")


def test_a_denied_field_with_a_resolver_does_not_run_it(
    make_api: MakeApi, function: Function
) -> None:
    function.answer = {**ALLOWED, "deniedFields": ["Post.author", "Echo.text"]}
    api = served(make_api, function)
    answer = ask(api, "{ getPost(id: 1) { author { name } } echo { text } }").json
    assert answer["data"] == {"getPost": {"author": None}, "echo": None}
    assert [call.field for call in api.resolvers.calls] == ["getPost", "echo"]


def test_directives_hold_for_the_mode(make_api: MakeApi, function: Function) -> None:
    api = served(make_api, function)
    (error,) = ask(api, "{ userOnly }").json["errors"]
    assert error["message"] == "Not Authorized to access userOnly on type Query"


@pytest.mark.parametrize(
    ("ttl_s", "answer", "after_s", "asked"),
    [
        (0, ALLOWED, 0, 2),
        (60, ALLOWED, 59, 1),
        (60, ALLOWED, 60, 2),
        (60, {**ALLOWED, "ttlOverride": 0}, 0, 2),
        (0, {**ALLOWED, "ttlOverride": 10}, 9, 1),
        (0, {**ALLOWED, "ttlOverride": 10}, 10, 2),
        (60, {"isAuthorized": False}, 59, 1),
        (60, {}, 1, 2),
        (60, FunctionError("E", "m"), 1, 2),
        (60, {**ALLOWED, "deniedFields": ["x" * 1_048_576]}, 1, 2),
    ],
    ids=[
        *("off", "kept", "over", "not this one", "this one", "this one over"),
        *("a refusal", "no verdict", "a failure", "too large"),
    ],
)
def test_an_answer_holds_for_its_time(
    make_api: MakeApi,
    function: Function,
    ttl_s: int,
    answer: object,
    after_s: int,
    asked: int,
) -> None:
    function.answer = answer
    api = served(make_api, function, ttl_s=ttl_s)
    for _ in range(2):
        ask(api, "{ getPost(id: 1) { title } }")
        api.clock[0] += timedelta(seconds=after_s)
    assert len(function.events) == asked


def test_answers_are_remembered_for_each_token(
    make_api: MakeApi, function: Function
) -> None:
    api = served(make_api, function, ttl_s=60)
    for token in ("a", "b", "a", "Bearer a", "A"):
        ask(api, "{ getPost(id: 1) { title } }", token)
    tokens = [event["authorizationToken"] for event in function.events]
    assert tokens == ["a", "b", "Bearer a", "A"]


def test_a_token_of_another_form_is_refused_unasked(
    make_api: MakeApi, function: Function
) -> None:
    api = served(make_api, function, token_pattern="tok-[0-9]+")
    query = "{ getPost(id: 1) { title } }"
    for token in ("tok-", "xtok-1", "tok-1x", "Bearer tok-1", "tok-1 2"):
        assert ask(api, query, token).status == 401
    assert not function.events
    assert ask(api, query, "tok-12").status == 200


def test_a_function_that_takes_too_long_is_given_up(
    make_api: MakeApi, function: Function
) -> None:
    api = served(make_api, function)

    async def never(_name: str, _event: bytes) -> None:
        await asyncio.Event().wait()

    settings = LambdaAuthorizer("authorizer")
    authorizer = Authorizer(settings, never, "arn", time_limit_s=0)
    now: datetime = api.clock[0]
    verdict = asyncio.run(authorizer.judge("t", {}, now))
    assert verdict == Refused("'authorizer' took more than 0 s")


def test_a_function_behind_a_field_is_shown_the_context_alone() -> None:
    caller = LambdaCaller({"tenant": "t1"}, frozenset({"Post.title"}))
    assert shown_identity(caller) == {"resolverContext": {"tenant": "t1"}}
