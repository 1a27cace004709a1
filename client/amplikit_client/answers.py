"""From an HTTP answer to data, or to the error that says what went wrong.

Sources: AppSync developer guide, "Troubleshooting"; API Gateway developer guide,
"Gateway response types"; the answers recorded in tests/wire.
"""

from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from amplikit_client.errors import (
    ConditionFailed,
    GraphQLError,
    Throttled,
    Unauthorized,
    ValidationFailed,
)

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit_client.transport import Answer

__all__ = ["credentials_expired", "read", "refusal"]

_KIND_BY_TYPE: dict[str, type[GraphQLError]] = {
    **dict.fromkeys(
        (
            "AccessDeniedException",
            "ExpiredTokenException",
            "ForbiddenException",
            "IncompleteSignatureException",
            "InvalidSignatureException",
            "MissingAuthenticationTokenException",
            "SignatureDoesNotMatch",
            "Unauthorized",
            "UnauthorizedException",
            "UnrecognizedClientException",
            "WAFForbiddenException",
        ),
        Unauthorized,
    ),
    **dict.fromkeys(
        (
            "DynamoDB:ProvisionedThroughputExceededException",
            "DynamoDB:RequestLimitExceeded",
            "DynamoDB:ThrottlingException",
            "LimitExceededError",
            "LimitExceededException",
            "ThrottlingException",
            "TooManyRequestsException",
        ),
        Throttled,
    ),
    **dict.fromkeys(
        (
            "ConditionalCheckFailedException",
            "DynamoDB:ConditionalCheckFailedException",
        ),
        ConditionFailed,
    ),
    **dict.fromkeys(
        (
            "BadRequestException",
            "DynamoDB:ValidationException",
            "MalformedHttpRequestException",
            "ValidationError",
            "ValidationException",
        ),
        ValidationFailed,
    ),
}
_KIND_BY_STATUS: dict[int, type[GraphQLError]] = {
    HTTPStatus.BAD_REQUEST: ValidationFailed,
    HTTPStatus.UNAUTHORIZED: Unauthorized,
    HTTPStatus.FORBIDDEN: Unauthorized,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
}
_VALIDATION_MESSAGE = re.compile(
    r"Validation error of type |Variable '|The variables input contains"
)
# A consequence of another error, never a reason of its own.
_NULL_BUBBLED = re.compile(r"Cannot return null for non-nullable type")
_EXPIRED = re.compile(r"(?i)token\b.*\bexpired|expired\b.*\btoken|credential.*expired")

EXCERPT_CHARACTERS = 200


def read(answer: Answer, now: datetime) -> dict[str, Any] | GraphQLError:
    """Return the data of an answer without errors; else the error it stands for.

    An answer with errors is an error even when it has data: the error keeps it.
    ``now`` turns a ``Retry-After`` date into seconds.
    """
    document = _json_object(answer.body) or {}
    data = document.get("data")
    if not isinstance(data, dict):
        data = None
    errors = _errors(answer, document)
    if answer.status == HTTPStatus.OK and not errors and data is not None:
        return data
    if not errors:
        errors = [{"message": _without_errors(answer)}]
    error = refusal(errors, data, answer.status)
    error.retry_after_s = _retry_after_s(answer, now)
    return error


def refusal(
    errors: list[dict[str, Any]], data: dict[str, Any] | None, status: int = 200
) -> GraphQLError:
    """Return the errors as an exception of the kind that all of them share."""
    return _kind(status, errors)(errors, data, status)


def credentials_expired(error: GraphQLError) -> bool:
    """Say whether newer credentials would have been accepted."""
    return isinstance(error, Unauthorized) and any(
        one.get("errorType") == "ExpiredTokenException"
        or _EXPIRED.search(str(one.get("message", "")))
        for one in error.errors
    )


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _errors(answer: Answer, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the errors in GraphQL's shape, also those of a gateway's body."""
    listed = document.get("errors")
    if isinstance(listed, list) and listed:
        return [
            one if isinstance(one, dict) else {"message": str(one)} for one in listed
        ]
    message = document.get("message", document.get("Message"))
    if answer.status == HTTPStatus.OK or message is None:
        return []
    # API Gateway names the type in a header alone, AWS JSON services in "__type".
    named = answer.header("x-amzn-ErrorType") or document.get("__type") or ""
    error_type = str(named).split(":", 1)[0].rsplit("#", 1)[-1] or None
    return [{"errorType": error_type, "message": str(message)}]


def _without_errors(answer: Answer) -> str:
    if answer.status == HTTPStatus.OK:
        return "The answer holds neither data nor errors."
    excerpt = answer.body.decode("utf-8", "replace").strip()[:EXCERPT_CHARACTERS]
    return f"HTTP {answer.status}: {excerpt}" if excerpt else f"HTTP {answer.status}"


def _kind(status: int, errors: list[dict[str, Any]]) -> type[GraphQLError]:
    """Return the kind that all errors share.

    Of a mixture none is picked: ``except ConditionFailed: pass`` must not also
    silence a refusal in the same answer.
    """
    reasons = [
        one for one in errors if not _NULL_BUBBLED.search(str(one.get("message", "")))
    ]
    kinds = {_kind_of_one(status, one) for one in reasons or errors}
    return kinds.pop() if len(kinds) == 1 else GraphQLError


def _kind_of_one(status: int, error: dict[str, Any]) -> type[GraphQLError]:
    by_type = _KIND_BY_TYPE.get(str(error.get("errorType")))
    if by_type:
        return by_type
    if _VALIDATION_MESSAGE.match(str(error.get("message", ""))):
        return ValidationFailed
    return _KIND_BY_STATUS.get(status, GraphQLError)


def _retry_after_s(answer: Answer, now: datetime) -> float | None:
    """Read ``Retry-After``: seconds, or a date."""
    value = (answer.header("Retry-After") or "").strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):  # not a date, or one without a zone
        return None
