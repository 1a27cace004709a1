"""Making a data folder hold the tables that are wanted, in the open transaction.

What is new is added and filled, and what can be made again (an index) is dropped;
items are never lost: a table that holds some and is wanted no more, or with another
key, is a problem instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import DataFolderUnusable, Problem
from amplikit.store.changes import CREATE_CHANGES, ChangeLog
from amplikit.store.layout import Layout, numbered, same_keys
from amplikit.store.rows import CREATE, Rows
from amplikit.store.transactions import CREATE_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amplikit.blueprint.resources import Table, TableIndex
    from amplikit.store.database import Database
    from amplikit.store.layout import StoredTable

__all__ = [
    "APPLICATION_ID",
    "FORMAT_VERSION",
    "create",
    "fit",
    "has_tables",
    "move",
    "read_layout",
    "upgrade",
]

FORMAT_VERSION = 3
_WITHOUT_CHANGES = 1  # nor the tokens of transactions
_WITHOUT_COPIES = 2  # of items in the entries of their indexes
APPLICATION_ID = 0x416D706C  # "Ampl"
_HINT = (
    "Export what you want to keep with 'amplikit tables export', delete the items with "
    "'amplikit reset', or use another folder with --data."
)


def create(database: Database) -> None:
    """Make a new file ours; it holds no table yet."""
    for statement in (
        *CREATE,
        CREATE_CHANGES,
        CREATE_TOKENS,
        "CREATE TABLE layout (document BLOB)",
        f"PRAGMA application_id = {APPLICATION_ID}",
        f"PRAGMA user_version = {FORMAT_VERSION}",
    ):
        database.execute(statement)
    database.execute("INSERT INTO layout VALUES (?)", (Layout().to_json(),))


def upgrade(database: Database) -> None:
    """Bring a file of an older format forward; ``fit`` then does the rest."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version <= _WITHOUT_CHANGES:
        database.execute(CREATE_CHANGES)
        database.execute(CREATE_TOKENS)
    if version <= _WITHOUT_COPIES:  # an entry gets its copy when it is written
        database.execute("ALTER TABLE entries ADD COLUMN size INTEGER")
        database.execute("ALTER TABLE entries ADD COLUMN item BLOB")
    if version < FORMAT_VERSION:
        database.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def has_tables(database: Database) -> bool:
    """Say whether anything was ever written into the file."""
    (count,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(count)


def read_layout(database: Database) -> Layout:
    """Return what the file holds now."""
    (document,) = database.execute("SELECT document FROM layout").fetchone()
    return Layout.from_json(document)


def fit(
    database: Database, tables: Sequence[Table], schema_hash: str
) -> tuple[str, ...]:
    """Let the file hold the schema's tables, and say what changed, in sentences.

    Tables that clients have made stay. Raises ``DataFolderUnusable`` with a problem
    for each table whose items would be lost.
    """
    layout = read_layout(database)
    names = {table.name for table in tables}
    others = [
        (stored.table, False)
        for stored in layout.tables
        if not stored.own and stored.table.name not in names
    ]
    wanted = numbered(
        layout, [*((table, True) for table in tables), *others], schema_hash
    )
    kept = {stored.number for stored in wanted.tables}
    rows = Rows(database)
    problems = [
        Problem("data-folder-of-another-schema", _lost(stored, wanted), _HINT)
        for stored in layout.tables
        if stored.number not in kept and not rows.is_empty(stored)
    ]
    if problems:
        raise DataFolderUnusable(*problems)
    move(database, rows, layout, wanted)
    return tuple(_told(layout, wanted)) if layout.tables else ()


def move(database: Database, rows: Rows, layout: Layout, wanted: Layout) -> None:
    """Drop what is no longer wanted, fill what is new, and keep the layout."""
    if wanted == layout:
        return
    before = {stored.number: stored for stored in layout.tables}
    after = {stored.number: stored for stored in wanted.tables}
    for number, stored in before.items():
        if number not in after:
            rows.clear(number, *stored.places)
            ChangeLog(database).clear(stored.table.name)
    for number, stored in after.items():
        old = before[number].places if number in before else frozenset()
        rows.clear(*(old - stored.places))
        if stored.places - old:
            rows.fill(stored, stored.places - old)
    database.execute("UPDATE layout SET document = ?", (wanted.to_json(),))


def _lost(stored: StoredTable, wanted: Layout) -> str:
    name = stored.table.name
    table = wanted.table(name)
    if table is None:
        return f"The data folder has items in '{name}', which the schema does not have."
    return (
        f"Table '{name}' of the data folder has items and the key "
        f"{_keys(stored.table)}, the schema's has {_keys(table.table)}."
    )


def _told(layout: Layout, wanted: Layout) -> Iterator[str]:
    for stored in layout.tables:
        table = wanted.table(stored.table.name)
        if table is None:
            yield f"Table '{stored.table.name}' is gone; it was empty."
        elif table.number != stored.number:
            yield (
                f"Table '{stored.table.name}' has the key {_keys(table.table)} now; "
                "it was empty."
            )
    for table in wanted.tables:
        known = layout.table(table.table.name)
        if known is None:
            yield f"Table '{table.table.name}' is new."
        elif known.number == table.number:
            yield from _told_of_indexes(known.table, table.table)


def _told_of_indexes(old: Table, new: Table) -> Iterator[str]:
    for index in old.indexes:
        if new.index(index.name) is None:
            yield f"Index '{index.name}' of table '{old.name}' is gone."
    for index in new.indexes:
        known = old.index(index.name)
        if known is None or not same_keys(known, index):
            was = "" if known is None else f", which was {_keys(known)}"
            yield (
                f"Index '{index.name}' of table '{new.name}' is filled by "
                f"{_keys(index)}{was}."
            )
    if old.ttl != new.ttl:
        how = f"by '{new.ttl}'" if new.ttl else "no longer"
        yield f"Items of table '{new.name}' expire {how}."


def _keys(keyed: Table | TableIndex) -> str:
    keys = (keyed.partition_key, keyed.sort_key)
    return f"({', '.join(f'{key.name}: {key.type}' for key in keys if key)})"
