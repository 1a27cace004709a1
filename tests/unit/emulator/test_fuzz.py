from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from conftest import Answer, Api

FUZZ = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=150,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
TOKENS = st.sampled_from(
    [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        "!",
        "$",
        "@",
        "...",
        "=",
        "|",
        "&",
        '"x"',
        '"""y"""',
        "1",
        "-2.5e9",
        "1e999",
        "query",
        "mutation",
        "subscription",
        "fragment",
        "on",
        "getPost",
        "listPosts",
        "createPost",
        "id",
        "title",
        "items",
        "input",
        "filter",
        "true",
        "null",
        "$v",
        "@skip",
        "@include(if:",
        "true)",
        "__typename",
        "__schema",
        "Post",
    ]
)
QUERIES = st.lists(TOKENS, max_size=30).map(" ".join)


def check(api: Api, answer: Answer) -> None:
    assert answer.status in {200, 400}
    assert isinstance(answer.json, dict)
    assert ("errors" in answer.json) or answer.json["data"] is not None
    assert "Traceback" not in "".join(api.log)


@FUZZ
@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(api: Api, body: bytes) -> None:
    check(api, api.http("POST", "/graphql", {"x-api-key": api.key()}, body))


@FUZZ
@given(query=JSON | QUERIES, variables=JSON, name=JSON)
def test_any_json_is_answered(
    api: Api, query: object, variables: object, name: object
) -> None:
    asked = {"query": query, "variables": variables, "operationName": name}
    body = json.dumps(asked).encode()

    check(api, api.http("POST", "/graphql", {"x-api-key": api.key()}, body))


@FUZZ
@given(value=JSON)
def test_any_variable_is_answered(api: Api, value: object) -> None:
    query = (
        "mutation M($i: CreatePostInput!) { createPost(input: $i)"
        " { id title views score meta tags state at } }"
    )
    given_values = [value, {"title": value}, {"title": "a", "score": value}]
    given_values += [{"title": "a", "meta": json.dumps(value)}]
    given_values += [{"title": "a", "tags": value, "state": value, "at": value}]
    for one in given_values:
        body = json.dumps({"query": query, "variables": {"i": one}}).encode()
        answer = api.http("POST", "/graphql", {"x-api-key": api.key()}, body)
        assert answer.status in {200, 400}
        assert "Traceback" not in "".join(api.log)
        assert "InternalFailure" not in answer.body.decode()


@FUZZ
@given(
    headers=st.dictionaries(
        st.sampled_from(["x-api-key", "authorization", "host"]),
        st.text(st.characters(max_codepoint=255), max_size=40),
    )
)
def test_any_credentials_are_answered(api: Api, headers: dict[str, str]) -> None:
    answer = api.http("POST", "/graphql", headers, b"{}")

    assert answer.status in {401, 403}
    assert "Traceback" not in "".join(api.log)


@FUZZ
@given(rest=st.text(st.characters(max_codepoint=255), max_size=60))
def test_any_signature_is_answered(api: Api, rest: str) -> None:
    headers = {"authorization": f"AWS4-HMAC-SHA256 {rest}", "x-amz-date": rest}

    answer = api.http("POST", "/graphql", headers, b"{}")

    assert answer.status in {401, 403, 400}
    assert "Traceback" not in "".join(api.log)
