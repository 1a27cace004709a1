"""What a client presents when it opens a connection, in any of the three ways.

Query string, second subprotocol, or ordinary headers of the upgrade request. A SigV4
signature covers ``POST /graphql/connect`` with the body ``{}``.
Source: AppSync developer guide, "Handshake details to establish the connection".
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

import orjson

from amplikit.emulator import wire
from amplikit.emulator.auth.presented import Presented
from amplikit.emulator.realtime.protocol import texts
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity import words
from amplikit.identity.sigv4 import SignedRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.emulator.http import Request
    from amplikit.identity.caller import Caller

__all__ = ["presented_at_connect", "presented_at_start", "told_in_real_time"]

_CONNECT_PATH: Final = b"/graphql/connect"
_START_PATH: Final = b"/graphql"
_USER_AGENT: Final = "x-amz-user-agent"
_EMPTY: Final = b"{}"
_SUBPROTOCOL: Final = "header-"
_SIGNATURES: Final = frozenset({words.INVALID_SIGNATURE, words.INCOMPLETE_SIGNATURE})
_MALFORMED: Final = RequestRefusal(
    400, wire.BAD_REQUEST_EXCEPTION, wire.BAD_CONNECT_HEADER, "the header is no JSON"
)


def presented_at_connect(
    request: Request, subprotocols: Iterable[str]
) -> Presented | RequestRefusal:
    """Return the credentials of an upgrade request, or why there are none."""
    if wire.SUBPROTOCOL not in subprotocols:
        return RequestRefusal(400, "", wire.NO_PROTOCOL, "no subprotocol graphql-ws")
    encoded = _from_query(request.raw_query) or next(
        (
            one.removeprefix(_SUBPROTOCOL)
            for one in subprotocols
            if one.startswith(_SUBPROTOCOL)
        ),
        None,
    )
    if encoded is None:
        headers = [*request.raw_headers]
        return _presented(
            request.headers, headers, _CONNECT_PATH, _EMPTY, request.source_ip
        )
    header = _decoded(encoded)
    if header is None:
        return _MALFORMED
    return _presented(header, _raw(header), _CONNECT_PATH, _EMPTY, request.source_ip)


def presented_at_start(
    authorization: Mapping[str, str], data: str, source_ip: tuple[str, ...]
) -> Presented:
    """Return the credentials of a subscription; they sign its very text.

    amplify-js adds its user agent after it has signed, and is let in.
    Source: amplify-js 6, AWSAppSyncRealTimeProvider.
    """
    body = data.encode("utf-8", "surrogatepass")
    signed = _USER_AGENT in authorization.get("authorization", "")
    covered = {
        name: value
        for name, value in authorization.items()
        if signed or name != _USER_AGENT
    }
    raw = _raw(covered)
    return _presented(authorization, raw, _START_PATH, body, source_ip)


def told_in_real_time(caller: Caller | RequestRefusal) -> Caller | RequestRefusal:
    """Return a refusal as this channel tells it: wrong signatures are bad requests.

    Source: aws-mobile-appsync-sdk-js issues 561 and 619.
    """
    if isinstance(caller, RequestRefusal) and caller.error_type in _SIGNATURES:
        return replace(caller, status=400, error_type=wire.BAD_REQUEST_EXCEPTION)
    return caller


def _presented(
    headers: Mapping[str, str],
    raw: list[tuple[bytes, bytes]],
    path: bytes,
    body: bytes,
    source_ip: tuple[str, ...],
) -> Presented:
    return Presented(headers, SignedRequest("POST", path, b"", raw, body), source_ip)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    # A signature covers bytes; what no header can hold makes it fail, not raise.
    return [
        (name.encode("utf-8", "replace"), value.encode("utf-8", "replace"))
        for name, value in headers.items()
    ]


def _from_query(query: bytes) -> str | None:
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name == b"header":
            # A plus sign of standard base64 is often left as it is.
            return unquote_to_bytes(value).decode("latin-1").replace(" ", "+")
    return None


def _decoded(text: str) -> dict[str, str] | None:
    """Return the JSON object behind base64 of either alphabet, padded or not."""
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        decoded = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
        header = orjson.loads(decoded)
    except (binascii.Error, ValueError):
        return None
    return texts(header) if isinstance(header, dict) else None
