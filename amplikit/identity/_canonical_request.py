"""The canonical form of a request that both sides of a SigV4 signature hash.

Source: IAM user guide, "Create a signed AWS API request"; the double encoding of the
path is what every service except S3 does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["SignedRequest", "canonical_request", "header_values"]

_PLAIN_PATH = re.compile(rb"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+/?\Z")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came over the wire: nothing decoded, nothing added."""

    method: str
    raw_path: bytes
    raw_query: bytes = field(repr=False)
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    body: bytes = field(repr=False)


def header_values(request: SignedRequest) -> dict[bytes, bytes]:
    """Return lower-case names with trimmed values; repeated headers are joined."""
    values: dict[bytes, bytes] = {}
    for raw_name, raw_value in request.headers:
        name = raw_name.lower()
        value = b" ".join(raw_value.split())
        values[name] = values[name] + b"," + value if name in values else value
    return values


def canonical_request(
    request: SignedRequest,
    values: Mapping[bytes, bytes],
    signed_headers: str,
    payload_hash: str,
) -> bytes:
    """Return the text whose hash is signed; an absent signed header counts as empty."""
    headers = b"".join(
        name + b":" + values.get(name, b"") + b"\n"
        for name in signed_headers.encode("latin-1").split(b";")
    )
    return b"\n".join(
        (
            request.method.upper().encode(),
            _canonical_path(request.raw_path),
            _canonical_query(request.raw_query),
            headers,
            signed_headers.encode("latin-1"),
            payload_hash.encode(),
        )
    )


def _canonical_path(path: bytes) -> bytes:
    if _PLAIN_PATH.match(path):
        return path
    segments: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment)
    slash = b"/" if path.endswith(b"/") and segments else b""
    normal = b"/" + b"/".join(segments) + slash
    return quote_from_bytes(normal, safe="/~").encode()


def _canonical_query(query: bytes) -> bytes:
    if not query:
        return b""
    pairs = []
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs)).encode()


def _encoded(text: bytes) -> str:
    # "+" stays a plus sign: AWS wants a space written as %20.
    return quote_from_bytes(unquote_to_bytes(text), safe="-_.~")
