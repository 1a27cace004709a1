"""CORS: open where AWS's is open, absent everywhere else, never with credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.http import Response

if TYPE_CHECKING:
    from amplikit.emulator.http import Request

__all__ = ["is_preflight", "preflight", "with_cors"]

_EXPOSED: Final = (
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,"
    "x-amzn-appsync-TokensConsumed"
)
_ALLOWED: Final = (
    "content-type,authorization,x-api-key,x-amz-date,x-amz-security-token,x-amz-target,"
    "x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request,cache-control"
)
_ASKS_FOR_LOCAL: Final = "access-control-request-private-network"
_LOCAL_ALLOWED: Final = "access-control-allow-private-network"


def is_preflight(request: Request) -> bool:
    """Whether a browser asks what it may send."""
    return request.method == "OPTIONS"


def preflight(request: Request) -> Response:
    """Allow what the browser asks for."""
    asked = request.headers.get("access-control-request-headers", _ALLOWED)
    response = Response(
        200,
        headers=(
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET,POST,OPTIONS"),
            ("access-control-allow-headers", asked),
            ("access-control-max-age", "172800"),
        ),
    )
    if request.headers.get(_ASKS_FOR_LOCAL) != "true":
        return response
    # AWS is no private network: a browser asks this of local servers alone.
    return response.with_headers((_LOCAL_ALLOWED, "true"))


def with_cors(response: Response) -> Response:
    """Let any page read the response."""
    return response.with_headers(
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", _EXPOSED),
    )
