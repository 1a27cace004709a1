"""One SQLite connection, shared by the threads of this process under one lock."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, Self

from amplikit.datafolder import unusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["Database", "Durability"]

Durability = Literal["normal", "full"]
Parameters = tuple[int | float | str | bytes | None, ...]

_BUSY_TIMEOUT_S = 30.0
_rehearsing: ContextVar[tuple[Database, ...]] = ContextVar("rehearsing", default=())


class Database:
    """A connection to be used inside ``with database:``, which holds its lock.

    Faults of the disk, and of another process that keeps its lock for too long,
    leave the block as ``DataFolderUnusable``.
    """

    def __init__(self, path: Path | None, durability: Durability = "normal") -> None:
        self._path = path
        self._lock = threading.RLock()
        self._rehearsals = 0
        self._seen_version = 0
        self._connection = _connect(path)
        self._durability = durability

    def configure(self) -> None:
        """Set what every connection needs; the file must be ours or empty."""
        for pragma in (
            "PRAGMA journal_mode = WAL",
            f"PRAGMA synchronous = {self._durability}",
            "PRAGMA cache_size = -65536",  # KiB
            "PRAGMA journal_size_limit = 67108864",  # bytes
        ):
            self._connection.execute(pragma)

    def __enter__(self) -> Self:
        self._lock.acquire()
        if self._rehearsals and self not in _rehearsing.get():
            self._lock.release()
            raise RuntimeError(
                "the store was used by another task of the thread that rehearses: "
                "a rehearsal must not await"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()
        fault = isinstance(error, sqlite3.Error) and unusable(self._path, error)
        if fault:
            raise fault from error

    def execute(self, statement: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, parameters)

    def execute_many(self, statement: str, rows: Iterator[Parameters]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(statement, rows)

    def changed_by_others(self) -> bool:
        """Say whether another connection has committed since the last call."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        changed: bool = version != self._seen_version
        self._seen_version = version
        return changed

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all reads of the block see one state."""
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep all of what the block writes, or nothing when it raises.

        Waits for the writers of other processes.
        """
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Undo at the end of the block what it has written."""
        with self:
            nested = self._begin("BEGIN IMMEDIATE")
            token = _rehearsing.set((*_rehearsing.get(), self))
            self._rehearsals += 1
            try:
                yield
            finally:
                self._rehearsals -= 1
                _rehearsing.reset(token)
                self._undo(nested=nested)

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        nested = self._begin(begin)
        try:
            yield
            self._connection.execute("RELEASE inner_" if nested else "COMMIT")
        except BaseException:
            self._undo(nested=nested)
            raise

    def _begin(self, begin: str) -> bool:
        nested = self._connection.in_transaction
        self._connection.execute("SAVEPOINT inner_" if nested else begin)
        return nested

    def _undo(self, *, nested: bool) -> None:
        if not self._connection.in_transaction:
            return  # SQLite has rolled back already, as it does when the disk is full
        if nested:
            self._connection.execute("ROLLBACK TO inner_")
            self._connection.execute("RELEASE inner_")
        else:
            self._connection.execute("ROLLBACK")


def _connect(path: Path | None) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            path or ":memory:",
            timeout=_BUSY_TIMEOUT_S,
            isolation_level=None,  # we say BEGIN ourselves
            check_same_thread=False,  # the lock sees to it
        )
    except sqlite3.Error as error:
        fault = unusable(path, error)
        if fault:
            raise fault from error
        raise
