"""When a call is tried again, and how long it waits before.

A query may be repeated after anything that can pass. A mutation is repeated only
after HTTP 429, which says that nothing was done: after a 5xx or a broken connection
it may have been applied already.
Source: AWS Architecture Blog, "Exponential backoff and jitter" (full jitter).
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from amplikit_client.document import OperationKind
from amplikit_client.errors import GraphQLError, Throttled, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit_client.errors import AppSyncError

__all__ = ["Clock", "RetryPolicy", "may_repeat", "pause_s", "tries_for"]

# API Gateway's words for a spent quota, which comes back in hours, not seconds.
_QUOTA_SPENT = "Limit Exceeded"

# Beyond every longest pause, and within what a float can hold.
_MOST_DOUBLINGS = 64


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that a test can decide both.

    ``chance`` gives numbers from 0 up to 1.
    """

    now: Callable[[], datetime] = _utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a call is tried.

    The pause before try n+1 is a random part of ``base_s`` x 2^n, ``longest_s`` at
    most. No try starts, and no pause begins, that would end after
    ``give_up_after_s``. A throttled call has more tries than one that fails: its turn
    comes, and nothing has been done so far.
    """

    tries: int = 6
    throttled_tries: int = 30
    base_s: float = 0.2
    longest_s: float = 10.0
    give_up_after_s: float = 58.0


def may_repeat(problem: AppSyncError, kind: OperationKind) -> bool:
    """Say whether the same call may be sent again, and could then succeed."""
    match problem:
        case Throttled(status=HTTPStatus.TOO_MANY_REQUESTS):
            return problem.message != _QUOTA_SPENT or problem.retry_after_s is not None
        case GraphQLError():
            passing = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return passing and kind is OperationKind.QUERY
        case Unreachable():
            return not problem.permanent and kind is OperationKind.QUERY
        case _:
            return False


def tries_for(policy: RetryPolicy, problem: AppSyncError) -> int:
    """Return how often a call with this outcome is tried at most."""
    match problem:
        case Throttled(status=HTTPStatus.TOO_MANY_REQUESTS):
            return policy.throttled_tries
        case _:
            return policy.tries


def pause_s(
    policy: RetryPolicy, tries: int, chance: float, asked_s: float | None
) -> float:
    """Return the pause after so many tries; never less than the service asked."""
    if asked_s is not None:
        return asked_s + chance * policy.base_s
    doublings = min(tries - 1, _MOST_DOUBLINGS)
    return chance * min(policy.longest_s, policy.base_s * 2.0**doublings)
