"""Opening a data folder that is ours, of a format we know, and of this schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.datafolder import (
    alone,
    damaged,
    of_newer_format,
    private_file,
    private_folder,
)
from amplikit.errors import DataFolderUnusable, Problem
from amplikit.store.database import Database
from amplikit.store.layout import Layout, differences, extended
from amplikit.store.rows import CREATE, Rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from amplikit.blueprint.resources import Table
    from amplikit.store.database import Durability

__all__ = ["FILE_NAME", "open_folder", "prepare", "read_layout"]

FILE_NAME = "items.sqlite3"
FORMAT_VERSION = 1
_APPLICATION_ID = 0x416D706C  # "Ampl"


def open_folder(
    folder: Path, tables: Sequence[Table], schema_hash: str, durability: Durability
) -> Database:
    """Return the folder's database, with every table and index of the schema.

    What the schema adds is added, in one transaction; raises ``DataFolderUnusable``
    with a problem for each thing that the folder has otherwise.
    """
    private_folder(folder)
    path = folder / FILE_NAME
    private_file(path)
    database = Database(path, durability)
    try:
        with alone(folder), database:
            _check_format(database, path)
            database.configure()
            prepare(database, tables, schema_hash)
    except BaseException:
        database.close()
        raise
    return database


def prepare(database: Database, tables: Sequence[Table], schema_hash: str) -> None:
    """Create what is missing; the caller holds the database."""
    with database.writing():
        if not _has_tables(database):
            _create(database)
        layout = read_layout(database)
        problems = [
            Problem(
                "data-folder-of-another-schema",
                message,
                "Use another folder with --data, or delete this one.",
            )
            for message in differences(layout, tables)
        ]
        if problems:
            raise DataFolderUnusable(*problems)
        wanted = extended(layout, tables, schema_hash)
        if wanted == layout:
            return
        rows = Rows(database)
        for stored in wanted.tables:
            for one in stored.indexes:
                if one.number >= layout.next_number:
                    rows.fill(stored, one)
        database.execute("UPDATE layout SET document = ?", (wanted.to_json(),))


def read_layout(database: Database) -> Layout:
    """Return what the folder holds now."""
    (document,) = database.execute("SELECT document FROM layout").fetchone()
    return Layout.from_json(document)


def _create(database: Database) -> None:
    for statement in (
        *CREATE,
        "CREATE TABLE layout (document BLOB)",
        f"PRAGMA application_id = {_APPLICATION_ID}",
        f"PRAGMA user_version = {FORMAT_VERSION}",
    ):
        database.execute(statement)
    database.execute("INSERT INTO layout VALUES (?)", (Layout().to_json(),))


def _check_format(database: Database, path: Path) -> None:
    """Look before anything is written into a file that may be someone else's."""
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    truncated = pages == 0 and path.stat().st_size > 0  # SQLite would start afresh
    foreign = application != _APPLICATION_ID and (application or _has_tables(database))
    if truncated or foreign:
        raise damaged(path)
    if version > FORMAT_VERSION:
        raise of_newer_format(path, version, FORMAT_VERSION)


def _has_tables(database: Database) -> bool:
    (count,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(count)
