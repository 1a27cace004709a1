"""Several reads or writes at once, each for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.interface import Unprocessed
from amplikit.store.pages import own_part
from amplikit.store.positions import check_paths, row_key
from amplikit.store.refusals import Invalid
from amplikit.store.rows import Effect
from amplikit.store.writing import prepare

if TYPE_CHECKING:
    from amplikit.store.engine import Engine
    from amplikit.store.interface import DeleteRequest, GetRequest, Item, PutRequest
    from amplikit.store.layout import StoredTable

__all__ = ["batch_get", "batch_write", "placed_reads"]

_MAX_READS = 100
_MAX_WRITES = 25
_MAX_READ_BYTES = 16 * 1024 * 1024


def batch_get(
    engine: Engine, requests: tuple[GetRequest, ...]
) -> tuple[Item | Unprocessed | None, ...]:
    """Return an item for each request, until they would be more than 16 MB."""
    if len(requests) > _MAX_READS:
        raise Invalid(refusals.TOO_MANY_READS)
    answers: list[Item | Unprocessed | None] = []
    size_bytes = 0
    with engine.reading():
        places = placed_reads(engine, requests, refusals.DUPLICATE_KEYS)
        for at, (stored, key) in enumerate(places):
            found = engine.rows.read(stored.number, key)
            if found is None:
                answers.append(None)
                continue
            size_bytes += found.size_bytes
            if size_bytes > _MAX_READ_BYTES:
                rest = range(at, len(requests))
                return (*answers, *(Unprocessed((each,)) for each in rest))
            answers.append(own_part(found, requests[at].projection))
    return tuple(answers)


def batch_write(
    engine: Engine, requests: tuple[PutRequest | DeleteRequest, ...]
) -> Unprocessed:
    """Put and delete; a request that does not fit refuses all of them."""
    if len(requests) > _MAX_WRITES:
        raise Invalid(refusals.TOO_MANY_WRITES)
    prepared = [prepare(request) for request in requests]
    with engine.writing():
        try:
            placed = [each.at(engine.table(each.request.table)) for each in prepared]
        except Invalid as invalid:
            raise refusals.in_batch(invalid) from None
        rows = {(each.stored.number, each.key) for each in placed}
        if len(rows) < len(placed):
            raise Invalid(refusals.DUPLICATE_KEYS)
        for each in placed:
            effect = each.effect(engine.rows)
            if isinstance(effect, Effect):  # always: there is no condition
                engine.apply(effect)
    return Unprocessed(())


def placed_reads(
    engine: Engine, requests: tuple[GetRequest, ...], twice: str
) -> list[tuple[StoredTable, bytes]]:
    """Return the table and row of each request; no two have the same one."""
    places = []
    seen = set()
    for request in requests:
        stored = engine.table(request.table)
        key = row_key(stored.table, request.key)
        check_paths(stored.table, None, request.projection)
        places.append((stored, key))
        seen.add((stored.number, key))
    if len(seen) < len(places):
        raise Invalid(twice)
    return places
