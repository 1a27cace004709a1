"""Usage plans: rate, burst and quota of a gateway, or a WAF rate rule."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.config import Mechanism, Period, Quota

if TYPE_CHECKING:
    from amplikit.blueprint.config import UsagePlan
    from amplikit.identity.database import Database

__all__ = [
    "Admission",
    "Admitted",
    "QuotaExceeded",
    "Standing",
    "Throttled",
    "TokenBucket",
    "Usage",
    "WindowLimit",
    "period_end",
    "period_start",
]

_NS_PER_S = 10**9
_TOKEN = _NS_PER_S * _NS_PER_S
_TODAY = Quota(2**62, Period.DAY)


@dataclass(frozen=True, slots=True)
class Admitted:
    """The request may pass; ``used`` counts the quota's period, this one included."""

    used: int | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """The rate is spent; nothing was counted. The gateway says ``Too Many Requests``.

    ``retry_after_ns`` is when the next request would pass, for the operator's log.
    """

    retry_after_ns: int


@dataclass(frozen=True, slots=True)
class QuotaExceeded:
    """The period's quota is spent. The gateway says ``Limit Exceeded``."""

    limit: int
    period: Period


@dataclass(frozen=True, slots=True)
class Standing:
    """What a key has used; the members after the first are None without a quota."""

    used_today: int
    used: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None


Admission = Admitted | Throttled | QuotaExceeded


class TokenBucket:
    """A token bucket in whole numbers: no request depends on how floats add up.

    The level is in units of 1e-18 tokens, so that nanoseconds times a rate of nine
    decimals stay exact. Starts full. ``now_ns`` that goes back adds nothing.
    """

    def __init__(self, rate_per_s: float, burst: int, now_ns: int) -> None:
        self._units_per_ns = int(Decimal(str(rate_per_s)) * _NS_PER_S)
        self._capacity = burst * _TOKEN
        self._level = self._capacity
        self._last_ns = now_ns

    def wait_ns(self, now_ns: int) -> int:
        """Return 0 when a token is there, else nanoseconds until one is."""
        gained = max(0, now_ns - self._last_ns) * self._units_per_ns
        self._level = min(self._capacity, self._level + gained)
        self._last_ns = max(now_ns, self._last_ns)
        missing = _TOKEN - self._level
        return max(0, -(-missing // max(1, self._units_per_ns)))

    def take(self) -> None:
        """Take the token that ``wait_ns`` found."""
        self._level -= _TOKEN


class WindowLimit:
    """A WAF rate rule: at most ``limit`` requests in any window.

    Blocked requests count too, as WAF counts every request it sees, so a caller who
    never slows down stays blocked.
    """

    def __init__(self, limit: int, window_s: int) -> None:
        self._window_ns = window_s * _NS_PER_S
        self._seen: deque[int] = deque(maxlen=limit)

    def wait_ns(self, now_ns: int) -> int:
        """Count a request; return 0 when it passes, else how long it is blocked."""
        while self._seen and self._seen[0] + self._window_ns <= now_ns:
            self._seen.popleft()
        full = len(self._seen) == self._seen.maxlen
        wait_ns = self._seen[0] + self._window_ns - now_ns if full else 0
        self._seen.append(now_ns)
        return wait_ns


class Usage:
    """What each key has used. Counters survive a restart, buckets start full.

    Limits are per key and plan. Source: API Gateway developer guide, "Usage plans";
    AWS is best effort and may overshoot, this is exact.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._buckets: dict[tuple[str, UsagePlan], TokenBucket] = {}
        self._windows: dict[tuple[str, UsagePlan], WindowLimit] = {}

    def admit(self, key_id: str, plan: UsagePlan, now_ns: int) -> Admission:
        """Count one request at ``now_ns`` (epoch), or say why it may not pass.

        A refused request takes neither a token nor quota.
        """
        match plan.mechanism:
            case Mechanism.GATEWAY:
                return self._through_gateway(key_id, plan, now_ns)
            case Mechanism.WAF:
                return self._through_waf(key_id, plan, now_ns)
            case _:
                assert_never(plan.mechanism)

    def _through_gateway(self, key_id: str, plan: UsagePlan, now_ns: int) -> Admission:
        bucket = self._bucket(key_id, plan, now_ns)
        wait_ns = bucket.wait_ns(now_ns) if bucket else 0
        if wait_ns:
            return Throttled(wait_ns)
        used: int | None = None
        with self._database.transaction():
            if plan.quota:
                used = self._count(key_id, plan.name, plan.quota, now_ns)
                if used is None:
                    return QuotaExceeded(plan.quota.limit, plan.quota.period)
            self._count_day(key_id, plan, now_ns)
        if bucket:
            bucket.take()
        return Admitted(used)

    def _bucket(self, key_id: str, plan: UsagePlan, now_ns: int) -> TokenBucket | None:
        if plan.rate_per_s is None:
            return None
        bucket = self._buckets.get((key_id, plan))
        if bucket is None:
            # AWS asks for a burst; a plan without one gets two seconds' worth.
            burst = plan.burst or max(1, math.ceil(plan.rate_per_s * 2))
            bucket = TokenBucket(plan.rate_per_s, burst, now_ns)
            self._buckets[key_id, plan] = bucket
        return bucket

    def _through_waf(self, key_id: str, plan: UsagePlan, now_ns: int) -> Admission:
        if plan.limit is None or plan.window_s is None:
            return Admitted()
        window = self._windows.get((key_id, plan))
        if window is None:
            window = WindowLimit(plan.limit, plan.window_s)
            self._windows[key_id, plan] = window
        wait_ns = window.wait_ns(now_ns)
        if wait_ns:
            return Throttled(wait_ns)
        self._count_day(key_id, plan, now_ns)
        return Admitted()

    def standing(self, key_id: str, plan: UsagePlan, now: datetime) -> Standing:
        """Return what a key has used by now, and what is left to it."""
        today = self._used(key_id, plan.name, _TODAY, now)
        quota = plan.quota
        if quota is None:
            return Standing(today)
        used = self._used(key_id, plan.name, quota, now)
        remaining = max(0, quota.limit - used)
        return Standing(today, used, remaining, period_end(quota, now))

    def _used(self, key_id: str, plan: str, quota: Quota, now: datetime) -> int:
        start = int(period_start(quota, now).timestamp())
        row = self._database.row(
            "SELECT used FROM quota_usage WHERE plan = ? AND key_id = ?"
            " AND period = ? AND period_start = ?",
            *(plan, key_id, quota.period.value, start),
        )
        return int(row["used"]) if row else 0

    def _count_day(self, key_id: str, plan: UsagePlan, now_ns: int) -> None:
        """Count a request of today, unless the quota has just done that."""
        if plan.quota is None or plan.quota.period is not Period.DAY:
            self._count(key_id, plan.name, _TODAY, now_ns)

    def _count(self, key_id: str, plan: str, quota: Quota, now_ns: int) -> int | None:
        """Add one to the period's counter and return it, or None when it is spent."""
        if quota.limit < 1:
            return None
        now = datetime.fromtimestamp(now_ns // _NS_PER_S, UTC)
        start = int(period_start(quota, now).timestamp())
        rows = self._database.count(
            "INSERT INTO quota_usage VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE"
            " SET used = used + 1 WHERE used < ? RETURNING used",
            *(plan, key_id, quota.period.value, start, quota.limit),
        )
        return int(rows[0]["used"]) if rows else None


def period_start(quota: Quota, now: datetime) -> datetime:
    """Return when the period that holds ``now`` began, in UTC.

    A week begins on Sunday, a month on day 1, each shifted by ``offset_days``.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match quota.period:
        case Period.DAY:
            return midnight
        case Period.WEEK:
            days = (midnight.isoweekday() - quota.offset_days) % 7
            return midnight - timedelta(days=days)
        case Period.MONTH:
            shifted = midnight - timedelta(days=quota.offset_days)
            return shifted.replace(day=1) + timedelta(days=quota.offset_days)
        case _:
            assert_never(quota.period)


def period_end(quota: Quota, now: datetime) -> datetime:
    """Return when the period that holds ``now`` is over, and the next one begins."""
    start = period_start(quota, now)
    match quota.period:
        case Period.DAY:
            return start + timedelta(days=1)
        case Period.WEEK:
            return start + timedelta(days=7)
        case Period.MONTH:
            # No month is longer than that, and none so short that two would pass.
            return period_start(quota, start + timedelta(days=31))
        case _:
            assert_never(quota.period)
