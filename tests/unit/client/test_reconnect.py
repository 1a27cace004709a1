"""When a subscription comes back, and when it does not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from amplikit_client import (
    AppSyncError,
    Clock,
    GraphQLError,
    Interrupted,
    InvalidCall,
    Live,
    RetryPolicy,
    Throttled,
    Unauthorized,
    Unreachable,
    ValidationFailed,
)
from amplikit_client.answers import refusal
from amplikit_client.reconnect import Reconnection, stay
from amplikit_client.retry import pause_s

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

LIVE = "live"
EVENT = {"onCreatePost": {"id": "1"}}
BROKEN = Unreachable("broken")


def refused(
    error_type: str | None, message: str = "no", status: int = 200
) -> GraphQLError:
    return refusal([{"errorType": error_type, "message": message}], None, status)


EXPIRED = refused("UnauthorizedException", "Token has expired.", 401)


class Service:
    """Plays one list for each connection; an error ends it, its end completes."""

    def __init__(self, *lives: list[Any], renewable: bool = False) -> None:
        self.lives = list(lives)
        self.renewable = renewable
        self.renewed = 0
        self.told: list[Any] = []

    async def connect(self, live: Callable[[], None]) -> AsyncGenerator[Any]:
        for step in self.lives.pop(0):
            if step is LIVE:
                live()
            elif isinstance(step, AppSyncError):
                raise step
            else:
                yield step

    def renew(self) -> bool:
        self.renewed += 1
        return self.renewable

    def listen(self, *, offline_s: float = 1e9, tries: int = 6) -> list[Any]:
        """Return events and changes in order; raise what ends it."""
        retry = RetryPolicy(base_s=0.0, tries=tries)
        clock = Clock(monotonic=lambda: 0.0)
        plan = Reconnection(retry, self.renew, clock, offline_s)
        told = self.told
        asyncio.run(stay(self.connect, plan, told.append, told.append))
        return told


def test_a_broken_connection_is_made_again_and_the_gap_is_told() -> None:
    service = Service([LIVE, EVENT, BROKEN], [BROKEN], [LIVE, EVENT])
    assert service.listen() == [
        Live(after_gap=False),
        EVENT,
        Interrupted(BROKEN, 0.0),
        Interrupted(BROKEN, 0.0),
        Live(after_gap=True),
        EVENT,
    ]


PASSING = {
    "a broken connection": BROKEN,
    "too many at once": refused("LimitExceededError", status=400),
    "HTTP 429": refused(None, status=429),
    "HTTP 503": refused(None, status=503),
    "a fault of the service": refused("InternalFailure"),
}


@pytest.mark.parametrize("problem", PASSING.values(), ids=PASSING)
def test_what_passes_does_not_end_it(problem: AppSyncError) -> None:
    service = Service([LIVE, problem], [problem], [LIVE, EVENT])
    assert service.listen()[-1] == EVENT


LASTING = {
    "a refused caller": (refused("Unauthorized"), Unauthorized),
    "a refused connection": (refused("UnauthorizedException"), Unauthorized),
    "a bad document": (refused(None, "Validation error of type x"), ValidationFailed),
    "no subscription": (refused("UnsupportedOperation"), GraphQLError),
    "HTTP 404": (refused(None, status=404), GraphQLError),
    "a certificate": (Unreachable("x", permanent=True), Unreachable),
    "no credentials": (InvalidCall("none"), InvalidCall),
}


@pytest.mark.parametrize(("problem", "kind"), LASTING.values(), ids=LASTING)
def test_what_another_try_would_meet_again_ends_it(
    problem: AppSyncError, kind: type[AppSyncError]
) -> None:
    service = Service([LIVE, BROKEN], [problem])
    with pytest.raises(kind) as raised:
        service.listen()
    assert raised.value is problem


def test_expired_credentials_are_renewed_once() -> None:
    service = Service([LIVE, BROKEN], [EXPIRED], [LIVE, EVENT], renewable=True)
    assert service.listen()[-1] == EVENT
    assert service.renewed == 1

    service = Service([EXPIRED], [EXPIRED], renewable=True)
    with pytest.raises(Unauthorized):
        service.listen()
    assert service.renewed == 1


def test_credentials_that_cannot_differ_are_not_shown_twice() -> None:
    service = Service([EXPIRED])
    with pytest.raises(Unauthorized):
        service.listen()


def test_a_service_that_never_acknowledged_is_given_up_as_a_call_is() -> None:
    service = Service([BROKEN], [BROKEN], [BROKEN])
    with pytest.raises(Unreachable):
        service.listen(tries=3)
    assert service.lives == []


def test_an_interruption_may_last_so_long() -> None:
    service = Service([LIVE, BROKEN])
    with pytest.raises(Unreachable):
        service.listen(offline_s=0.0)


def test_ten_thousand_tries_are_still_a_pause() -> None:
    policy = RetryPolicy()
    assert pause_s(policy, 10_000, 1.0, None) == policy.longest_s


def test_the_service_says_how_long_to_wait() -> None:
    busy = Throttled([{"message": "later"}])
    busy.retry_after_s = 0.001
    service = Service([busy], [LIVE])
    assert service.listen() == [Interrupted(busy, 0.001), Live(after_gap=False)]
