"""Subscriptions and gql, through gql's own AppSync classes (extra ``realtime``)."""

from __future__ import annotations

import asyncio
import re
import threading
from contextlib import aclosing, suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import urlsplit

from amplikit_client.answers import refusal
from amplikit_client.auth import ApiKeyAuth, Auth, IamAuth, UserPoolAuth
from amplikit_client.errors import ExtraMissing, Unreachable

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
    from websockets.exceptions import WebSocketException
except ImportError as error:
    raise ExtraMissing(
        "Subscriptions and gql() need more packages: "
        "pip install 'amplikit-client[realtime]'."
    ) from error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["events", "gql_client", "realtime_url"]

_CLOSING_S = 1.0

# An event has up to 240 KB; who is this far behind does not catch up.
WAITING_LIMIT = 1_000
_AWS_HOST = re.compile(r"\.appsync-api\.[a-z0-9-]+\.amazonaws\.")


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


def events(
    url: str, auth: Auth, query: str, variables: Mapping[str, object]
) -> Iterator[dict[str, Any]]:
    """Yield the data of each event until the server completes the subscription.

    Raises ``GraphQLError`` when the subscription is refused, ``Unreachable`` when the
    connection breaks, or when ``WAITING_LIMIT`` events wait for the caller: events in
    between are lost, and only the caller knows how to catch up with them.
    """
    request = GraphQLRequest(query, variable_values=dict(variables))
    try:
        yield from _received(realtime_url(url), _gql_auth(url, auth), request)
    except TransportQueryError as error:
        raise refusal(_errors(error), error.data) from error
    except TransportServerError as error:
        raise refusal([_server_error(error)], None) from error
    except (TransportError, WebSocketException, OSError, TimeoutError) as error:
        raise Unreachable(f"{url}: the subscription broke: {error}") from error


def _received(
    url: str, auth: AppSyncAuthentication, request: GraphQLRequest
) -> Iterator[dict[str, Any]]:
    """Yield what arrives on an event loop of its own, in a thread of its own.

    So the caller may be in any thread, also in one that runs an event loop, and the
    connection is kept alive while the caller is busy with an event.
    """
    arrived: SimpleQueue[dict[str, Any] | Exception | None] = SimpleQueue()

    async def listen() -> None:
        try:
            # Made here: gql's transport takes hold of the loop it is made in.
            client = Client(transport=AppSyncWebsocketsTransport(url=url, auth=auth))
            async with aclosing(client.subscribe_async(request)) as received:
                async for event in received:
                    # The only writer: what is free now stays free until the put.
                    if arrived.qsize() >= WAITING_LIMIT:
                        raise Unreachable(_too_slow(url))  # noqa: TRY301  the reader's
                    arrived.put(event)
            arrived.put(None)
        except Exception as error:  # noqa: BLE001  raised again by the reader
            arrived.put(error)

    loop = asyncio.new_event_loop()
    listening = loop.create_task(listen())

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(listening)
        loop.run_until_complete(_leave_nothing_behind())
        loop.run_until_complete(loop.shutdown_asyncgens())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while (event := arrived.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event
    finally:
        loop.call_soon_threadsafe(listening.cancel)
        thread.join()
        loop.close()


async def _leave_nothing_behind() -> None:
    """End what gql has left running, such as its own closing of the connection."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _, slow = await asyncio.wait(left, timeout=_CLOSING_S)
        for task in slow:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


def _too_slow(url: str) -> str:
    return (
        f"{url}: the subscription was ended, because {WAITING_LIMIT} events wait to "
        "be read: read faster, or hand events over to a queue of your own."
    )


def _errors(error: TransportQueryError) -> list[dict[str, Any]]:
    """Return the errors of an event, or those that AppSync wraps in an error frame."""
    found: list[dict[str, Any]] = []
    for one in error.errors or [{"message": str(error)}]:
        wrapped = one.get("errors") if isinstance(one, dict) else None
        found += wrapped if isinstance(wrapped, list) else [one]
    return found


def _server_error(error: TransportServerError) -> dict[str, Any]:
    """Return what AppSync says in a connection error, which gql has made a text."""
    named = re.search(r"'errorType': '(\w+)'", str(error))
    return {"errorType": named and named.group(1), "message": str(error)}


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
