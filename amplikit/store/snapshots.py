"""Copies of a store that it can go back to.

A snapshot is a file with the items, entries and layout of one moment. It is taken
beside writers, and restored in one transaction: other processes see the state before
or after it, and a kill in the middle leaves the one before. What it costs is copying:
milliseconds for the few items of a test.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.datafolder import alone, damaged, not_writable, of_newer_format, unusable
from amplikit.store.layout import Layout
from amplikit.store.migration import APPLICATION_ID, FORMAT_VERSION, fit
from amplikit.store.rows import CREATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit.store.engine import Engine

__all__ = ["restore", "save"]

_SAVE = (
    *(statement.replace("TABLE ", "TABLE saved.") for statement in CREATE),
    "CREATE TABLE saved.layout (document BLOB)",
    f"PRAGMA saved.application_id = {APPLICATION_ID}",
    f"PRAGMA saved.user_version = {FORMAT_VERSION}",
    "INSERT INTO saved.items SELECT * FROM main.items",
    "INSERT INTO saved.entries SELECT * FROM main.entries",
    "INSERT INTO saved.layout SELECT * FROM main.layout",
)
_RESTORE = (
    "DELETE FROM main.items",
    "INSERT INTO main.items SELECT * FROM saved.items",
    "DELETE FROM main.entries",
    "INSERT INTO main.entries SELECT * FROM saved.entries",
    "DELETE FROM main.tokens",
)
_LAYOUT = "SELECT document FROM saved.layout"


def save(engine: Engine, path: Path) -> None:
    """Write all items as they are now into a file, which is there whole or not at all.

    Raises ``DataFolderUnusable``.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with alone(path.parent):
            unfinished.unlink(missing_ok=True)  # of a process that was killed
            unfinished.touch(mode=0o600)
            try:
                _copy(engine, unfinished)
                unfinished.replace(path)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise not_writable(path, error) from None


def _copy(engine: Engine, path: Path) -> None:
    database = engine.database
    with database, _attached(engine, path):
        database.execute("PRAGMA saved.journal_mode = OFF")  # whole or not at all
        with database.reading():
            for statement in _SAVE:
                database.execute(statement)


def restore(engine: Engine, path: Path) -> tuple[str, ...]:
    """Let the store hold what a snapshot holds, and nothing else.

    The tables of the schema stay those of now, with the items of then: what differs
    is said in sentences, as when a folder is opened. Records of changes stay; there
    are none of the restoring. Raises ``DataFolderUnusable`` when the snapshot is
    damaged, of a newer format, or has items that the schema has no table for.
    """
    try:
        path.stat()  # SQLite would make a new file
    except OSError as error:
        raise not_writable(path, error) from None
    database = engine.database
    with database, _attached(engine, path):
        _check(engine, path)
        with engine.writing():
            now = engine.layout
            (document,) = database.execute(_LAYOUT).fetchone()
            then = Layout.from_json(document)
            for statement in _RESTORE:
                database.execute(statement)
            layout = replace(
                then,
                next_number=max(now.next_number, then.next_number),
                streams=now.streams,
            )
            database.execute("UPDATE layout SET document = ?", (layout.to_json(),))
            own = tuple(stored.table for stored in now.tables if stored.own)
            changed = fit(database, own, now.schema_hash)
            engine.forget()
    return changed


@contextmanager
def _attached(engine: Engine, path: Path) -> Iterator[None]:
    engine.database.execute("ATTACH DATABASE ? AS saved", (str(path),))
    try:
        yield
    except sqlite3.Error as error:
        fault = unusable(path, error)
        raise fault or error from None
    finally:
        engine.database.execute("DETACH DATABASE saved")


def _check(engine: Engine, path: Path) -> None:
    (application,) = engine.database.execute("PRAGMA saved.application_id").fetchone()
    (version,) = engine.database.execute("PRAGMA saved.user_version").fetchone()
    if application != APPLICATION_ID:
        raise damaged(path)
    if version > FORMAT_VERSION:
        raise of_newer_format(path, version, FORMAT_VERSION)
