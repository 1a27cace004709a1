"""What an operation answers, and its form on the wire: AWS JSON 1.0 with a CRC.

Source: DynamoDB developer guide, "DynamoDB low-level API"; dynalite's recordings.
"""

from __future__ import annotations

import base64
import secrets
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.emulator.dynamodb import words
from amplikit.emulator.http import Response
from amplikit.emulator.wire import HEADER_REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["JSON_1_0", "Failure", "failure_response", "json_response"]

JSON_1_0: Final = "application/x-amz-json-1.0"


@dataclass(frozen=True, slots=True)
class Failure:
    """An operation's refusal: type, text, and what else the error's shape has.

    ``reason`` is for the operator's log.
    """

    type: str
    message: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return 500 if self.type == words.INTERNAL else 400


def json_response(
    value: object, content_type: str = JSON_1_0, status: int = 200
) -> Response:
    """Return the response to an operation."""
    body = orjson.dumps(value)
    return Response(
        status,
        body,
        (
            ("content-type", content_type),
            ("x-amz-crc32", str(zlib.crc32(body))),
            (HEADER_REQUEST_ID, _request_id()),
        ),
    )


def failure_response(failure: Failure, content_type: str = JSON_1_0) -> Response:
    """Return the response that tells of a failure."""
    body: dict[str, object] = {"__type": f"{_space(failure.type)}{failure.type}"}
    if failure.message:
        upper = failure.type in words.UPPER_CASE_MESSAGE
        body["Message" if upper else "message"] = failure.message
    body |= failure.details
    return json_response(body, content_type, failure.status)


def _space(type_: str) -> str:
    if type_ == words.VALIDATION:
        return words.VALIDATE
    return words.CORAL if type_ in words.CORAL_TYPES else words.DYNAMODB


def _request_id() -> str:
    """Return 52 letters and digits, as the service's are."""
    return base64.b32encode(secrets.token_bytes(32))[:52].decode()
