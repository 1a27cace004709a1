"""One connection to AppSync's real time, and gql's HTTP client (extra ``realtime``)."""

from __future__ import annotations

import asyncio
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
    from gql import Client
    from gql.transport.aiohttp import AIOHTTPTransport
    from gql.transport.appsync_auth import (
        AppSyncApiKeyAuthentication,
        AppSyncAuthentication,
        AppSyncIAMAuthentication,
        AppSyncJWTAuthentication,
    )
    from gql.transport.exceptions import (
        TransportError,
        TransportQueryError,
    )
    from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

    from amplikit_client.gql_transport import (
        Refused,
        SubscriptionRequest,
        SubscriptionTransport,
        listed,
    )
except ImportError as error:
    raise ExtraMissing(
        "Subscriptions and gql() need more packages: "
        "pip install 'amplikit-client[realtime]'."
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence


__all__ = ["Address", "events", "gql_client", "realtime_url"]


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


class _Answer(Protocol):
    """An answer of gql, which is an object of graphql-core."""

    @property
    def data(self) -> dict[str, Any] | None: ...
    @property
    def errors(self) -> Sequence[object] | None: ...


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
        transport = SubscriptionTransport(realtime_url(to.url), auth, to.tls, live)
        try:
            await transport.connect()
            async with aclosing(
                transport.subscribe(SubscriptionRequest(request))
            ) as answers:
                async for answer in answers:
                    yield _event(answer)
        finally:
            await transport.close()
    except (TransportError, OSError, TimeoutError) as error:
        raise _problem(to.url, error) from error


def _event(answer: _Answer) -> dict[str, Any] | GraphQLError:
    """Return an event's data; gql leaves the errors as the JSON that came."""
    if answer.errors:
        return refusal(listed({"errors": answer.errors}), answer.data)
    return answer.data or {}


def _problem(url: str, error: Exception) -> AppSyncError:
    """Return what ended a connection, or kept it from being made, as ours."""
    match error:
        case TransportQueryError():
            return _refusal(
                [each for one in error.errors or [] for each in listed(one)]
            )
        case Refused():
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
