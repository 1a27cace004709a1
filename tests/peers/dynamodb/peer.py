"""One side of the comparison: whoever answers DynamoDB's wire protocol."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import Protocol

import orjson

Body = dict[str, object]

TARGET = "DynamoDB_20120810."
REGION = "eu-west-1"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: Body

    @property
    def refusal(self) -> tuple[str, str] | None:
        """The type of the error without its namespace, and the text."""
        if self.status == http.client.OK:
            return None
        kind = str(self.body.get("__type", "")).rpartition("#")[2]
        text = self.body.get("message", self.body.get("Message", ""))
        return kind, str(text)


class Peer(Protocol):
    """Answers the calls of the wire protocol, one after the other."""

    def call(self, operation: str, body: Body) -> Answer:
        """Return the answer to one call."""


class LocalPeer:
    """DynamoDB Local; each ``user`` has tables of its own there."""

    def __init__(self, port: int, user: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._authorization = (
            f"AWS4-HMAC-SHA256 Credential={user}/20250101/{REGION}/dynamodb/"
            "aws4_request, SignedHeaders=host, Signature=0"
        )

    def call(self, operation: str, body: Body) -> Answer:
        """Return the answer to one call."""
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": TARGET + operation,
            "Authorization": self._authorization,
        }
        self._connection.request("POST", "/", orjson.dumps(body), headers)
        response = self._connection.getresponse()
        return Answer(response.status, orjson.loads(response.read()))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
