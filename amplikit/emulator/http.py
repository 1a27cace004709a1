"""HTTP requests and responses as values, over ASGI."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from amplikit.emulator import wire
from amplikit.emulator.scalars import json_text
from amplikit.identity.sigv4 import SignedRequest

if TYPE_CHECKING:
    from uuid import UUID

    from amplikit.emulator.refusal import RequestRefusal

__all__ = [
    "MAX_BODY_BYTES",
    "READ_TIMEOUT_S",
    "BodyTooLarge",
    "ConnectionGone",
    "Receive",
    "Request",
    "Response",
    "Scope",
    "Send",
    "json_response",
    "read_request",
    "refusal_response",
    "send_response",
]

# ASGI's own types: messages are dictionaries of anything.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY_BYTES: Final = 1_048_576
_NOUGHT: Final = re.compile(r"q\s*=\s*0(?:\.0*)?")
READ_TIMEOUT_S: Final = 40.0


class BodyTooLarge(Exception):
    """The body is longer than is read."""


class ConnectionGone(Exception):
    """The client went away before its request was complete."""


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; header names are lower-case, the last of a name counts."""

    method: str
    path: str
    raw_path: bytes
    raw_query: bytes = field(repr=False)
    raw_headers: tuple[tuple[bytes, bytes], ...] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False, default=b"")
    peer: str = "127.0.0.1"

    @property
    def source_ip(self) -> tuple[str, ...]:
        """The addresses of ``x-forwarded-for`` in order, then the peer's."""
        forwarded = self.headers.get("x-forwarded-for", "")
        listed = (address.strip() for address in forwarded.split(","))
        return (*filter(None, listed), self.peer)

    def shown_headers(self, but: str) -> dict[str, str | list[str]]:
        """Return what resolvers see: repeated ones as a list, and no cookie.

        ``but`` is one that is ours.

        Source: AppSync developer guide, "Access request headers".
        """
        shown: dict[str, str | list[str]] = {}
        for raw_name, raw_value in self.raw_headers:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            match shown.get(name):
                case None:
                    shown[name] = value
                case list() as several:
                    several.append(value)
                case str() as one:
                    shown[name] = [one, value]
        for hidden in ("cookie", but):
            shown.pop(hidden, None)
        return shown

    def signed(self) -> SignedRequest:
        """Return the request as its signature covers it."""
        return SignedRequest(
            self.method, self.raw_path, self.raw_query, self.raw_headers, self.body
        )


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, *headers: tuple[str, str]) -> Response:
        """Return the response with more headers."""
        return Response(self.status, self.body, (*self.headers, *headers))


def request_head(scope: Scope) -> Request:
    """Return a request without its body."""
    raw_headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
    client = scope.get("client")
    return Request(
        scope.get("method", "GET"),
        scope["path"],
        scope.get("raw_path") or scope["path"].encode(),
        scope.get("query_string", b""),
        raw_headers,
        {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in raw_headers
        },
        peer=client[0] if client else "127.0.0.1",
    )


async def read_request(
    scope: Scope, receive: Receive, max_body_bytes: int = MAX_BODY_BYTES
) -> Request:
    """Return the request with its body.

    Raises ``BodyTooLarge`` as soon as that is known, ``ConnectionGone``, and
    ``TimeoutError`` when the body takes too long.
    """
    head = request_head(scope)
    declared = head.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_body_bytes:
        raise BodyTooLarge
    parts: list[bytes] = []
    size = 0
    more = True
    async with asyncio.timeout(READ_TIMEOUT_S):
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionGone
            part = message.get("body", b"")
            size += len(part)
            if size > max_body_bytes:
                raise BodyTooLarge
            parts.append(part)
            more = message.get("more_body", False)
    body = parts[0] if len(parts) == 1 else b"".join(parts)
    return Request(
        head.method,
        head.path,
        head.raw_path,
        head.raw_query,
        head.raw_headers,
        head.headers,
        body,
        head.peer,
    )


def json_response(
    status: int, value: object, content_type: str = wire.CONTENT_TYPE_JSON
) -> Response:
    """Return a response whose body is JSON."""
    return Response(status, json_text(value), (("content-type", content_type),))


def refusal_response(refusal: RequestRefusal) -> Response:
    """Return AppSync's answer to a request that is refused as a whole."""
    response = json_response(refusal.status, refusal.body())
    return response.with_headers((wire.HEADER_ERROR_TYPE, refusal.error_type))


def compressed(response: Response, request: Request) -> Response:
    """Return the body gzipped when AppSync would."""
    if not wire.GZIP_FROM_BYTES <= len(response.body) <= wire.GZIP_TO_BYTES:
        return response
    # Caches must keep the two forms apart.
    response = response.with_headers(("vary", "Accept-Encoding"))
    if not _takes_gzip(request.headers.get("accept-encoding", "")):
        return response
    zipped = Response(
        response.status, gzip.compress(response.body, 1), response.headers
    )
    return zipped.with_headers(("content-encoding", "gzip"))


def _takes_gzip(accepted: str) -> bool:
    """Read an ``Accept-Encoding`` header, in which a weight of 0 says no."""
    weights: dict[str, bool] = {}
    for part in accepted.lower().split(","):
        coding, *parameters = (text.strip() for text in part.split(";"))
        weights[coding] = not any(map(_NOUGHT.fullmatch, parameters))
    return weights.get("gzip", weights.get("*", False))


async def send_response(send: Send, response: Response, request_id: UUID) -> None:
    """Send a whole response; each carries the id of its request, or one of its own."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in response.headers
    ]
    headers.append((b"content-length", str(len(response.body)).encode()))
    known = {name.lower() for name, _ in response.headers}
    if wire.HEADER_REQUEST_ID.lower() not in known:
        headers.append((wire.HEADER_REQUEST_ID.encode(), str(request_id).encode()))
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": headers,
        }
    )
    await send({"type": "http.response.body", "body": response.body})
