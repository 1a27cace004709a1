"""The embedded store: DynamoDB's item operations over a folder, or in memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from amplikit.store import batches, expiry, reading, snapshots, tables, transactions
from amplikit.store.database import Database
from amplikit.store.engine import Engine
from amplikit.store.interface import ConditionFailed, Written
from amplikit.store.opening import open_as_it_is, open_folder, prepare
from amplikit.store.pages import own_item
from amplikit.store.refusals import Invalid
from amplikit.store.writing import prepare as prepare_write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType
    from typing import TypeVar

    from amplikit.blueprint.resources import Table
    from amplikit.store.database import Durability
    from amplikit.store.interface import (
        Change,
        DeleteRequest,
        GetRequest,
        Item,
        Page,
        PutRequest,
        QueryRequest,
        Refused,
        ScanRequest,
        TableDescription,
        TransactionCanceled,
        TransactionItem,
        Unprocessed,
        UpdateRequest,
    )
    from amplikit.store.values import Measured

    Answer = TypeVar("Answer")

__all__ = ["SqliteStore"]


class SqliteStore:
    """DynamoDB's semantics over SQLite; safe for threads and for several processes.

    Items that are returned, and items that were given, are the caller's: the store
    keeps copies. ``int`` comes back for whole numbers below 10**38, else ``Decimal``.
    A page stops after the item with which the read items reach 1 MB; ``last_key`` is
    set then, and at the limit, even when that item was the last one. Every operation
    raises ``TypeError`` for a float and ``DataFolderUnusable`` when the disk fails.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.time,
        changed: tuple[str, ...] = (),
    ) -> None:
        self._engine = Engine(database, clock)
        self.changed = changed
        """What the schema has changed in the folder, in sentences."""

    @classmethod
    def open(
        cls,
        folder: Path,
        tables: Sequence[Table],
        *,
        schema_hash: str,
        durability: Durability = "normal",
        clock: Callable[[], float] = time.time,
    ) -> Self:
        """Open a data folder, and let it hold the tables of the schema.

        ``normal`` keeps every acknowledged write when the process is killed; a power
        cut may lose the last ones. ``full`` waits for the disk at each write.
        Raises ``DataFolderUnusable``.
        """
        database, changed = open_folder(folder, tables, schema_hash, durability)
        return cls(database, clock, changed)

    @classmethod
    def open_as_it_is(cls, folder: Path) -> Self:
        """Open a data folder with the tables that it holds, whatever the schema.

        Raises ``DataFolderUnusable``, also when no store was ever opened there.
        """
        return cls(open_as_it_is(folder))

    @classmethod
    def in_memory(
        cls, tables: Sequence[Table], *, clock: Callable[[], float] = time.time
    ) -> Self:
        """Return a store that nobody else sees and that ends with the process."""
        database = Database(None)
        with database:
            prepare(database, tables, "")
        return cls(database, clock)

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
        self._engine.database.close()

    def get(self, request: GetRequest) -> Item | Refused | None:
        """Return the item, or None."""
        try:
            return reading.get(self._engine, request)
        except Invalid as invalid:
            return invalid.refused

    def put(self, request: PutRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there, and the one that is."""
        return self._write(request)

    def update(self, request: UpdateRequest) -> Written | ConditionFailed | Refused:
        """Return the item before and after the update."""
        return self._write(request)

    def delete(self, request: DeleteRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there."""
        return self._write(request)

    def query(self, request: QueryRequest) -> Page | Refused:
        """Return one page of a partition, in the order of the sort key."""
        return _answer(lambda: reading.query(self._engine, request))

    def scan(self, request: ScanRequest) -> Page | Refused:
        """Return one page of the table, of an index, or of a segment of them."""
        return _answer(lambda: reading.scan(self._engine, request))

    def batch_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | Unprocessed | None, ...] | Refused:
        """Return an item for each request, until they would be more than 16 MB."""
        return _answer(lambda: batches.batch_get(self._engine, requests))

    def batch_write(
        self, requests: tuple[PutRequest | DeleteRequest, ...]
    ) -> Unprocessed | Refused:
        """Put and delete; a request that does not fit refuses all of them."""
        return _answer(lambda: batches.batch_write(self._engine, requests))

    def transact_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | None, ...] | TransactionCanceled | Refused:
        """Return an item for each request, all of one moment."""
        return _answer(lambda: transactions.transact_get(self._engine, requests))

    def transact_write(
        self, items: tuple[TransactionItem, ...], token: str | None = None
    ) -> TransactionCanceled | Refused | None:
        """Do all, or nothing and say why."""
        engine = self._engine
        return _answer(lambda: transactions.transact_write(engine, items, token))

    def tables(self) -> tuple[Table, ...]:
        """Return all tables, in the order of their names."""
        return tables.tables(self._engine)

    def describe(self, name: str) -> TableDescription | Refused:
        """Return a table with its size."""
        return _answer(lambda: tables.describe(self._engine, name))

    def create_table(self, table: Table) -> Refused | None:
        """Create an empty table beside those of the schema."""
        return _answer(lambda: tables.create_table(self._engine, table))

    def update_table(self, table: Table) -> Refused | None:
        """Give a table other indexes or another TTL, and fill what is new."""
        return _answer(lambda: tables.update_table(self._engine, table))

    def delete_table(self, name: str) -> Refused | None:
        """Delete a table that a client has made, with its items."""
        return _answer(lambda: tables.delete_table(self._engine, name))

    def expire(self, now_s: float) -> int:
        """Delete what has expired by then, and return how many items that were.

        To be called now and then: it also drops what else the store keeps for a
        time, records of changes for a day and tokens of transactions.
        """
        return expiry.expire(self._engine, now_s)

    def keep_changes(self, *, keep: bool) -> None:
        """Record every change from now on, in all processes, or no more."""
        self._engine.keep_changes(keep=keep)

    def changes(
        self, after: int = 0, *, table: str | None = None, limit: int = 1000
    ) -> tuple[Change, ...]:
        """Return the first changes after that sequence number, in their order."""
        engine = self._engine
        with engine.reading():
            return engine.changes.read(engine.layout, after, table, limit)

    def save(self, path: Path) -> None:
        """Write a snapshot of all items into a file; others may write meanwhile.

        Raises ``DataFolderUnusable``.
        """
        snapshots.save(self._engine, path)

    def restore(self, path: Path) -> tuple[str, ...]:
        """Go back to a snapshot, in one step for all processes.

        The tables of the schema stay those of now; what that changes is returned in
        sentences. Raises ``DataFolderUnusable`` when items would have no table.
        """
        return snapshots.restore(self._engine, path)

    def clear(self, name: str | None = None) -> Refused | None:
        """Delete all items of a table, or of all, and then clients' tables, too."""
        return _answer(lambda: tables.clear(self._engine, name))

    def all_or_nothing(self) -> AbstractContextManager[None]:
        """Keep all of what the block writes, or nothing when it raises.

        Others that write wait for its end, so the block must not await.
        """
        return self._engine.writing()

    def one_moment(self) -> AbstractContextManager[None]:
        """Let all reads of the block see one state; others may write meanwhile."""
        return self._engine.reading()

    def rehearsal(self) -> AbstractContextManager[None]:
        """Undo, at the end of the block, everything that is written inside it.

        Other threads and other processes that write wait for its end, so the block
        must not await: another task of this thread that uses the store meanwhile gets
        a ``RuntimeError`` instead of a write that would be undone.
        """
        return self._engine.rehearsal()

    def _write(
        self, request: PutRequest | UpdateRequest | DeleteRequest
    ) -> Written | ConditionFailed | Refused:
        engine = self._engine
        try:
            prepared = prepare_write(request)
            with engine.writing():
                placed = prepared.at(engine.table(request.table))
                effect = placed.effect(engine.rows)
                if isinstance(effect, ConditionFailed):
                    return effect
                engine.apply(effect)
        except Invalid as invalid:
            return invalid.refused
        return Written(_own(effect.old), _own(effect.new))


def _answer(call: Callable[[], Answer]) -> Answer | Refused:
    try:
        return call()
    except Invalid as invalid:
        return invalid.refused


def _own(found: Measured | None) -> Item | None:
    return None if found is None else own_item(found)
