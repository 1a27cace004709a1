from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import Mechanism, Period, Quota, UsagePlan
from amplikit.identity import IdentityStore
from amplikit.identity.usage import (
    Admitted,
    QuotaExceeded,
    Throttled,
    TokenBucket,
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
