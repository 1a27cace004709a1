"""What is sent, what is tried again, and when it ends."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from amplikit_client import (
    ApiKeyAuth,
    AppSyncClient,
    AppSyncError,
    GraphQLError,
    IamAuth,
    InvalidCall,
    RetryPolicy,
    Throttled,
    Unauthorized,
    Unreachable,
    UserPoolAuth,
)

if TYPE_CHECKING:
    from collections.abc import Callable

OK = (200, {"data": {"a": 1}})
BROKEN = Unreachable("gone")
THROTTLED = (429, {"message": "Too Many Requests"})
DOWN = (503, b"")
EXPIRED_TOKEN = (
    401,
    {
        "errors": [
            {"errorType": "UnauthorizedException", "message": "Token has expired."}
        ]
    },
)
EXPIRED_KEYS = (
    403,
    {
        "errors": [
            {
                "errorType": "UnrecognizedClientException",
                "message": "The security token included in the request is expired.",
            }
        ]
    },
)


def test_a_call_holds_the_query_and_what_was_given(service: Callable) -> None:
    api = service(OK)
    client = api.client()
    client.execute("{ a }")
    client.execute("query A { a }", {"x": "ü", "n": None}, "A")
    assert api.bodies == [
        {"query": "{ a }"},
        {
            "query": "query A { a }",
            "variables": {"x": "ü", "n": None},
            "operationName": "A",
        },
    ]
    assert api.calls[0].headers == {
        "content-type": "application/json",
        "x-api-key": "da2-key",
    }


REPEATED = {
    "query after 429": ("{ a }", THROTTLED, 2),
    "query after 500": ("{ a }", (500, b""), 2),
    "query after 503": ("{ a }", DOWN, 2),
    "query after a broken connection": ("{ a }", BROKEN, 2),
    "mutation after 429": ("mutation { a }", THROTTLED, 2),
    "mutation after 503": ("mutation { a }", DOWN, 1),
    "mutation after a broken connection": ("mutation { a }", BROKEN, 1),
    "mutation hidden behind a comment": ("# query\nmutation { a }", DOWN, 1),
    "not GraphQL, after 503": ("nonsense", DOWN, 1),
    "query after a refusal": ("{ a }", (401, b""), 1),
    "query after 404": ("{ a }", (404, b""), 1),
    "query after an error in the data": ("{ a }", (200, {"errors": [{}]}), 1),
    "query after a bad certificate": (
        "{ a }",
        Unreachable("certificate", permanent=True),
        1,
    ),
    "query after a spent quota": ("{ a }", (429, {"message": "Limit Exceeded"}), 1),
}


@pytest.mark.parametrize(("query", "first", "calls"), REPEATED.values(), ids=REPEATED)
def test_only_what_is_safe_and_may_pass_is_repeated(
    service: Callable, query: str, first: object, calls: int
) -> None:
    api = service(first, OK)
    if calls == 2:
        assert api.client().execute(query) == {"a": 1}
    else:
        with pytest.raises(AppSyncError):
            api.client().execute(query)
    assert len(api.calls) == calls


def test_pauses_grow_and_are_a_random_part_of_their_limit(service: Callable) -> None:
    api = service(DOWN)
    with pytest.raises(GraphQLError):
        api.client().execute("{ a }")
    assert api.slept_s == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6])
    assert len(api.calls) == 6


def test_a_throttled_call_is_tried_until_its_turn_comes(service: Callable) -> None:
    throttled = (429, {"message": "Too Many Requests"})
    api = service(*[throttled] * 9, OK)
    assert api.client().execute("mutation { a }") == {"a": 1}
    assert len(api.calls) == 10
    api = service(throttled)
    with pytest.raises(Throttled):
        api.client(retry=RetryPolicy(throttled_tries=1)).execute("{ a }")
    assert api.slept_s == []


def test_a_pause_is_never_shorter_than_the_service_asks(service: Callable) -> None:
    api = service(
        (429, b"", {"Retry-After": "3"}), (503, b"", {"retry-after": "5"}), OK
    )
    api.client().execute("{ a }")
    assert api.slept_s == pytest.approx([3.1, 5.1])


def test_a_pause_beyond_the_end_is_not_begun(service: Callable) -> None:
    api = service((429, b"", {"Retry-After": "3600"}))
    with pytest.raises(Throttled) as raised:
        api.client().execute("{ a }")
    assert raised.value.retry_after_s == 3600
    assert api.slept_s == []


@pytest.mark.parametrize("takes_s", [0.0, 0.5, 5.0, 29.0, 600.0])
@pytest.mark.parametrize("asked", [{}, {"Retry-After": "9"}], ids=["backoff", "asked"])
def test_giving_up_takes_less_than_a_minute(
    service: Callable, takes_s: float, asked: dict[str, str]
) -> None:
    api = service((503, b"", asked), takes_s=takes_s)
    with pytest.raises(GraphQLError):
        api.client(retry=RetryPolicy(tries=1000)).execute("{ a }")
    assert api.passed_s < 60
    assert all(call.timeout_s > 0 for call in api.calls)


def test_an_expired_token_is_asked_for_once_more(service: Callable) -> None:
    tokens = iter(["old", "new", "newer"])
    api = service(EXPIRED_TOKEN, OK)
    api.client(UserPoolAuth(lambda: next(tokens))).execute("mutation { a }")
    assert [call.headers["Authorization"] for call in api.calls] == ["old", "new"]
    assert api.slept_s == []


def test_a_token_that_stays_expired_is_an_error(service: Callable) -> None:
    api = service(EXPIRED_TOKEN)
    with pytest.raises(Unauthorized):
        api.client(UserPoolAuth(lambda: "old")).execute("{ a }")
    assert len(api.calls) == 2


@pytest.mark.parametrize(
    ("auth", "answer"),
    [
        (UserPoolAuth("fixed"), EXPIRED_TOKEN),
        (ApiKeyAuth("fixed"), EXPIRED_TOKEN),
        (IamAuth("eu-west-1", "AKIA", "secret"), EXPIRED_KEYS),
    ],
    ids=["token", "key", "credentials"],
)
def test_what_cannot_be_renewed_is_sent_once(
    service: Callable, auth: object, answer: object
) -> None:
    api = service(answer)
    with pytest.raises(Unauthorized):
        api.client(auth).execute("{ a }")
    assert len(api.calls) == 1


def test_expired_credentials_are_looked_up_again(
    service: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDONE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    api = service(EXPIRED_KEYS, OK)
    api.client(IamAuth("eu-west-1")).execute("mutation { a }")
    assert len(api.calls) == 2


INVALID = {
    "datetime": ("{ a }", {"x": datetime.min.replace(tzinfo=UTC)}),
    "Decimal": ("{ a }", {"x": Decimal(1)}),
    "bytes": ("{ a }", {"x": b"1"}),
    "not a number": ("{ a }", {"x": math.nan}),
    "half a surrogate": ("{ a }", {"x": "\ud800"}),
    "query in bytes": (b"{ a }", None),
    "subscription": ("subscription { a }", None),
}


@pytest.mark.parametrize(("query", "variables"), INVALID.values(), ids=INVALID)
def test_a_call_that_cannot_be_made_is_not_sent(
    service: Callable, query: str, variables: dict | None
) -> None:
    api = service(OK)
    with pytest.raises(InvalidCall) as raised:
        api.client().execute(query, variables)
    assert isinstance(raised.value, ValueError)
    assert api.calls == []


@pytest.mark.parametrize("url", ["", "localhost:20002", "ftp://x/graphql", "http://"])
def test_a_url_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(InvalidCall):
        AppSyncClient(url, ApiKeyAuth("k"))
