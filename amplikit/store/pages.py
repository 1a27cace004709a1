"""One page of a query or scan: what was read, what passed, where the next one starts.

Source: DynamoDB developer guide, "Paginating table query results". That ``last_key``
is there although the limit, or 1 MB, was reached by the last item: dynalite's
recordings of the service. (DynamoDB Local leaves it out in one more case: when the
last item also has the far bound of ``<=``, ``>=`` or ``BETWEEN`` as its sort key.)
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.codec import own_copy
from amplikit.store.interface import Page, QueryRequest, ScanRequest
from amplikit.store.keys import KeyRange, after
from amplikit.store.positions import key_names, last_key, start_position
from amplikit.store.projecting import project
from amplikit.store.refusals import Invalid
from amplikit.store.traversal import paths_read
from amplikit.store.values import Measured, canonical_item

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Table, TableIndex
    from amplikit.store.conditions import Condition, Path
    from amplikit.store.evaluate import Predicate
    from amplikit.store.interface import Item
    from amplikit.store.layout import StoredIndex, StoredTable
    from amplikit.store.rows import Rows

__all__ = ["Reading", "check_filter", "own_item", "own_part", "read_page"]

MAX_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """Which rows are read, in which direction, and which of them are wanted."""

    stored: StoredTable
    one: StoredIndex | None
    within: KeyRange
    request: QueryRequest | ScanRequest
    holds: Predicate


def read_page(rows: Rows, reading: Reading) -> Page:
    """Return the page; the caller holds a read transaction."""
    request, table = reading.request, reading.stored.table
    index = reading.one.index if reading.one else None
    local = index is not None and index.local
    forward = not isinstance(request, QueryRequest) or request.forward
    within = _from_start(table, index, reading, forward=forward)
    projected = _projected_names(table, index)
    shown = request.projection
    wider = local and (shown is not None or request.whole_items)
    _check_projected(index, projected, request)
    items: list[Item] = []
    read = size_bytes = 0
    # One row more than is read, to know whether the page is the last one.
    most = None if request.limit is None else request.limit + 1
    walk = rows.walk(reading.stored, reading.one, within, most, forward=forward)
    with closing(walk):
        for found in walk:
            read += 1
            seen = found if projected is None else _projection(found, projected)
            size_bytes += seen.size_bytes
            # A local index can look into the table, a global one cannot.
            if reading.holds(found.item if local else seen.item):
                items.append(own_part(found if wider else seen, shown))
            if read == request.limit or size_bytes >= MAX_PAGE_BYTES:
                last = last_key(table, index, found.item)
                ends = next(walk, None) is None
                return Page(tuple(items), read, last, size_bytes, ends)
    return Page(tuple(items), read, None, size_bytes)


def own_item(found: Measured) -> Item:
    """Return a copy of an item that the caller may change."""
    if not found.nested:
        return found.item.copy()
    return {name: own_copy(value) for name, value in found.item.items()}


def own_part(found: Measured, paths: tuple[Path, ...] | None) -> Item:
    """Return a copy of what the paths ask of an item; without any, of all of it."""
    if paths is None:
        return own_item(found)
    return project(found.item, paths)


def check_filter(
    table: Table, index: TableIndex | None, condition: Condition | None
) -> None:
    """Refuse a query's filter on its own keys, or on what the index does not hold.

    A scan is refused neither: it may filter on keys, and misses what is not there.
    """
    if condition is None:
        return
    read = dict.fromkeys(str(path.parts[0]) for path in paths_read(condition))
    for name in key_names(index or table):
        if name in read:
            raise refusals.filter_on_key(name)
    projected = _projected_names(table, index)
    if projected is None or index is None:
        return
    missing = [name for name in read if name not in projected]
    if missing:
        raise refusals.filter_not_projected(index.name, missing)


def _from_start(
    table: Table, index: TableIndex | None, reading: Reading, *, forward: bool
) -> KeyRange:
    within, start = reading.within, reading.request.start
    if start is None:
        return within
    position = start_position(table, index, start)
    if not within.low <= position < within.high:
        if isinstance(reading.request, ScanRequest):
            raise Invalid(refusals.START_OUTSIDE_SEGMENT)
        sorted_too = reading.request.sort is not None
        raise Invalid(
            refusals.START_OUTSIDE_RANGE
            if sorted_too
            else refusals.START_OUTSIDE_PARTITION
        )
    if forward:
        return KeyRange(after(position), within.high)
    return KeyRange(within.low, position)


def _projected_names(table: Table, index: TableIndex | None) -> frozenset[str] | None:
    """Return what the index holds of an item; None for everything."""
    if index is None or index.projection == "ALL":
        return None
    return frozenset((*key_names(table), *key_names(index), *index.include))


def _check_projected(
    index: TableIndex | None,
    projected: frozenset[str] | None,
    request: QueryRequest | ScanRequest,
) -> None:
    """Refuse what a global index is asked for and does not hold."""
    if index is None or index.local or projected is None:
        return
    if request.whole_items:
        raise refusals.whole_items_not_projected(index.name)
    asked = dict.fromkeys(str(path.parts[0]) for path in request.projection or ())
    missing = [name for name in asked if name not in projected]
    if missing:
        raise refusals.not_projected(index.name, missing)


def _projection(found: Measured, names: frozenset[str]) -> Measured:
    return canonical_item(
        {name: value for name, value in found.item.items() if name in names}
    )
