"""The embedded store: DynamoDB's item operations over a folder, or in memory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from amplikit.store import refusals
from amplikit.store.conditions import Given
from amplikit.store.database import Database
from amplikit.store.evaluate import compile_condition
from amplikit.store.interface import ConditionFailed, Written
from amplikit.store.keys import EVERYTHING
from amplikit.store.opening import open_folder, prepare, read_layout
from amplikit.store.pages import Reading, check_filter, own_item, read_page
from amplikit.store.positions import (
    check_paths,
    check_updated,
    key_names,
    query_range,
    row_key,
    row_key_of_item,
)
from amplikit.store.refusals import Invalid
from amplikit.store.rows import Rows, index_entries
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from amplikit.blueprint.resources import Table
    from amplikit.store.conditions import Condition
    from amplikit.store.database import Durability
    from amplikit.store.evaluate import Predicate
    from amplikit.store.interface import (
        DeleteRequest,
        GetRequest,
        Item,
        Page,
        PutRequest,
        QueryRequest,
        Refused,
        ScanRequest,
        UpdateRequest,
    )
    from amplikit.store.layout import StoredIndex, StoredTable
    from amplikit.store.updates import Update
    from amplikit.store.values import Measured

__all__ = ["SqliteStore"]

MAX_ITEM_BYTES = 400 * 1024


class SqliteStore:
    """DynamoDB's semantics over SQLite; safe for threads and for several processes.

    Items that are returned, and items that were given, are the caller's: the store
    keeps copies. ``int`` comes back for whole numbers below 10**38, else ``Decimal``.
    A page stops after the item with which the read items reach 1 MB; ``last_key`` is
    set then, and at the limit, even when that item was the last one. Every operation
    raises ``TypeError`` for a float and ``DataFolderUnusable`` when the disk fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = Rows(database)
        with database:
            self._layout = read_layout(database)

    @classmethod
    def open(
        cls,
        folder: Path,
        tables: Sequence[Table],
        *,
        schema_hash: str,
        durability: Durability = "normal",
    ) -> Self:
        """Open a data folder, and create in it what the schema adds.

        ``normal`` keeps every acknowledged write when the process is killed; a power
        cut may lose the last ones. ``full`` waits for the disk at each write.
        Raises ``DataFolderUnusable``.
        """
        return cls(open_folder(folder, tables, schema_hash, durability))

    @classmethod
    def in_memory(cls, tables: Sequence[Table]) -> Self:
        """Return a store that nobody else sees and that ends with the process."""
        database = Database(None)
        with database:
            prepare(database, tables, "")
        return cls(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the files; a second time does nothing."""
        self._database.close()

    def get(self, request: GetRequest) -> Item | Refused | None:
        """Return the item, or None."""
        try:
            with self._database:
                self._refresh()
                stored = self._table(request.table)
                key = row_key(stored.table, request.key)
                found = self._rows.read(stored.number, key)
        except Invalid as invalid:
            return invalid.refused
        return None if found is None else own_item(found)

    def put(self, request: PutRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there, and the one that is."""
        try:
            new = canonical_item(request.item)
            holds = _condition(request.condition)
            with self._writing():
                stored = self._table(request.table)
                key = row_key_of_item(stored.table, new.item)
                entries = index_entries(stored, new.item, key)
                _check_size(new, refusals.ITEM_TOO_LARGE)
                check_paths(stored.table, request.condition)
                old = self._rows.read(stored.number, key)
                if not holds(old.item if old else {}):
                    return _failed(old)
                self._rows.write(stored, key, new, entries, old)
        except Invalid as invalid:
            return invalid.refused
        return _written(old, new)

    def update(self, request: UpdateRequest) -> Written | ConditionFailed | Refused:
        """Return the item before and after the update."""
        try:
            given, removed = whole_attributes(request.update)
            holds = _condition(request.condition)
            with self._writing():
                stored = self._table(request.table)
                key = row_key(stored.table, request.key)
                _check_update(stored.table, given, removed)
                check_paths(stored.table, request.condition)
                old = self._rows.read(stored.number, key)
                if not holds(old.item if old else {}):
                    return _failed(old)
                check_updated(stored.table, given.item)
                before = old.item if old else request.key
                after_update = {**before, **given.item}
                for name in removed:
                    after_update.pop(name, None)
                new = canonical_item(after_update)
                entries = index_entries(stored, new.item, key)
                _check_size(new, refusals.UPDATED_ITEM_TOO_LARGE)
                self._rows.write(stored, key, new, entries, old)
        except Invalid as invalid:
            return invalid.refused
        return _written(old, new)

    def delete(self, request: DeleteRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there."""
        try:
            holds = _condition(request.condition)
            with self._writing():
                stored = self._table(request.table)
                key = row_key(stored.table, request.key)
                check_paths(stored.table, request.condition)
                old = self._rows.read(stored.number, key)
                if not holds(old.item if old else {}):
                    return _failed(old)
                if old is not None:
                    self._rows.delete(stored, key, old)
        except Invalid as invalid:
            return invalid.refused
        return _written(old, None)

    def query(self, request: QueryRequest) -> Page | Refused:
        """Return one page of a partition, in the order of the sort key.

        Items of an index with equal sort keys come in the order of a table scan.
        """
        try:
            _check_limit(request.limit)
            holds = _filter(request.filter)
            with self._reading():
                stored = self._table(request.table)
                one = _index(stored, request.index)
                check_paths(stored.table, request.filter)
                index = None if one is None else one.index
                within = query_range(
                    stored.table, index, request.partition, request.sort
                )
                check_filter(stored.table, index, request.filter)
                return read_page(
                    self._rows, Reading(stored, one, within, request, holds)
                )
        except Invalid as invalid:
            return invalid.refused

    def scan(self, request: ScanRequest) -> Page | Refused:
        """Return one page of the table, or of an index."""
        try:
            _check_limit(request.limit)
            holds = _filter(request.filter)
            with self._reading():
                stored = self._table(request.table)
                one = _index(stored, request.index)
                check_paths(stored.table, request.filter)
                return read_page(
                    self._rows, Reading(stored, one, EVERYTHING, request, holds)
                )
        except Invalid as invalid:
            return invalid.refused

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Undo, at the end of the block, everything that is written inside it.

        Other threads and other processes that write wait for its end, so the block
        must not await: another task of this thread that uses the store meanwhile gets
        a ``RuntimeError`` instead of a write that would be undone.
        """
        with self._database:
            try:
                with self._database.rehearsing():
                    self._refresh()
                    yield
            finally:
                self._rows.forget()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._database, self._database.reading():
            self._refresh()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._database:
            try:
                with self._database.writing():
                    self._refresh()
                    yield
            except Invalid:
                raise  # before anything was written
            except BaseException:
                self._rows.forget()
                raise

    def _refresh(self) -> None:
        """Forget what another connection may have changed."""
        if self._database.changed_by_others():
            self._rows.forget()
            self._layout = read_layout(self._database)

    def _table(self, name: str) -> StoredTable:
        stored = self._layout.table(name)
        if stored is None:
            raise refusals.unknown_table()
        return stored


def _index(stored: StoredTable, name: str | None) -> StoredIndex | None:
    if name is None:
        return None
    one = stored.stored_index(name)
    if one is None:
        raise refusals.unknown_index(name)
    return one


def _condition(condition: Condition | None) -> Predicate:
    if condition is None:
        return _always
    return compile_condition(condition, "ConditionExpression")


def _filter(condition: Condition | None) -> Predicate:
    if condition is None:
        return _always
    return compile_condition(condition, "FilterExpression")


def _always(_: Item) -> bool:
    return True


def _written(old: Measured | None, new: Measured | None) -> Written:
    return Written(
        None if old is None else own_item(old), None if new is None else own_item(new)
    )


def _failed(old: Measured | None) -> ConditionFailed:
    return ConditionFailed(None if old is None else own_item(old))


def _check_limit(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise refusals.limit_too_small(limit)


def whole_attributes(update: Update) -> tuple[Measured, frozenset[str]]:
    """Return what the update sets and removes; it knows whole attributes only."""
    given: Item = {}
    for assigned in update.set:
        if isinstance(assigned.value, Given):
            given[str(assigned.path.parts[0])] = assigned.value.value
    return canonical_item(given), frozenset(str(p.parts[0]) for p in update.remove)


def _check_update(table: Table, given: Measured, removed: frozenset[str]) -> None:
    """Refuse what does not depend on the item that is there."""
    for name in key_names(table):
        if name in given.item or name in removed:
            raise refusals.key_updated(name)
    for name in given.item:
        if name in removed:
            raise refusals.paths_overlap(name)
    _check_size(given, refusals.UPDATED_ITEM_TOO_LARGE)


def _check_size(item: Measured, message: str) -> None:
    if item.size_bytes > MAX_ITEM_BYTES:
        raise Invalid(message)
