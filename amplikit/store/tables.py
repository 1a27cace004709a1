"""The tables of the store, and those that clients make beside the schema's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.interface import TableDescription
from amplikit.store.layout import numbered, same_keys
from amplikit.store.migration import move

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.resources import Table
    from amplikit.store.engine import Engine

__all__ = [
    "clear",
    "create_table",
    "delete_table",
    "describe",
    "tables",
    "update_table",
]


def tables(engine: Engine) -> tuple[Table, ...]:
    """Return all tables, in the order of their names."""
    with engine.database:
        engine.refresh()
        found = [stored.table for stored in engine.layout.tables]
    return tuple(sorted(found, key=lambda table: table.name.encode()))


def describe(engine: Engine, name: str) -> TableDescription:
    """Return a table with its size."""
    with engine.reading():
        stored = engine.table(name)
        total = engine.rows.total(stored)
    return TableDescription(stored.table, total.items, total.size_bytes)


def create_table(engine: Engine, table: Table) -> None:
    """Create an empty table beside those of the schema."""
    with engine.writing():
        if engine.layout.table(table.name) is not None:
            raise refusals.table_in_use(table.name)
        _hold(engine, [*_held(engine), (table, False)])


def update_table(engine: Engine, table: Table) -> None:
    """Give a table other indexes or another TTL, and fill what is new."""
    with engine.writing():
        stored = engine.table(table.name)
        old = stored.table
        lost = any(
            (now := table.index(index.name)) is None or not same_keys(index, now)
            for index in old.indexes
        )
        if not same_keys(old, table) or (stored.own and lost):
            raise refusals.table_of_schema(table.name)
        others = (each for each in _held(engine) if each[0].name != table.name)
        _hold(engine, [*others, (table, stored.own)])


def delete_table(engine: Engine, name: str) -> None:
    """Delete a table that a client has made, with its items."""
    with engine.writing():
        if engine.table(name).own:
            raise refusals.table_of_schema(name)
        _hold(engine, (each for each in _held(engine) if each[0].name != name))


def clear(engine: Engine, name: str | None) -> None:
    """Delete all items of a table, or of all, and then clients' tables, too."""
    with engine.writing():
        cleared = engine.layout.tables if name is None else (engine.table(name),)
        for stored in cleared:
            engine.rows.clear(stored.number, *stored.places)
            engine.changes.clear(stored.table.name)
        if name is None:
            _hold(engine, (each for each in _held(engine) if each[1]))


def _held(engine: Engine) -> list[tuple[Table, bool]]:
    return [(stored.table, stored.own) for stored in engine.layout.tables]


def _hold(engine: Engine, wanted: Iterable[tuple[Table, bool]]) -> None:
    layout = engine.layout
    after = numbered(layout, wanted, layout.schema_hash)
    move(engine.database, engine.rows, layout, after)
    engine.forget()
