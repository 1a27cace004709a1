"""The seam between the client and the network: one call, one answer."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Protocol

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from amplikit_client.errors import InvalidCall, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Answer", "PreparedCall", "RequestsTransport", "Transport"]

CONNECT_TIMEOUT_S = 5.0
IDLE_LIMIT_S = 45.0
POOL_SIZE = 32
PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """One POST, ready to be sent exactly as it is: the headers may be signed."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header's value; its name is compared without case."""
        for known, value in self.headers.items():
            if known.lower() == name.lower():
                return value
        return None


class Transport(Protocol):
    """Sends one call; raises ``Unreachable`` when no whole answer came."""

    def send(self, request: PreparedCall, /) -> Answer:
        """Return the service's answer."""


class RequestsTransport:
    """The default transport: one ``requests`` session, shared by all threads.

    Connections that were idle for long are not used again: the service may have
    closed them while a Lambda sandbox was frozen, and a mutation that dies on such
    a connection must not be repeated.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        # A signed call stands for itself: no cookie of an earlier answer joins it.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=POOL_SIZE))
        self._lock = threading.Lock()
        self._last_used = time.monotonic()

    def send(self, request: PreparedCall, /) -> Answer:
        """Send the call; ``timeout_s`` bounds the whole exchange."""
        self._drop_idle_connections()
        deadline = time.monotonic() + request.timeout_s
        try:
            return self._exchange(request, deadline)
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
            requests.exceptions.InvalidHeader,
            UnicodeError,
        ) as error:
            raise InvalidCall(f"The call to {request.url} is malformed: {error}") from (
                error
            )
        except requests.exceptions.SSLError as error:
            raise Unreachable(
                f"{request.url}: the server's certificate is not trusted: {error}",
                permanent=True,
            ) from error
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            raise Unreachable(f"{request.url} does not answer: {error}") from error

    def close(self) -> None:
        """Close every connection; the transport can be used again."""
        self._session.close()

    def _exchange(self, request: PreparedCall, deadline: float) -> Answer:
        # Prepared without the session, which would let ~/.netrc replace the
        # Authorization header; proxies and CA bundles of the environment count.
        prepared = requests.Request(
            "POST", request.url, headers=dict(request.headers), data=request.body
        ).prepare()
        settings = self._session.merge_environment_settings(
            prepared.url or request.url, {}, stream=True, verify=None, cert=None
        )
        response = self._session.send(
            prepared,
            timeout=(min(CONNECT_TIMEOUT_S, request.timeout_s), request.timeout_s),
            # A redirect would carry the credentials to another place.
            allow_redirects=False,
            **settings,
        )
        with response:
            body = b"".join(_pieces(response, deadline))
        return Answer(response.status_code, dict(response.headers), body)

    def _drop_idle_connections(self) -> None:
        with self._lock:
            now = time.monotonic()
            idle_s, self._last_used = now - self._last_used, now
        if idle_s > IDLE_LIMIT_S:
            self._session.close()


def _pieces(response: requests.Response, deadline: float) -> Iterator[bytes]:
    """Yield the body as it comes in; a server that drips ends with the deadline."""
    # read() waits until a piece is full; urllib3 before 2.1 has nothing else.
    read_some = getattr(response.raw, "read1", response.raw.read)
    while piece := read_some(PIECE_BYTES, decode_content=True):
        yield piece
        if time.monotonic() > deadline:
            raise requests.exceptions.ReadTimeout("the whole answer takes too long")
