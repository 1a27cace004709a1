"""What every operation of the embedded store works on, and inside which transaction."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.store import refusals
from amplikit.store.changes import ChangeLog
from amplikit.store.layout import Layout
from amplikit.store.refusals import Invalid
from amplikit.store.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.store.database import Database
    from amplikit.store.layout import StoredIndex, StoredTable
    from amplikit.store.rows import Effect

__all__ = ["Engine", "stored_index"]


class Engine:
    """An open database with its layout and rows, kept up with other processes.

    ``clock`` tells the time in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.database = database
        self.rows = Rows(database)
        self.changes = ChangeLog(database)
        self.clock = clock
        self.layout = Layout()
        self._document = b""
        self._tables: dict[str, StoredTable] = {}
        with database:
            self.read_layout()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all reads of the block see one state."""
        with self.database, self.database.reading():
            self.refresh()
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep all of what the block writes, or nothing when it raises."""
        with self.database:
            try:
                with self.database.writing():
                    self.refresh()
                    yield
            except Invalid:
                raise  # before anything was written
            except BaseException:
                self.forget()
                raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Undo, at the end of the block, everything that is written inside it."""
        with self.database:
            try:
                with self.database.rehearsing():
                    self.refresh()
                    yield
            finally:
                self.forget()

    def refresh(self) -> None:
        """Forget what another connection may have changed."""
        if self.database.changed_by_others():
            self.forget()

    def forget(self) -> None:
        """Read everything anew: what is on disk may be another state."""
        self.rows.forget()
        self.read_layout()

    def read_layout(self) -> None:
        """Take the layout that is on disk; the caller holds the database."""
        (document,) = self.database.execute("SELECT document FROM layout").fetchone()
        if document != self._document:
            self.layout = Layout.from_json(document)
            self._tables = {each.table.name: each for each in self.layout.tables}
            self._document = document

    def keep_changes(self, *, keep: bool) -> None:
        """Record every change from now on, or no more."""
        with self.writing():
            if self.layout.streams != keep:
                self.layout = replace(self.layout, streams=keep)
                self._document = self.layout.to_json()
                statement = "UPDATE layout SET document = ?"
                self.database.execute(statement, (self._document,))

    def table(self, name: str) -> StoredTable:
        """Return the table; ``Invalid`` when there is none."""
        stored = self._tables.get(name)
        if stored is None:
            raise refusals.unknown_table()
        return stored

    def apply(self, effect: Effect, *, expired: bool = False) -> None:
        """Do a write, and leave a record of it when changes are kept."""
        data = self.rows.apply(effect)
        if self.layout.streams:
            self.changes.record(effect, data, self.clock(), expired=expired)


def stored_index(stored: StoredTable, name: str | None) -> StoredIndex | None:
    """Return the index of that name; ``Invalid`` when the table has none."""
    if name is None:
        return None
    one = stored.stored_index(name)
    if one is None:
        raise refusals.unknown_index(name)
    return one
