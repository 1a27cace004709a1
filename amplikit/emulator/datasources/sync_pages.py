"""``syncXs``: all items of a table, or what has changed since.

Source: AppSync developer guide, "Using DynamoDB sync operations on versioned data
sources".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from amplikit.blueprint.conflicts import DELTA_TABLE_TTL_S
from amplikit.blueprint.operations import AllOf, CallerFilter, Pending
from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.failures import INVALID_PAGINATION_TOKEN, refused
from amplikit.emulator.datasources.filtering import Filters, binding_of, kept
from amplikit.emulator.datasources.versioned import CHANGE_LOG
from amplikit.emulator.datasources.versions import day_of, milliseconds
from amplikit.emulator.next_token import InvalidToken, NextTokens
from amplikit.emulator.trace import Read
from amplikit.store.conditions import SortCondition
from amplikit.store.interface import QueryRequest, Refused, ScanRequest, Store

if TYPE_CHECKING:
    from amplikit.emulator.datasources.pages import PageResult
    from amplikit.emulator.run import Run
    from amplikit.store.interface import Item, Page

__all__ = ["SyncReader"]

_DEFAULT_LIMIT: Final = 100
_MAX_LIMIT: Final = 1_000
_WHERE: Final = AllOf((Pending(), CallerFilter("args.filter")))
_STARTED: Final = "startedAt"
_DAY: Final = "day"
_KEY: Final = "key."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sync stands: when it began, and behind which key of which day."""

    started_at: int
    key: Item | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class SyncReader:
    """Answers sync requests of resolvers from a store."""

    store: Store
    tokens: NextTokens

    def read(self, table: str, run: Run) -> PageResult | FieldError:
        """Return one page: of the table, or of the log when that goes back as far."""
        now = milliseconds(run.now)
        binding = binding_of(run, table, None)
        place = self._place(run, binding, now)
        if isinstance(place, FieldError):
            return place
        filters = Filters.of(_WHERE, run)
        limit = _limit(run.arguments.get("limit"))
        since = run.arguments.get("lastSync")
        # Of a sync that has begun, every page is read from where the first one was.
        oldest = place.started_at - DELTA_TABLE_TTL_S * 1000
        if not isinstance(since, int) or since < oldest:
            page = self.store.scan(ScanRequest(table, limit=limit, start=place.key))
            day = None
        else:
            page, day = self._log(table, _Span(since, now), place, limit)
        if isinstance(page, Refused):
            return refused(page.type, page.message, run)
        visible, by_auth = kept(page.items, filters.rules)
        items, by_filter = kept(visible, filters.asked)
        run.trace.reads.append(
            Read(
                run.call.path,
                "Sync",
                table,
                evaluated=page.scanned_count,
                dropped_by_auth=by_auth,
                dropped_by_filter=by_filter,
                returned=len(items),
                more=bool(page.last_key or day),
                limit=limit,
                ends=page.ends,
            )
        )
        token = None
        if page.last_key or day:
            token = self._sealed(_Place(place.started_at, page.last_key, day), binding)
        return {
            "items": [*items],
            "nextToken": token,
            "scannedCount": page.scanned_count,
            "startedAt": place.started_at,
        }

    def _log(
        self, table: str, span: _Span, place: _Place, limit: int
    ) -> tuple[Page | Refused, str | None]:
        """Return a page of the log, and the day on which it goes on."""
        days = span.days(table)
        left = days[days.index(place.day) :] if place.day in days else days
        start = place.key
        while True:
            day, *left = left
            sort = SortCondition(">=", (span.begin,)) if day == days[0] else None
            request = QueryRequest(CHANGE_LOG, day, sort=sort, limit=limit, start=start)
            page = self.store.query(request)
            if isinstance(page, Refused) or page.last_key is not None:
                return page, day
            if page.items or not left:
                return page, left[0] if left else None
            start = None

    def _place(self, run: Run, binding: bytes, now: int) -> _Place | FieldError:
        token = run.arguments.get("nextToken")
        if not isinstance(token, str) or not token:
            return _Place(now)
        try:
            opened = self.tokens.open(token, binding)
        except InvalidToken:
            return INVALID_PAGINATION_TOKEN
        started_at, day = opened[_STARTED], opened.get(_DAY)
        key = {
            name.removeprefix(_KEY): value
            for name, value in opened.items()
            if name.startswith(_KEY)
        }
        return _Place(
            started_at if isinstance(started_at, int) else now,
            key or None,
            day if isinstance(day, str) else None,
        )

    def _sealed(self, place: _Place, binding: bytes) -> str:
        sealed: Item = {_STARTED: place.started_at}
        if place.day is not None:
            sealed[_DAY] = place.day
        sealed |= {f"{_KEY}{name}": value for name, value in (place.key or {}).items()}
        return self.tokens.seal(sealed, binding)


@dataclass(frozen=True, slots=True)
class _Span:
    """From one instant to another, in milliseconds since 1970."""

    since: int
    now: int

    @property
    def begin(self) -> str:
        """The time of day at which it begins, as the log writes it."""
        return _iso(self.since)[11:-1]

    def days(self, table: str) -> list[str]:
        """Return the log's partitions, at least one: the future is today."""
        first, last = _instant(min(self.since, self.now)), _instant(self.now)
        count = (last.date() - first.date()).days + 1
        instants = (first + timedelta(days=number) for number in range(count))
        return [day_of(table, f"{one:%Y-%m-%d}") for one in instants]


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _iso(at: int) -> str:
    return f"{_instant(at):%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def _limit(given: object) -> int:
    """Return how many items a page has; the service takes no more than 1,000."""
    if not isinstance(given, int):
        return _DEFAULT_LIMIT
    return min(given, _MAX_LIMIT)
