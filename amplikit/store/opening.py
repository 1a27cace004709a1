"""Opening a data folder that is ours, of a format we know, and of this schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.datafolder import (
    alone,
    damaged,
    of_newer_format,
    private_file,
    private_folder,
    without_items,
)
from amplikit.store.database import Database
from amplikit.store.migration import (
    APPLICATION_ID,
    FORMAT_VERSION,
    create,
    fit,
    has_tables,
    read_layout,
    upgrade,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amplikit.blueprint.resources import Table
    from amplikit.store.database import Durability

__all__ = ["FILE_NAME", "open_as_it_is", "open_folder", "prepare"]

FILE_NAME = "items.sqlite3"


def open_folder(
    folder: Path, tables: Sequence[Table], schema_hash: str, durability: Durability
) -> tuple[Database, tuple[str, ...]]:
    """Return the folder's database, made to hold the schema, and what that changed.

    All in one transaction; raises ``DataFolderUnusable`` with a problem for each
    table whose items would be lost.
    """
    private_folder(folder)
    path = folder / FILE_NAME
    private_file(path)
    database = Database(path, durability)
    try:
        with alone(folder), database:
            _check_format(database, path)
            database.configure()
            changed = prepare(database, tables, schema_hash)
    except BaseException:
        database.close()
        raise
    return database, changed


def open_as_it_is(folder: Path) -> Database:
    """Return the database of a folder that has one, with the tables that it holds.

    Raises ``DataFolderUnusable``.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise without_items(folder)
    private_file(path)
    database = Database(path)
    try:
        with alone(folder), database:
            _check_format(database, path)
            database.configure()
            with database.writing():
                if not has_tables(database):
                    create(database)
                upgrade(database)
                layout = read_layout(database)
                own = [stored.table for stored in layout.tables if stored.own]
                fit(database, own, layout.schema_hash)
    except BaseException:
        database.close()
        raise
    return database


def prepare(
    database: Database, tables: Sequence[Table], schema_hash: str
) -> tuple[str, ...]:
    """Let the file hold the schema's tables, in one transaction; see ``fit``."""
    with database.writing():
        if not has_tables(database):
            create(database)
        upgrade(database)
        return fit(database, tables, schema_hash)


def _check_format(database: Database, path: Path) -> None:
    """Look before anything is written into a file that may be someone else's."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    truncated = pages == 0 and path.stat().st_size > 0  # SQLite would start afresh
    foreign = application != APPLICATION_ID and (application or has_tables(database))
    if truncated or foreign:
        raise damaged(path)
    if version > FORMAT_VERSION:
        raise of_newer_format(path, version, FORMAT_VERSION)
