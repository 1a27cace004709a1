"""gql's AppSync transport, which also says when a subscription is acknowledged.

It keeps what a refusal says, and takes any frame as a sign of life. For ``realtime``
alone, which says what to install where gql is missing.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from gql import GraphQLRequest
from gql.transport.appsync_websockets import AppSyncWebsocketsTransport
from gql.transport.exceptions import TransportServerError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    from gql.transport.appsync_auth import AppSyncAuthentication

__all__ = ["Refused", "SubscriptionRequest", "SubscriptionTransport", "listed"]

_CONNECT_S = 10
_ACKNOWLEDGE_S = 15
"""amplify-js waits as long for a ``start_ack``."""
_CLOSING_S = 1
_KEEP_ALIVE_S = 300.0
"""What AppSync says in ``connectionTimeoutMs``, which counts where it is given."""


class SubscriptionRequest(GraphQLRequest):
    """A request whose text goes to the service as it is: it says what is wrong."""

    def __init__(self, request: Mapping[str, object]) -> None:
        self._request = dict(request)

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        return self._request


class Refused(TransportServerError):
    """AppSync refuses the connection, or says that it ends."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


class _Deadline:
    """Calls ``late`` with what has not happened, unless it is set anew or cancelled."""

    def __init__(self, late: Callable[[str], None]) -> None:
        self._late = late
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float, what: str) -> None:
        self.cancel()
        loop = asyncio.get_running_loop()
        told = f"{what} in {seconds:g} s"
        self._timer = loop.call_later(seconds, self._late, told)

    def cancel(self) -> None:
        if self._timer:
            self._timer.cancel()


class SubscriptionTransport(AppSyncWebsocketsTransport):
    """gql's transport, for the one subscription of a connection."""

    def __init__(
        self,
        url: str,
        auth: AppSyncAuthentication,
        tls: ssl.SSLContext | None,
        live: Callable[[], None],
    ) -> None:
        super().__init__(
            url=url,
            auth=auth,
            ssl=tls or False,
            connect_timeout=_CONNECT_S,
            close_timeout=2 * _CLOSING_S,
            # An event has up to 240 KB; the limit of a frame is AppSync's business.
            connect_args={"close_timeout": _CLOSING_S, "max_size": None},
        )
        self._live = live
        self._keep_alive_s = _KEEP_ALIVE_S
        # gql's own watch over keep-alives can hang when it is cancelled.
        self._silence = _Deadline(self._late)
        self._acknowledgement = _Deadline(self._late)

    async def _send_query(self, request: GraphQLRequest) -> int:
        self._acknowledgement.set(_ACKNOWLEDGE_S, "no answer to the subscription")
        return await super()._send_query(request)

    def _late(self, what: str) -> None:
        silence = TimeoutError(what)
        self._failing = asyncio.ensure_future(self._fail(silence, clean_close=False))

    async def _close_hook(self) -> None:
        self._silence.cancel()
        self._acknowledgement.cancel()

    def _parse_answer(self, answer: str) -> tuple[str, int | None, Any]:
        frame = _frame(answer)
        payload = frame.get("payload")
        match frame.get("type"):
            case "connection_ack" if isinstance(payload, dict):
                told = payload.get("connectionTimeoutMs")
                if isinstance(told, int) and told > 0:
                    self._keep_alive_s = told / 1000
            case "start_ack":
                self._acknowledgement.cancel()
                self._live()
            case "connection_error":
                raise Refused(listed(payload))
            case "error" if not frame.get("id"):
                raise Refused(listed(payload))
        self._silence.set(self._keep_alive_s, "no keep-alive has come")
        return super()._parse_answer(answer)


def _frame(answer: str) -> dict[str, Any]:
    try:
        frame = json.loads(answer)
    except ValueError:
        return {}  # gql says what is wrong with it
    return frame if isinstance(frame, dict) else {}


def listed(payload: object) -> list[dict[str, Any]]:
    """Return a payload's errors; it may be one itself."""
    listed = payload.get("errors") if isinstance(payload, dict) else None
    found = listed if isinstance(listed, list) else [payload]
    return [one if isinstance(one, dict) else {"message": str(one)} for one in found]
