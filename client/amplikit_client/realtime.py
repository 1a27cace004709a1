"""One connection to AppSync's real time, and gql's HTTP client (extra ``realtime``).

gql's own AppSync transport speaks the protocol; here it also says when a subscription
is acknowledged, keeps what a refusal says, and takes any frame as a sign of life.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, assert_never
from urllib.parse import urlsplit

from amplikit_client.answers import refusal
from amplikit_client.auth import ApiKeyAuth, Auth, IamAuth, UserPoolAuth
from amplikit_client.errors import (
    AppSyncError,
    ExtraMissing,
    GraphQLError,
    InvalidCall,
    Unreachable,
)

try:
    from gql import Client, GraphQLRequest
    from gql.transport.aiohttp import AIOHTTPTransport
    from gql.transport.appsync_auth import (
        AppSyncApiKeyAuthentication,
        AppSyncAuthentication,
        AppSyncIAMAuthentication,
        AppSyncJWTAuthentication,
    )
    from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
    from gql.transport.exceptions import (
        TransportError,
        TransportQueryError,
        TransportServerError,
    )
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI
except ImportError as error:
    raise ExtraMissing(
        "Subscriptions and gql() need more packages: "
        "pip install 'amplikit-client[realtime]'."
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence


class _Answer(Protocol):
    """An answer of gql, which is an object of graphql-core."""

    @property
    def data(self) -> dict[str, Any] | None: ...
    @property
    def errors(self) -> Sequence[object] | None: ...


__all__ = ["Address", "events", "gql_client", "realtime_url"]

_CONNECT_S = 10
_ACKNOWLEDGE_S = 15
"""amplify-js waits as long for a ``start_ack``."""
_CLOSING_S = 1
_KEEP_ALIVE_S = 300.0
"""What AppSync says in ``connectionTimeoutMs``, which counts where it is given."""

_AWS_HOST = re.compile(r"\.appsync-api\.[a-z0-9-]+\.amazonaws\.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to, as whom; credentials are asked for at each connection."""

    url: str
    auth: Auth
    tls: ssl.SSLContext | None = None


def realtime_url(url: str) -> str:
    """Return where the API's WebSocket is.

    An AWS host name has a twin for real time, which gql puts in its place; a custom
    domain and a local server have a path for it.
    """
    scheme = "ws" if urlsplit(url).scheme == "http" else "wss"
    rest = url.split(":", 1)[1]
    path = "" if _AWS_HOST.search(urlsplit(url).hostname or "") else "/realtime"
    return f"{scheme}:{rest.rstrip('/')}{path}"


def gql_client(url: str, auth: Auth) -> Client:
    """Return a gql client for queries and mutations, with this client's credentials.

    It can be used sync and async; credentials are taken once, now.
    """
    return Client(transport=AIOHTTPTransport(url=url, auth=_gql_auth(url, auth)))


async def events(
    to: Address, request: Mapping[str, object], live: Callable[[], None]
) -> AsyncGenerator[dict[str, Any] | GraphQLError]:
    """Connect, subscribe, and yield events until the server completes.

    ``live`` is called when the subscription is acknowledged: from then on no event
    is missed. An event with errors is yielded as the error it stands for.
    Raises ``AppSyncError``.
    """
    # Asking for credentials may read files and call services.
    auth = await asyncio.to_thread(_gql_auth, to.url, to.auth)
    try:
        transport = _Transport(to, auth, live)
        try:
            await transport.connect()
            async with aclosing(transport.subscribe(_Request(request))) as answers:
                async for answer in answers:
                    yield _event(answer)
        finally:
            await transport.close()
    except (TransportError, OSError, TimeoutError) as error:
        raise _problem(to.url, error) from error


class _Request(GraphQLRequest):
    """A request whose text goes to the service as it is: it says what is wrong."""

    def __init__(self, request: Mapping[str, object]) -> None:
        self._request = dict(request)

    @property
    def payload(self) -> dict[str, Any]:
        return self._request


class _Refused(TransportServerError):
    """AppSync refuses the connection, or says that it ends."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class _Transport(AppSyncWebsocketsTransport):
    """gql's transport, for the one subscription of a connection."""

    def __init__(
        self, to: Address, auth: AppSyncAuthentication, live: Callable[[], None]
    ) -> None:
        super().__init__(
            url=realtime_url(to.url),
            auth=auth,
            ssl=to.tls or False,
            connect_timeout=_CONNECT_S,
            close_timeout=_CLOSING_S,
            keep_alive_timeout=_KEEP_ALIVE_S,
            # An event has up to 240 KB; the limit of a frame is AppSync's business.
            connect_args={"close_timeout": _CLOSING_S, "max_size": None},
        )
        self._live = live
        self._late: asyncio.TimerHandle | None = None

    async def _send_query(self, request: GraphQLRequest) -> int:
        self._late = asyncio.get_running_loop().call_later(
            _ACKNOWLEDGE_S, self._not_acknowledged
        )
        return await super()._send_query(request)

    def _not_acknowledged(self) -> None:
        silence = TimeoutError(f"no answer to the subscription in {_ACKNOWLEDGE_S} s")
        self._failing = asyncio.ensure_future(self._fail(silence, clean_close=False))

    async def _close_hook(self) -> None:
        if self._late:
            self._late.cancel()

    def _parse_answer(self, answer: str) -> tuple[str, int | None, Any]:
        frame = _frame(answer)
        payload = frame.get("payload")
        self._next_keep_alive_message.set()
        match frame.get("type"):
            case "connection_ack" if isinstance(payload, dict):
                told = payload.get("connectionTimeoutMs")
                if isinstance(told, int) and told > 0:
                    self.keep_alive_timeout = told / 1000
            case "start_ack":
                if self._late:
                    self._late.cancel()
                self._live()
            case "connection_error":
                raise _Refused(_listed(payload))
            case "error" if not frame.get("id"):
                raise _Refused(_listed(payload))
        return super()._parse_answer(answer)


def _frame(answer: str) -> dict[str, Any]:
    try:
        frame = json.loads(answer)
    except ValueError:
        return {}  # gql says what is wrong with it
    return frame if isinstance(frame, dict) else {}


def _event(answer: _Answer) -> dict[str, Any] | GraphQLError:
    """Return an event's data; gql leaves the errors as the JSON that came."""
    if answer.errors:
        return refusal(_listed({"errors": answer.errors}), answer.data)
    return answer.data or {}


def _problem(url: str, error: Exception) -> AppSyncError:
    """Return what ended a connection, or kept it from being made, as ours."""
    match error:
        case TransportQueryError():
            return _refusal(
                [each for one in error.errors or [] for each in _listed(one)]
            )
        case _Refused():
            return _refusal(error.errors)
        case _:
            return _broken(url, error.__cause__ or error)


def _refusal(errors: list[dict[str, Any]]) -> GraphQLError:
    """Return AppSync's errors; ``errorCode`` is the HTTP status it has in mind."""
    code = errors[0].get("errorCode") if errors else None
    status = code if isinstance(code, int) else int(HTTPStatus.OK)
    return refusal(errors or [{"message": "refused without a reason"}], None, status)


def _broken(url: str, cause: BaseException) -> AppSyncError:
    match cause:
        case InvalidStatus():
            status = cause.response.status_code
            return refusal([{"message": f"{url}: HTTP {status}"}], None, status)
        case InvalidURI():
            return InvalidCall(f"'{url}' is not the URL of an API.")
        case ssl.SSLCertVerificationError():
            return Unreachable(
                f"{url}: the server's certificate is not trusted: {cause}",
                permanent=True,
            )
        case InvalidHandshake() | OSError():
            return Unreachable(f"{url} does not answer: {cause}")
        case _:
            return Unreachable(f"{url}: the connection broke: {cause}")


def _listed(payload: object) -> list[dict[str, Any]]:
    """Return a payload's errors; it may be one itself."""
    listed = payload.get("errors") if isinstance(payload, dict) else None
    found = listed if isinstance(listed, list) else [payload]
    return [one if isinstance(one, dict) else {"message": str(one)} for one in found]


def _gql_auth(url: str, auth: Auth) -> AppSyncAuthentication:
    host = urlsplit(url).netloc
    match auth:
        case ApiKeyAuth():
            return AppSyncApiKeyAuthentication(host=host, api_key=auth.key)
        case UserPoolAuth():
            return AppSyncJWTAuthentication(host=host, jwt=auth.current())
        case IamAuth():
            return _gql_iam(url, auth)
        case _:
            assert_never(auth)


def _gql_iam(url: str, auth: IamAuth) -> AppSyncAuthentication:
    # Only IAM callers need botocore.
    from botocore.credentials import Credentials  # noqa: PLC0415

    held = auth.credentials.current()
    return AppSyncIAMAuthentication(
        host=urlsplit(url).netloc,
        region_name=auth.region_for(url),
        credentials=Credentials(held.access_key, held.secret_key, held.session_token),
    )
