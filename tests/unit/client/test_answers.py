"""What an answer of the service, or of a gateway before it, stands for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from amplikit_client import (
    Answer,
    ConditionFailed,
    GraphQLError,
    Throttled,
    Unauthorized,
    ValidationFailed,
)
from amplikit_client.answers import read

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def errors(*pairs: tuple[str | None, str], data: object = None) -> dict:
    return {
        "data": data,
        "errors": [{"errorType": kind, "message": text} for kind, text in pairs],
    }


REFUSED = ("Unauthorized", "Not Authorized to access id on type Post")
CONDITION = ("DynamoDB:ConditionalCheckFailedException", "The conditional request")
BUBBLED = (None, "Cannot return null for non-nullable type: 'ID' within parent 'Post'")

KINDS = {
    "401 AppSync": (401, errors(("UnauthorizedException", "no")), Unauthorized),
    "403 AppSync": (403, errors(("UnrecognizedClientException", "no")), Unauthorized),
    "403 WAF": (403, errors(("WAFForbiddenException", "403")), Unauthorized),
    "403 gateway": (403, {"message": "Forbidden"}, Unauthorized),
    "403 gateway, IAM": (403, {"Message": "not authorized"}, Unauthorized),
    "403 without a body": (403, b"", Unauthorized),
    "401 HTML": (401, b"<html>", Unauthorized),
    "429 gateway": (429, {"message": "Too Many Requests"}, Throttled),
    "429 AppSync": (429, errors(("ThrottlingException", "Rate exceeded")), Throttled),
    "429 without a body": (429, b"", Throttled),
    "400 AppSync": (
        400,
        errors(("MalformedHttpRequestException", "Unable")),
        ValidationFailed,
    ),
    "400 without type": (400, {"message": "bad"}, ValidationFailed),
    "field refused": (200, errors(REFUSED), Unauthorized),
    "field refused, null bubbles": (200, errors(BUBBLED, REFUSED), Unauthorized),
    "null alone": (200, errors(BUBBLED), GraphQLError),
    "condition": (200, errors(CONDITION), ConditionFailed),
    "condition twice": (200, errors(CONDITION, CONDITION), ConditionFailed),
    "condition and refusal": (200, errors(CONDITION, REFUSED), GraphQLError),
    "validation": (
        200,
        errors((None, "Validation error of type FieldUndefined: ...")),
        ValidationFailed,
    ),
    "variable": (
        200,
        errors((None, "Variable 'input' has coerced Null value for NonNull type")),
        ValidationFailed,
    ),
    "unknown input field": (
        200,
        errors((None, "The variables input contains a field that is not defined")),
        ValidationFailed,
    ),
    "throughput": (
        200,
        errors(("DynamoDB:ProvisionedThroughputExceededException", "x")),
        Throttled,
    ),
    "resolver's own": (200, errors(("Sold out", "none left")), GraphQLError),
    "error as text": (200, {"errors": ["boom"]}, GraphQLError),
    "error without message": (400, {"errors": [{"errorType": "X"}]}, ValidationFailed),
    "500": (500, errors(("InternalFailure", "x")), GraphQLError),
    "502 HTML": (502, b"<html>Bad Gateway</html>", GraphQLError),
    "200 HTML": (200, b"<html>", GraphQLError),
    "200 list": (200, [1], GraphQLError),
    "200 nothing": (200, {}, GraphQLError),
    "200 null data": (200, {"data": None}, GraphQLError),
    "200 data is no object": (200, {"data": 1}, GraphQLError),
    "200 too deep": (200, b"[" * 100_000, GraphQLError),
    "302": (302, b"", GraphQLError),
}


@pytest.mark.parametrize(("status", "body", "kind"), KINDS.values(), ids=KINDS)
def test_an_answer_is_the_error_of_its_kind(
    service: Callable, status: int, body: object, kind: type[GraphQLError]
) -> None:
    client = service((status, body)).client()
    with pytest.raises(GraphQLError) as raised:
        client.execute("mutation { a }")
    assert type(raised.value) is kind
    assert raised.value.status == status
    assert str(raised.value)


def test_partial_data_stays_in_the_error(service: Callable) -> None:
    body = errors(REFUSED, data={"getPost": {"id": None, "title": "x"}})
    with pytest.raises(Unauthorized) as raised:
        service((200, body)).client().execute("{ getPost { id title } }")
    assert raised.value.data == {"getPost": {"id": None, "title": "x"}}
    assert raised.value.errors == body["errors"]
    assert raised.value.error_type == "Unauthorized"
    assert raised.value.message == "Not Authorized to access id on type Post"


@pytest.mark.parametrize("none", [[], None], ids=["empty list", "null"])
def test_no_errors_are_no_error(service: Callable, none: object) -> None:
    body = {"data": {"a": 1}, "errors": none}
    assert service((200, body)).client().execute("{ a }") == {"a": 1}


def test_a_gateways_type_comes_from_its_header() -> None:
    headers = {"X-Amzn-Errortype": "InvalidSignatureException:http://internal/"}
    error = read(Answer(403, headers, b'{"message": "The request signature"}'), NOW)
    assert isinstance(error, Unauthorized)
    assert error.error_type == "InvalidSignatureException"


RETRY_AFTER = {
    "seconds": ("7", 7.0),
    "date": ("Fri, 02 Jan 2026 03:04:15 GMT", 10.0),
    "date in the past": ("Fri, 02 Jan 2026 03:04:00 GMT", 0.0),
    "no zone": ("Fri, 02 Jan 2026 03:04:15", None),
    "negative": ("-1", None),
    "words": ("soon", None),
    "empty": ("", None),
}


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER.values(), ids=RETRY_AFTER)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    error = read(Answer(429, {"retry-after": value}, b""), NOW)
    assert isinstance(error, Throttled)
    assert error.retry_after_s == seconds
