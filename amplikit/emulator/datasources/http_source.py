"""Sends the requests of ``@http``, each in a thread that nobody has to wait for.

Whatever host the schema names is called, as AppSync does: the caller of a field has no
say in it. Only addresses of the machine's own link are not, where clouds hand out
credentials. Redirects are not followed; proxies, ``.netrc`` and cookies of this machine
are not used.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.http_request import (
    HttpAnswer,
    answered,
    http_request,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amplikit.blueprint.remote import HttpCall
    from amplikit.emulator.calls import Resolved
    from amplikit.emulator.datasources.http_request import HttpRequest
    from amplikit.emulator.run import Run

__all__ = ["HttpSource"]

_AT_ONCE: Final = 64
_PIECE_BYTES: Final = 65_536
_UNREACHABLE: Final = FieldError(wire.HTTP_UNREACHABLE_MESSAGE, wire.HTTP_UNREACHABLE)
_TIMED_OUT: Final = FieldError(wire.EXECUTION_TIMED_OUT, wire.HTTP_TIMEOUT)
_TOO_LARGE: Final = FieldError(
    wire.HTTP_TOO_LARGE_MESSAGE % wire.MAX_RESOLVER_RESULT_BYTES, wire.HTTP_TOO_LARGE
)


@dataclass(frozen=True, slots=True)
class HttpSource:
    """Answers fields by their endpoints; at most ``_AT_ONCE`` requests are under way.

    ``variables`` are those of urls and headers: ``env`` and ``aws_region``.
    """

    variables: Mapping[str, str]
    log: Callable[[str], None]
    slots: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(_AT_ONCE)
    )

    async def ask(self, call: HttpCall, run: Run) -> Resolved | FieldError:
        """Send the request of a field, and return what its answer means."""
        request = http_request(call, run, self.variables)
        if isinstance(request, FieldError):
            return request
        deadline = min(run.call.deadline, monotonic() + wire.MAX_EXECUTION_S)
        try:
            async with asyncio.timeout(deadline - monotonic()), self.slots:
                answer = await _in_a_thread(lambda: _send(request, deadline))
        except TimeoutError:
            answer = _Failed(_TIMED_OUT, "no answer in time")
        if isinstance(answer, HttpAnswer):
            return answered(call, answer)
        place = urlsplit(request.url)
        self.log(f"@http {call.method} {place.scheme}://{place.netloc}: {answer.why}")
        return answer.error


@dataclass(frozen=True, slots=True)
class _Failed:
    """What the caller is told, and what the operator is."""

    error: FieldError
    why: str


async def _in_a_thread(
    work: Callable[[], HttpAnswer | _Failed],
) -> HttpAnswer | _Failed:
    """Return what the work returns; its thread never keeps the process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[HttpAnswer | _Failed] = loop.create_future()

    def settle(answer: HttpAnswer | _Failed) -> None:
        if not future.done():
            future.set_result(answer)

    def run() -> None:
        answer = work()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, answer)

    threading.Thread(target=run, name="amplikit-http", daemon=True).start()
    return await future


def _send(request: HttpRequest, deadline: float) -> HttpAnswer | _Failed:
    refused = _refused_address(request.url)
    if refused is not None:
        return _Failed(_UNREACHABLE, refused)
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.headers.clear()
            with session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.body,
                timeout=max(deadline - monotonic(), 0.001),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _received(response, deadline)
    except requests.Timeout as error:
        return _Failed(_TIMED_OUT, str(error))
    except (requests.RequestException, ValueError, OSError) as error:
        return _Failed(_UNREACHABLE, f"{type(error).__name__}: {error}")


def _received(response: requests.Response, deadline: float) -> HttpAnswer | _Failed:
    parts, size = [], 0
    for part in response.iter_content(_PIECE_BYTES):
        size += len(part)
        if size > wire.MAX_RESOLVER_RESULT_BYTES:
            return _Failed(_TOO_LARGE, "the response is too large")
        if monotonic() > deadline:
            return _Failed(_TIMED_OUT, "the response is too slow")
        parts.append(part)
    content_type = response.headers.get("content-type", "")
    charset = requests.utils.get_encoding_from_headers(response.headers)
    named = charset if charset and "charset" in content_type.lower() else "utf-8"
    try:
        body = b"".join(parts).decode(named, "replace")
    except LookupError:
        body = b"".join(parts).decode("utf-8", "replace")
    return HttpAnswer(response.status_code, content_type, body)


def _refused_address(url: str) -> str | None:
    """Return why a host is not called; one that is not found fails by itself."""
    place = urlsplit(url)
    try:
        found = socket.getaddrinfo(place.hostname, place.port or 80)
    except (OSError, ValueError):
        return None
    for *_, address in found:
        ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
        if ip.is_link_local or ip.is_multicast:
            return f"{place.hostname} is {ip}, an address that is not called"
    return None
