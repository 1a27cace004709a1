"""Reads of one item or a page: the limit counts before any filter.

Filters are applied here, one by one, so that a trace can say what each of them left
out; DynamoDB applies them in the same place, after the read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from amplikit.emulator.calls import FieldError
from amplikit.emulator.datasources.failures import (
    INVALID_PAGINATION_TOKEN,
    VALIDATION,
    refused,
)
from amplikit.emulator.datasources.filtering import (
    FILTER,
    Filters,
    binding_of,
    kept,
)
from amplikit.emulator.datasources.predicates import auth_condition
from amplikit.emulator.datasources.sort_keys import sort_condition
from amplikit.emulator.next_token import InvalidToken, NextTokens
from amplikit.emulator.pitfalls.facts import Filtered, OwnerAsked
from amplikit.emulator.rules.verdict import refuse_hidden
from amplikit.emulator.run import Run, evaluate
from amplikit.emulator.trace import Read
from amplikit.store.conditions import SortCondition
from amplikit.store.evaluate import compile_condition
from amplikit.store.interface import (
    AttributeValue,
    GetRequest,
    Item,
    Page,
    QueryRequest,
    Refused,
    ScanRequest,
    Store,
)
from amplikit.store.pages import check_filter

if TYPE_CHECKING:
    from amplikit.blueprint.operations import GetItem, ListItems, Query, Scan
    from amplikit.blueprint.resources import Blueprint

__all__ = ["PageReader", "PageResult"]

PageResult = dict[str, AttributeValue]
"""``items``, ``nextToken`` and ``scannedCount``, as ``$ctx.result`` of a page."""

_NOTHING: Final = Page((), 0, None)


@dataclass(frozen=True, slots=True)
class PageReader:
    """Answers GetItem, Query and Scan requests of resolvers from a store."""

    blueprint: Blueprint
    store: Store
    tokens: NextTokens
    shown_otherwise: frozenset[tuple[str, str]] = frozenset()

    def get(self, request: GetItem, run: Run) -> Item | FieldError | None:
        """Return the item by its key, or None."""
        key = {name: evaluate(value, run) for name, value in request.key}
        found = self.store.get(GetRequest(request.table, key))
        if isinstance(found, Refused):
            return refused(found.type, found.message, run)
        count = int(found is not None)
        run.trace.reads.append(
            Read(
                run.call.path,
                "GetItem",
                request.table,
                evaluated=count,
                returned=count,
                single=True,
            )
        )
        return found

    def list(self, request: ListItems, run: Run) -> PageResult | FieldError:
        """Query when the partition key is given, else scan."""
        if evaluate(request.query.partition[1], run) is None:
            return self.scan(request.scan, run)
        return self.query(request.query, run)

    def single(self, request: Query, run: Run) -> Item | FieldError | None:
        """Return the one item of a key; an item the rules hide is Unauthorized."""
        if request.index is not None:
            return self._first(request, run)
        table = self.blueprint.table(request.table)
        if table.sort_key is not None and request.fixed is None:
            return self._only_one(request, run)
        pairs = [request.partition] + ([request.fixed] if request.fixed else [])
        key = {name: evaluate(value, run) for name, value in pairs}
        found = self.store.get(GetRequest(request.table, key))
        if isinstance(found, Refused):
            return refused(found.type, found.message, run)
        rules = auth_condition(run)
        hidden = (
            found is not None
            and rules is not None
            and not compile_condition(rules, FILTER)(found)
        )
        run.trace.reads.append(
            Read(
                run.call.path,
                "Query",
                request.table,
                request.index,
                evaluated=int(found is not None),
                dropped_by_auth=int(hidden),
                returned=int(found is not None and not hidden),
                single=True,
            )
        )
        return refuse_hidden(run, found) if hidden else found

    def _only_one(self, request: Query, run: Run) -> Item | FieldError | None:
        page = self.query(request, run)
        if isinstance(page, FieldError):
            return page
        if page["scannedCount"] != 1:
            return None
        match page["items"]:
            case [dict() as item]:
                return item
            case _:
                return refuse_hidden(run, None)

    def _first(self, request: Query, run: Run) -> Item | FieldError | None:
        """Return the first item of an index's partition that the rules let through."""
        page = self.query(request, run)
        if isinstance(page, FieldError):
            return page
        match page["items"]:
            case [dict() as item, *_]:
                return item
            case _:
                return refuse_hidden(run, None) if page["scannedCount"] else None

    def query(self, request: Query, run: Run) -> PageResult | FieldError:
        """Return one page of a partition, in sort-key order."""
        attribute, value = request.partition
        sort = self._sort(request, run)
        if isinstance(sort, FieldError):
            return sort
        filters = Filters.of(request.where, run)
        table = self.blueprint.table(request.table)
        index = table.index(request.index) if request.index is not None else None
        for condition in (filters.rules, filters.asked):
            check_filter(table, index, condition)
        partition = evaluate(value, run)
        if partition is None:
            return refused(VALIDATION, _no_query_key(attribute), run)
        binding = binding_of(run, request.table, request.index)
        start = self._start(evaluate(request.next_token, run), binding)
        if isinstance(start, FieldError):
            return start
        descending = evaluate(request.descending, run) in {True, "DESC"}
        limit = _limit(evaluate(request.limit, run))
        page = self.store.query(
            QueryRequest(
                request.table,
                partition,
                index=request.index,
                sort=sort,
                limit=limit,
                forward=not descending,
                start=start,
            )
        )
        if (request.table, attribute) in self.shown_otherwise and page == _NOTHING:
            fact = OwnerAsked(run.call.path, attribute, partition)
            run.trace.facts.append(fact)
        return self._answer(
            page,
            filters,
            run,
            Read(
                run.call.path,
                "Query",
                request.table,
                request.index,
                single=request.single,
                limit=limit,
            ),
            binding,
        )

    def scan(self, request: Scan, run: Run) -> PageResult | FieldError:
        """Return one page of a table, in hash order."""
        filters = Filters.of(request.where, run)
        binding = binding_of(run, request.table, None)
        start = self._start(evaluate(request.next_token, run), binding)
        if isinstance(start, FieldError):
            return start
        limit = _limit(evaluate(request.limit, run))
        page = self.store.scan(ScanRequest(request.table, limit=limit, start=start))
        read = Read(run.call.path, "Scan", request.table, limit=limit)
        return self._answer(page, filters, run, read, binding)

    def _sort(self, request: Query, run: Run) -> SortCondition | FieldError | None:
        if request.fixed is not None:
            return SortCondition("=", (evaluate(request.fixed[1], run),))
        if request.sort is None:
            return None
        asked = run.arguments.get(request.sort.argument)
        return sort_condition(request.sort, asked) if isinstance(asked, dict) else None

    def _start(self, token: object, binding: bytes) -> Item | FieldError | None:
        if not isinstance(token, str) or not token:
            return None
        try:
            return self.tokens.open(token, binding)
        except InvalidToken:
            return INVALID_PAGINATION_TOKEN

    def _answer(
        self,
        page: Page | Refused,
        filters: Filters,
        run: Run,
        read: Read,
        binding: bytes,
    ) -> PageResult | FieldError:
        if isinstance(page, Refused):
            return refused(page.type, page.message, run)
        visible, by_auth = kept(page.items, filters.rules)
        items, by_filter = kept(visible, filters.asked)
        last = page.last_key
        if filters.asked is not None and visible:
            asked = run.arguments.get("filter")
            fact = Filtered(run.call.path, asked, visible, items)
            run.trace.facts.append(fact)
        run.trace.reads.append(
            replace(
                read,
                evaluated=page.scanned_count,
                dropped_by_auth=by_auth,
                dropped_by_filter=by_filter,
                returned=len(items),
                more=bool(last),
                ends=page.ends,
            )
        )
        return {
            "items": [*items],
            "nextToken": self.tokens.seal(last, binding) if last else None,
            "scannedCount": page.scanned_count,
        }


def _limit(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _no_query_key(attribute: str) -> str:
    return f"Query condition missed key schema element: {attribute}"
