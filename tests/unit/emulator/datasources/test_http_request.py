"""What ``@http`` sends, and what an answer means, beside what the oracle compares."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amplikit.blueprint.remote import HttpCall
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.datasources.http_request import (
    HttpAnswer,
    HttpRequest,
    answered,
    http_request,
)
from amplikit.emulator.run import Run
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, UserPoolCaller

ORIGIN = "https://api.example.com"
GET = HttpCall("GET", ORIGIN, "/a")
VARIABLES = {"env": "dev", "aws_region": "eu-west-1"}
USER = UserPoolCaller("s-1", "alice", "issuer", {"sub": "s-1", "email": "a@b.c"})


def asked(
    call: HttpCall,
    arguments: dict[str, object] | None = None,
    headers: dict[str, object] | None = None,
    caller: object = USER,
) -> HttpRequest | FieldError:
    given = FieldCall("Query", "a", {}, {"id": 7}, caller, ("a",), headers or {})
    run = Run(given, Trace(), "now", lambda: "id", arguments or {})
    return http_request(call, run, VARIABLES)


@pytest.mark.parametrize(
    ("path", "arguments", "url"),
    [
        ("/a/:id", {"params": {"id": "7"}}, "/a/7"),
        ("/a/:id/:id?b=:c", {"params": {"id": "x", "c": "y"}}, "/a/x/x?b=y"),
        ("/:env/${env}/${aws_region}", {"params": {"env": "e"}}, "/e/dev/eu-west-1"),
        (
            "/a",
            {"query": {"b": True, "c": 1, "d": Decimal("1.5")}},
            "/a?b=true&c=1&d=1.5",
        ),
        ("/a", {"query": {"b": None, "c": ["x", None, "y"]}}, "/a?c=x&c=y"),
        ("/a?x=1", {"query": {"b": "é &"}}, "/a?x=1&b=%C3%A9+%26"),
        ("/a", {"query": {}}, "/a"),
        ("/a", {"query": None}, "/a"),
    ],
)
def test_paths_and_queries(path: str, arguments: dict[str, object], url: str) -> None:
    request = asked(HttpCall("GET", ORIGIN, path), arguments)
    assert isinstance(request, HttpRequest)
    assert request.url == f"{ORIGIN}{url}"


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb", "\x00", '", "method": "PUT'])
def test_a_value_that_breaks_the_template_sends_nothing(value: str) -> None:
    call = HttpCall("GET", ORIGIN, "/a/:id")
    refused = asked(call, {"params": {"id": value}})
    assert isinstance(refused, FieldError)
    assert refused.error_type == "MappingTemplate"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("plain", "plain"),
        ("$ctx.args.x", "1"),
        ("${ctx.args.x}2", "12"),
        ("$context.arguments.x!", "1!"),
        ("$ctx.identity.claims.email", "a@b.c"),
        ("$ctx.request.headers.x-who", "me"),
        ("$ctx.source.id/$ctx.stash.fieldName", "7/a"),
        ("$ctx.args.nothing", "$ctx.args.nothing"),
        ("$!ctx.args.nothing.", "."),
        ("$!{ctx.args.nothing}", ""),
        ("$util.autoId()", "$util.autoId()"),
        ("$ctx.args.toString()", "$ctx.args.toString()"),
        ("$ctxx.args.x $", "$ctxx.args.x $"),
        ("cost: 5$", "cost: 5$"),
        ("${env}-${aws_region}", "dev-eu-west-1"),
    ],
)
def test_what_a_header_refers_to(given: str, wanted: str) -> None:
    call = HttpCall("GET", ORIGIN, "/a", (("X-Test", given),))
    request = asked(call, {"x": 1}, {"x-who": "me"})
    assert isinstance(request, HttpRequest)
    assert request.headers["x-test"] == wanted


def test_the_request_s_own_headers_are_sent_on_but_those_of_the_connection() -> None:
    given = {
        "authorization": "token",
        "host": "here",
        "content-length": "3",
        "connection": "close",
        "te": "trailers",
        "x-two": ["a", "b"],
        "accept-encoding": "br",
    }
    request = asked(GET, {}, given)
    assert isinstance(request, HttpRequest)
    assert request.headers == {
        "authorization": "token",
        "x-two": "a,b",
        "accept-encoding": "application/json",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_is_json(method: str) -> None:
    call = HttpCall(method, ORIGIN, "/a", required=("title",))
    request = asked(call, {"body": {"title": "é", "n": Decimal("1.50")}})
    assert isinstance(request, HttpRequest)
    assert request.body == '{"title":"é","n":1.5}'.encode()
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("title", [None, False])
def test_what_is_required_must_be_in_the_query_or_the_body(title: object) -> None:
    call = HttpCall("POST", ORIGIN, "/a", required=("title",))
    refused = asked(call, {"body": {"title": title}, "query": {}})
    assert isinstance(refused, FieldError)
    assert refused.message.startswith("An argument you marked as Non-Null")
    assert refused.error_type is None


def test_a_deletion_has_no_query() -> None:
    request = asked(HttpCall("DELETE", ORIGIN, "/a"), {"query": {"b": "c"}})
    assert isinstance(request, HttpRequest)
    assert request.url == f"{ORIGIN}/a"


@pytest.mark.parametrize("caller", [ApiKeyCaller("k"), USER])
def test_no_caller_sends_an_identity_by_itself(caller: object) -> None:
    request = asked(GET, {}, {}, caller)
    assert isinstance(request, HttpRequest)
    assert request.headers == {"accept-encoding": "application/json"}


@pytest.mark.parametrize(
    ("method", "answer", "wanted"),
    [
        (
            "GET",
            HttpAnswer(200, "application/json", '{"a": 0.10}'),
            {"a": Decimal("0.10")},
        ),
        ("GET", HttpAnswer(200, "", " null "), None),
        ("GET", HttpAnswer(200, "", ""), None),
        ("POST", HttpAnswer(201, "", "[1]"), [1]),
        (
            "GET",
            HttpAnswer(200, "text/XML; charset=utf-8", "<a b='1'><c>x</c><c>2</c></a>"),
            {"a": {"b": 1, "c": ["x", 2]}},
        ),
    ],
)
def test_an_answer_is_the_value(
    method: str, answer: HttpAnswer, wanted: object
) -> None:
    assert answered(HttpCall(method, ORIGIN, "/"), answer) == Resolved(wanted)


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 201), ("GET", 302), ("POST", 204), ("GET", 500)]
)
def test_another_status_is_an_error_beside_null(method: str, status: int) -> None:
    answer = answered(HttpCall(method, ORIGIN, "/"), HttpAnswer(status, "", "why"))
    assert answer == Resolved(None, (FieldError("why", str(status)),))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", "hello"),
        ("application/json", "{"),
        ("application/json", "NaN"),
        ("application/json", "[" * 100_000),
        ("text/xml", "<a>"),
        ("text/xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
        ("text/xml", "<a>" * 1_000 + "</a>" * 1_000),
    ],
)
def test_what_cannot_be_read_is_the_template_s_error(
    content_type: str, body: str
) -> None:
    refused = answered(GET, HttpAnswer(200, content_type, body))
    assert isinstance(refused, FieldError)
    assert refused.error_type == "MappingTemplate"
    assert refused.message.startswith("Unable to convert ")
