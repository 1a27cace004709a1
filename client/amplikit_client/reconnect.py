"""How a subscription outlives its connections: when to come back, and when not to.

A connection that breaks is made again after a pause that grows, with credentials that
are asked for anew; a refusal that another try would meet again ends it.
Source: AWS Architecture Blog, "Exponential backoff and jitter" (full jitter).
"""

from __future__ import annotations

import asyncio
import math
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from amplikit_client.answers import credentials_expired
from amplikit_client.errors import AppSyncError, GraphQLError, Throttled, Unreachable
from amplikit_client.retry import Clock, RetryPolicy, pause_s

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Callable

__all__ = [
    "Change",
    "Event",
    "Interrupted",
    "Live",
    "Reconnection",
    "SubscribeOptions",
    "stay",
]

Event: TypeAlias = "dict[str, Any] | GraphQLError"

_PASSING = frozenset(
    {"InternalFailure", "InternalFailureException", "ServiceUnavailableException"}
)


@dataclass(frozen=True, slots=True)
class Live:
    """The service has acknowledged the subscription: no event is missed from now.

    ``after_gap`` says that it was interrupted before: events that came meanwhile are
    lost, and a query catches up with them.
    """

    after_gap: bool


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The connection is gone, or could not be made; the next try is in ``pause_s``."""

    reason: AppSyncError
    pause_s: float


Change: TypeAlias = Live | Interrupted


def _ignored(_: Change) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class SubscribeOptions:
    """What a subscription does besides delivering events.

    ``on_change`` is told when it is live and when it is interrupted, in the thread
    that receives: it returns at once. ``offline_s`` is how long an interruption may
    last. ``tls`` says whom to trust, where the system's certificates do not.
    """

    on_change: Callable[[Change], None] = _ignored
    offline_s: float = math.inf
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Reconnection:
    """How often and how long to come back.

    Until the service has acknowledged once, ``retry`` bounds the tries, as for any
    call: the URL may be wrong. After that only its pauses count, and ``offline_s``,
    how long an interruption may last.
    """

    retry: RetryPolicy
    renew: Callable[[], bool]
    clock: Clock
    offline_s: float = math.inf


async def stay(
    connect: Callable[[Callable[[], None]], AsyncGenerator[Event]],
    plan: Reconnection,
    take: Callable[[Event], None],
    tell: Callable[[Change], None],
) -> None:
    """Hand events over until the service completes the subscription.

    ``connect`` yields the events of one connection, and calls what it is given when
    it is live. Raises the ``AppSyncError`` that will not pass, or has not in time.
    """
    clock, retry = plan.clock, plan.retry
    failures, renewed, since = 0, False, clock.monotonic()
    limit_s, tries = retry.give_up_after_s, float(retry.tries)
    life = _Life(clock, tell)
    while True:
        try:
            async with aclosing(connect(life.begin)) as events:
                async for event in events:
                    take(event)
        except AppSyncError as error:
            problem = error
        else:
            return
        lived_s, now = life.end(), clock.monotonic()
        if lived_s is not None:
            renewed, since = False, now
            limit_s, tries = plan.offline_s, math.inf
            # A server that drops whom it has let in is not called in a circle.
            failures = 0 if lived_s >= retry.longest_s else failures
        if _expired(problem) and not renewed:
            renewed = True
            if plan.renew():
                continue
        failures += 1
        pause = pause_s(retry, failures, clock.chance(), _asked_s(problem))
        too_late = now + pause - since >= limit_s
        if not heals(problem) or failures >= tries or too_late:
            raise problem
        tell(Interrupted(problem, pause))
        await asyncio.sleep(pause)


class _Life:
    """How long the subscription has been live on the connection of now."""

    def __init__(self, clock: Clock, tell: Callable[[Change], None]) -> None:
        self._clock, self._tell = clock, tell
        self._since: float | None = None
        self._ever = False

    def begin(self) -> None:
        self._since = self._clock.monotonic()
        self._tell(Live(after_gap=self._ever))
        self._ever = True

    def end(self) -> float | None:
        """Return how long it was; ``None`` when it never began."""
        since, self._since = self._since, None
        return None if since is None else self._clock.monotonic() - since


def heals(problem: AppSyncError) -> bool:
    """Say whether the same subscription may be accepted later."""
    match problem:
        case Throttled():
            return True
        case GraphQLError():
            passing = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return passing or problem.error_type in _PASSING
        case Unreachable():
            return not problem.permanent
        case _:
            return False


def _expired(problem: AppSyncError) -> bool:
    return isinstance(problem, GraphQLError) and credentials_expired(problem)


def _asked_s(problem: AppSyncError) -> float | None:
    return problem.retry_after_s if isinstance(problem, GraphQLError) else None
