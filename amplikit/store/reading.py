"""Reads: one item, a page of a partition, a page of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.engine import stored_index
from amplikit.store.evaluate import compile_condition
from amplikit.store.keys import segment_range
from amplikit.store.pages import Reading, check_filter, own_part, read_page
from amplikit.store.positions import check_paths, query_range, row_key

if TYPE_CHECKING:
    from amplikit.store.conditions import Condition
    from amplikit.store.engine import Engine
    from amplikit.store.evaluate import Predicate
    from amplikit.store.interface import (
        GetRequest,
        Item,
        Page,
        QueryRequest,
        ScanRequest,
    )

__all__ = ["get", "query", "scan"]


def get(engine: Engine, request: GetRequest) -> Item | None:
    """Return the item, or what was asked of it."""
    with engine.database:
        engine.refresh()
        stored = engine.table(request.table)
        key = row_key(stored.table, request.key)
        check_paths(stored.table, None, request.projection)
        found = engine.rows.read(stored.number, key)
    return None if found is None else own_part(found, request.projection)


def query(engine: Engine, request: QueryRequest) -> Page:
    """Return one page of a partition, in the order of the sort key.

    Items of an index with equal sort keys come in the order of a table scan.
    """
    _check_limit(request.limit)
    holds = _filter(request.filter)
    with engine.reading():
        stored = engine.table(request.table)
        one = stored_index(stored, request.index)
        check_paths(stored.table, request.filter, request.projection)
        index = None if one is None else one.index
        within = query_range(stored.table, index, request.partition, request.sort)
        check_filter(stored.table, index, request.filter)
        return read_page(engine.rows, Reading(stored, one, within, request, holds))


def scan(engine: Engine, request: ScanRequest) -> Page:
    """Return one page of the table, of an index, or of a segment of them."""
    _check_limit(request.limit)
    holds = _filter(request.filter)
    with engine.reading():
        stored = engine.table(request.table)
        one = stored_index(stored, request.index)
        check_paths(stored.table, request.filter, request.projection)
        within = segment_range(request.segment, request.segments)
        return read_page(engine.rows, Reading(stored, one, within, request, holds))


def _filter(condition: Condition | None) -> Predicate:
    if condition is None:
        return _always
    return compile_condition(condition, "FilterExpression")


def _always(_: Item) -> bool:
    return True


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise refusals.limit_too_small(limit)
