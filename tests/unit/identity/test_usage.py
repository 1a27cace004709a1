from __future__ import annotations

import random
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import Mechanism, Period, Quota, UsagePlan
from amplikit.identity import IdentityStore
from amplikit.identity.usage import (
    Admitted,
    QuotaExceeded,
    Standing,
    Throttled,
    TokenBucket,
    period_end,
    period_start,
)

if TYPE_CHECKING:
    from pathlib import Path


S = 10**9
START = int(datetime(2026, 1, 15, 12, tzinfo=UTC).timestamp()) * S


def gateway(
    rate: float | None = None, burst: int | None = None, quota: Quota | None = None
) -> UsagePlan:
    return UsagePlan("partner", Mechanism.GATEWAY, rate, burst, quota)


def test_the_bucket_admits_what_the_reference_table_admits() -> None:
    # Rate 2 per second, burst 3, full at the start.
    tenths = [0, 0, 0, 0, 4, 5, 5, 10, 30, 30, 30, 30]
    bucket = TokenBucket(2, 3, 0)
    admitted = []
    for tenth in tenths:
        passes = bucket.wait_ns(tenth * S // 10) == 0
        if passes:
            bucket.take()
        admitted.append(int(passes))
    assert admitted == [1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("rate", [0.1, 0.3, 1, 7, 1000.5])
def test_a_request_passes_exactly_when_its_wait_is_over(rate: float) -> None:
    bucket = TokenBucket(rate, 1, 0)
    bucket.take()
    wait = bucket.wait_ns(0)
    assert bucket.wait_ns(wait - 1) == 1
    assert bucket.wait_ns(wait) == 0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(1, 1, 10 * S)
    bucket.take()
    assert bucket.wait_ns(0) == S
    assert bucket.wait_ns(10 * S) == S


def test_keys_have_a_bucket_each(store: IdentityStore) -> None:
    plan = gateway(1, 1)
    assert store.usage.admit("a", plan, START) == Admitted()
    assert store.usage.admit("a", plan, START) == Throttled(S)
    assert store.usage.admit("b", plan, START) == Admitted()


def test_a_rate_without_a_burst_gets_two_seconds_worth(store: IdentityStore) -> None:
    answers = [store.usage.admit("k", gateway(3), START) for _ in range(7)]
    assert answers == [Admitted()] * 6 + [Throttled(333_333_334)]


def test_the_last_request_of_a_quota_passes_and_the_next_does_not(
    store: IdentityStore,
) -> None:
    plan = gateway(quota=Quota(2, Period.DAY))
    answers = [store.usage.admit("k", plan, START) for _ in range(3)]
    assert answers == [Admitted(1), Admitted(2), QuotaExceeded(2, Period.DAY)]
    assert store.usage.admit("k", plan, START + 24 * 3600 * S) == Admitted(1)


def test_a_quota_survives_a_restart(
    store: IdentityStore, folder: Path, now: datetime
) -> None:
    plan = gateway(quota=Quota(1, Period.MONTH))
    store.usage.admit("k", plan, START)
    store.close()
    again = IdentityStore.open(folder, None, lambda: now)
    assert again.usage.admit("k", plan, START) == QuotaExceeded(1, Period.MONTH)
    again.close()


def test_a_throttled_request_takes_no_quota(store: IdentityStore) -> None:
    plan = gateway(1, 1, Quota(2, Period.DAY))
    answers = [store.usage.admit("k", plan, START) for _ in range(3)]
    assert answers == [Admitted(1), Throttled(S), Throttled(S)]
    assert store.usage.admit("k", plan, START + S) == Admitted(2)


def test_a_request_over_quota_takes_no_token(store: IdentityStore) -> None:
    plan = gateway(1, 1, Quota(1, Period.DAY))
    store.usage.admit("k", plan, START)
    for _ in range(2):
        over = store.usage.admit("k", plan, START + 2 * S)
        assert over == QuotaExceeded(1, Period.DAY)


def test_a_waf_rule_counts_the_requests_of_any_window(store: IdentityStore) -> None:
    plan = UsagePlan("partner", Mechanism.WAF, limit=10, window_s=60)
    first = [store.usage.admit("k", plan, START + i * S) for i in range(10)]
    assert first == [Admitted()] * 10
    assert store.usage.admit("k", plan, START + 10 * S) == Throttled(50 * S)
    # The blocked request counted: at 60 s nine old ones and itself are there.
    assert store.usage.admit("k", plan, START + 60 * S) == Throttled(S)
    assert store.usage.admit("k", plan, START + 200 * S) == Admitted()


@pytest.mark.parametrize(
    ("period", "offset", "now", "start"),
    [
        (Period.DAY, 0, (2026, 1, 15, 23, 59), (2026, 1, 15)),
        (Period.WEEK, 0, (2026, 1, 17, 12), (2026, 1, 11)),
        (Period.WEEK, 0, (2026, 1, 18), (2026, 1, 18)),
        (Period.WEEK, 2, (2026, 1, 19), (2026, 1, 13)),
        (Period.WEEK, 2, (2026, 1, 20), (2026, 1, 20)),
        (Period.MONTH, 0, (2026, 2, 28, 5), (2026, 2, 1)),
        (Period.MONTH, 10, (2026, 3, 5), (2026, 2, 11)),
        (Period.MONTH, 10, (2026, 3, 11), (2026, 3, 11)),
        (Period.MONTH, 27, (2026, 3, 1), (2026, 2, 28)),
        (Period.MONTH, 27, (2026, 1, 3), (2025, 12, 28)),
    ],
)
def test_a_period_starts_at_midnight_utc(
    period: Period, offset: int, now: tuple[int, ...], start: tuple[int, ...]
) -> None:
    quota = Quota(1, period, offset)
    found = period_start(quota, datetime(*now, tzinfo=UTC))
    assert found == datetime(*start, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "offset", "now", "end"),
    [
        (Period.DAY, 0, (2026, 12, 31, 23, 59), (2027, 1, 1)),
        (Period.WEEK, 0, (2026, 1, 17, 12), (2026, 1, 18)),
        (Period.WEEK, 2, (2026, 1, 19), (2026, 1, 20)),
        (Period.MONTH, 0, (2026, 2, 28, 5), (2026, 3, 1)),
        (Period.MONTH, 0, (2026, 12, 1), (2027, 1, 1)),
        (Period.MONTH, 27, (2026, 1, 28), (2026, 2, 28)),
        (Period.MONTH, 27, (2026, 3, 1), (2026, 3, 28)),
        (Period.MONTH, 10, (2026, 1, 31), (2026, 2, 11)),
    ],
)
def test_the_next_period_begins_where_one_ends(
    period: Period, offset: int, now: tuple[int, ...], end: tuple[int, ...]
) -> None:
    quota = Quota(1, period, offset)
    found = period_end(quota, datetime(*now, tzinfo=UTC))
    assert found == datetime(*end, tzinfo=UTC)
    assert period_start(quota, found) == found


@pytest.mark.parametrize("threads", [1, 32])
def test_a_storm_lets_through_the_rate_and_one_burst(
    store: IdentityStore, threads: int
) -> None:
    """30 s at three times the rate, on a clock of our own."""
    rate, burst, seconds = 100, 20, 30
    plan = gateway(rate, burst)
    rng = random.Random(7)
    moments = sorted(rng.randrange(seconds * S) for _ in range(3 * rate * seconds))
    shared = iter(moments)
    lock = threading.Lock()
    admitted = []

    def call() -> None:
        while True:
            with lock:
                moment = next(shared, None)
                if moment is None:
                    return
                answer = store.usage.admit("k", plan, START + moment)
            admitted.append(isinstance(answer, Admitted))

    workers = [threading.Thread(target=call) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wanted = rate * seconds + burst
    assert abs(sum(admitted) - wanted) <= wanted * 0.02


def test_a_quota_is_exact_for_many_threads_over_two_open_stores(
    store: IdentityStore, folder: Path, now: datetime
) -> None:
    other = IdentityStore.open(folder, None, lambda: now)
    plan = gateway(quota=Quota(250, Period.WEEK))
    answers: list[object] = []

    def call(one: IdentityStore) -> None:
        answers.extend(one.usage.admit("k", plan, START) for _ in range(50))

    workers = [threading.Thread(target=call, args=(one,)) for one in (store, other) * 4]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    other.close()
    counted = sorted(one.used for one in answers if isinstance(one, Admitted))
    assert counted == [*range(1, 251)]
    assert len(answers) == 400


def at(ns: int) -> datetime:
    return datetime.fromtimestamp(ns // S, UTC)


def test_what_is_left_is_told_for_each_key(store: IdentityStore) -> None:
    plan = gateway(quota=Quota(5, Period.MONTH))
    for _ in range(3):
        store.usage.admit("k", plan, START)
    store.usage.admit("k", plan, START + 24 * 3600 * S)
    resets = datetime(2026, 2, 1, tzinfo=UTC)
    tomorrow = at(START + 24 * 3600 * S)
    assert store.usage.standing("k", plan, tomorrow) == Standing(1, 4, 1, resets)
    assert store.usage.standing("other", plan, tomorrow) == Standing(0, 0, 5, resets)
    assert store.usage.standing("k", plan, resets) == Standing(
        0, 0, 5, datetime(2026, 3, 1, tzinfo=UTC)
    )


def test_a_smaller_quota_leaves_nothing_not_less(store: IdentityStore) -> None:
    for _ in range(3):
        store.usage.admit("k", gateway(quota=Quota(5, Period.DAY)), START)
    smaller = gateway(quota=Quota(2, Period.DAY))
    assert store.usage.standing("k", smaller, at(START)).remaining == 0
    assert store.usage.admit("k", smaller, START) == QuotaExceeded(2, Period.DAY)


@pytest.mark.parametrize(
    "plan",
    [
        gateway(1000, 1000),
        UsagePlan("partner", Mechanism.WAF, limit=1000, window_s=60),
    ],
    ids=["gateway", "waf"],
)
def test_requests_are_counted_also_without_a_quota(
    store: IdentityStore, folder: Path, now: datetime, plan: UsagePlan
) -> None:
    for _ in range(3):
        store.usage.admit("k", plan, START)
    store.close()
    again = IdentityStore.open(folder, None, lambda: now)
    assert again.usage.standing("k", plan, at(START)) == Standing(3)
    again.close()


def test_refused_requests_are_not_counted(store: IdentityStore) -> None:
    plan = gateway(1, 1, Quota(2, Period.WEEK))
    for second in (0, 0, 1, 2, 3):
        store.usage.admit("k", plan, START + second * S)
    standing = store.usage.standing("k", plan, at(START))
    assert (standing.used_today, standing.used, standing.remaining) == (2, 2, 0)
