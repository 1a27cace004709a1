"""Refusals of whole requests: what the operator is told, and what proxies need."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Api

POST = {"id": "1", "title": "x" * 2_000}


@pytest.mark.parametrize(
    ("query", "line"),
    [
        (
            "query A { getPost(id: 1) { id } } query B { getPost(id: 1) { id } }",
            (
                "BadRequestException: the document holds 2 operations and"
                " 'operationName' names none of them"
            ),
        ),
        (
            "subscription { onCreatePost { id } }",
            (
                "BadRequestException: a subscription needs the real-time endpoint, a"
                " WebSocket"
            ),
        ),
        (
            "{ " + "a " * 16_000 + "}",
            "BadRequestException: the document has more than 15000 tokens",
        ),
    ],
    ids=["no-operation-name", "subscription", "too-long"],
)
def test_the_log_says_why_a_document_is_refused(
    api: Api, query: str, line: str
) -> None:
    assert api.ask(query).status == 400
    assert api.log == [f"/graphql refused 400 {line}"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "X" * 5_000])
def test_another_method_is_refused_with_those_that_are_allowed(
    api: Api, method: str
) -> None:
    answer = api.http(method, "/graphql", {"x-api-key": api.key()})

    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST, OPTIONS"
    assert answer.headers["x-amzn-errortype"] == "MethodNotAllowedException"
    assert answer.json == {
        "errors": [
            {"errorType": "MethodNotAllowedException", "message": "Method Not Allowed"}
        ]
    }
    assert api.log == [
        f"/graphql refused 405 MethodNotAllowedException: the method is {method[:20]}"
    ]


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip;q=1.0", True),
        ("*", True),
        ("gzip, *;q=0", True),
        ("gzip;q=0.001", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("x-gzip-not", False),
        ("", False),
    ],
)
def test_a_long_response_is_zipped_for_whoever_takes_that(
    api: Api,
    accepted: str,
    is_zipped: bool,  # noqa: FBT001  a column of the table
) -> None:
    api.resolvers.answers["Query.getPost"] = POST
    headers = {"x-api-key": api.key(), "accept-encoding": accepted}

    answer = api.ask("{ getPost(id: 1) { title } }", headers=headers)

    body = gzip.decompress(answer.body) if is_zipped else answer.body
    assert answer.headers.get("content-encoding") == ("gzip" if is_zipped else None)
    assert answer.headers["vary"] == "Accept-Encoding"
    assert json.loads(body)["data"]["getPost"]["title"] == POST["title"]


@pytest.mark.parametrize("given", [1.0, 1.5, "1", True])
def test_a_timestamp_is_a_whole_number(api: Api, given: object) -> None:
    scalar = api.service.host.executable.schema.type_map["AWSTimestamp"]

    with pytest.raises(ValueError, match="as a valid Timestamp"):
        scalar.coerce_input_value(given)

    assert scalar.coerce_input_value(-1) == -1
