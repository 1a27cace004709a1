"""``AppSyncClient``: one call that signs, retries, pages and says what went wrong."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from amplikit_client import paging
from amplikit_client.answers import credentials_expired, read
from amplikit_client.async_subscription import AsyncSubscription
from amplikit_client.auth import Auth, IamAuth
from amplikit_client.document import OperationKind, operation_of
from amplikit_client.environment import api_url
from amplikit_client.errors import GraphQLError, InvalidCall, Unreachable
from amplikit_client.reconnect import Reconnection, SubscribeOptions, stay
from amplikit_client.retry import (
    Clock,
    RetryPolicy,
    may_repeat,
    pause_s,
    tries_for,
)
from amplikit_client.subscription import Subscription
from amplikit_client.transport import PreparedCall, RequestsTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    import gql

    from amplikit_client.reconnect import Change, Event
    from amplikit_client.subscription import Listen
    from amplikit_client.transport import Transport

__all__ = ["AppSyncClient"]


class AppSyncClient:
    """A client for one AppSync API; safe to share between threads.

    It keeps connections open between calls: one client for many calls. ``close()``
    them when done, or use the client in a ``with`` statement; a ``transport`` that
    was given stays open, it is the giver's.

    ``timeout_s`` bounds one try, ``retry`` all of them together. Data and variables
    are JSON: what a field holds is known to the query, not to the type checker.
    """

    def __init__(
        self,
        url: str,
        auth: Auth,
        *,
        timeout_s: float = 30.0,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
        clock: Clock | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidCall(f"'{url}' is not the http(s) URL of an API.")
        self.url = url
        self.auth = auth
        self._timeout_s = timeout_s
        self._retry = retry or RetryPolicy()
        own = RequestsTransport() if transport is None else None
        self._own, self._transport = own, transport or own or RequestsTransport()
        self._clock = clock or Clock()

    @classmethod
    def from_env(
        cls,
        auth: Auth | None = None,
        *,
        timeout_s: float = 30.0,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
    ) -> Self:
        """Return a client for the API that the environment names.

        The URL is ``APPSYNC_URL``, or the one ``API_<NAME>_GRAPHQLAPIENDPOINTOUTPUT``
        that Amplify gives a function; without ``auth``, its IAM role signs.
        Raises ``InvalidCall`` when the API or the region is not certain.
        """
        url = api_url(os.environ)
        if auth is None:
            auth = IamAuth()
            auth.region_for(url)
        return cls(url, auth, timeout_s=timeout_s, retry=retry, transport=transport)

    def __repr__(self) -> str:
        return f"AppSyncClient({self.url!r}, {self.auth!r})"

    def close(self) -> None:
        """Close the idle connections; a later call opens new ones."""
        if self._own:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def execute(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """Run a query or mutation and return its data.

        Raises ``GraphQLError`` or one of its kinds when the answer has errors (the
        partial data is in it), ``Unreachable`` without an answer, and ``InvalidCall``
        for a call that cannot be made.
        """
        body = _body(query, variables, operation_name)
        kind = operation_of(query, operation_name).kind
        if kind is OperationKind.SUBSCRIPTION:
            raise InvalidCall("execute() runs no subscription: use subscribe().")
        return self._call(body, kind)

    def paginate(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        path: str | None = None,
        page_size: int = 100,
    ) -> Iterator[Any]:
        """Return every item of a list, whatever the number of pages.

        The query declares ``$limit`` and ``$nextToken`` and selects ``items`` and
        ``nextToken``. ``path`` names the list in the answer (``"listPosts"``,
        ``"getBlog.posts"``); without it the query's only field is the list.
        """
        paging.check(query, page_size)
        return paging.items(
            lambda given: self.execute(query, given), variables or {}, path, page_size
        )

    def subscribe(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        operation_name: str | None = None,
        options: SubscribeOptions | None = None,
    ) -> Subscription:
        """Return the events of a subscription, as they come.

            with client.subscribe("subscription { onCreatePost { id } }") as events:
                for event in events:
                    print(event["onCreatePost"]["id"])

        A connection that breaks is made again, after pauses that grow, with fresh
        credentials; events in between are lost (``SubscribeOptions.on_change`` says
        when). A refusal that would come again is raised: ``Unauthorized``,
        ``ValidationFailed``. Iteration ends when the service completes.
        Needs the extra ``realtime``; raises ``ExtraMissing`` without it.
        """
        return Subscription(self._listen(query, variables, operation_name, options))

    def subscribe_async(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        operation_name: str | None = None,
        options: SubscribeOptions | None = None,
    ) -> AsyncSubscription:
        """Return what ``subscribe`` does, for ``async with`` and ``async for``."""
        listen = self._listen(query, variables, operation_name, options)
        return AsyncSubscription(listen)

    def gql(self) -> gql.Client:
        """Return a ``gql.Client`` for the same API and caller (extra ``realtime``)."""
        from amplikit_client import realtime  # noqa: PLC0415  an extra, slow to import

        return realtime.gql_client(self.url, self.auth)

    def _listen(
        self,
        query: str,
        variables: Mapping[str, object] | None,
        operation_name: str | None,
        options: SubscribeOptions | None,
    ) -> Listen:
        from amplikit_client import realtime  # noqa: PLC0415  an extra, slow to import

        chosen = options or SubscribeOptions()
        request = json.loads(_body(query, variables, operation_name))
        to = realtime.Address(self.url, self.auth, chosen.tls)
        plan = Reconnection(self._retry, self.auth.renew, self._clock, chosen.offline_s)

        async def listen(
            take: Callable[[Event], None], tell: Callable[[Change], None]
        ) -> None:
            def told(change: Change) -> None:
                tell(change)
                chosen.on_change(change)

            await stay(
                lambda live: realtime.events(to, request, live), plan, take, told
            )

        return listen

    def _call(self, body: bytes, kind: OperationKind) -> dict[str, Any]:
        deadline = self._clock.monotonic() + self._retry.give_up_after_s
        tries, renewed = 0, False
        while True:
            tries += 1
            outcome = self._try_once(body, deadline - self._clock.monotonic())
            match outcome:
                case dict():
                    return outcome
                case GraphQLError() if credentials_expired(outcome) and not renewed:
                    renewed = True
                    if self.auth.renew():
                        continue
                    raise outcome
                case GraphQLError():
                    asked_s = outcome.retry_after_s
                case Unreachable():
                    asked_s = None
            pause = pause_s(self._retry, tries, self._clock.chance(), asked_s)
            too_late = self._clock.monotonic() + pause >= deadline
            spent = tries >= tries_for(self._retry, outcome)
            if too_late or spent or not may_repeat(outcome, kind):
                raise outcome
            self._clock.sleep(pause)

    def _try_once(
        self, body: bytes, left_s: float
    ) -> dict[str, Any] | GraphQLError | Unreachable:
        now = self._clock.now()
        headers = {
            "content-type": "application/json",
            **self.auth.headers(self.url, body, now),
        }
        # The first byte and the rest of the answer may each take this long.
        timeout_s = min(self._timeout_s, left_s / 2)
        try:
            answer = self._transport.send(
                PreparedCall(self.url, headers, body, timeout_s)
            )
        except Unreachable as error:
            return error
        return read(answer, now)


def _body(
    query: str, variables: Mapping[str, object] | None, operation_name: str | None
) -> bytes:
    if not isinstance(query, str):
        raise InvalidCall(f"The query is a {type(query).__name__}, not a str.")
    request: dict[str, object] = {"query": query}
    if variables is not None:
        request["variables"] = dict(variables)
    if operation_name is not None:
        request["operationName"] = operation_name
    try:
        return json.dumps(request, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidCall(f"The variables are not JSON: {error}.") from error
