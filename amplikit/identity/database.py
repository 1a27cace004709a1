"""``identity.sqlite``: one file, private to its owner, shared by server and CLI."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from amplikit.datafolder import (
    alone,
    damaged,
    of_newer_format,
    private_file,
    private_folder,
    unusable,
)
from amplikit.identity.user_pool.tables import USER_POOL_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = ["FILE_NAME", "Database", "Row", "SqlValue"]

FILE_NAME = "identity.sqlite"
SqlValue: TypeAlias = str | int | bytes | None
Row: TypeAlias = sqlite3.Row

_FORMAT = 2
_LOCK_TIMEOUT_S = 30.0

_FIRST_FORMAT = (
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE seeded (
        kind TEXT, name TEXT, PRIMARY KEY (kind, name)
    ) WITHOUT ROWID""",
    """CREATE TABLE signing_key (
        kid TEXT PRIMARY KEY, token_use TEXT NOT NULL UNIQUE, pem TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE api_key (
        position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        value TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kind TEXT NOT NULL,
        usage_plan TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
    )""",
    """CREATE TABLE quota_usage (
        plan TEXT, key_id TEXT, period TEXT, period_start INTEGER,
        used INTEGER NOT NULL, PRIMARY KEY (plan, key_id, period, period_start)
    ) WITHOUT ROWID""",
    """CREATE TABLE user (
        position INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE,
        sub TEXT NOT NULL UNIQUE, status TEXT NOT NULL, enabled INTEGER NOT NULL,
        attributes TEXT NOT NULL, created_at INTEGER NOT NULL,
        modified_at INTEGER NOT NULL
    )""",
    """CREATE TABLE password (
        username TEXT REFERENCES user (username) ON DELETE CASCADE,
        scheme TEXT, verifier TEXT NOT NULL, PRIMARY KEY (username, scheme)
    ) WITHOUT ROWID""",
    'CREATE TABLE "group" (name TEXT PRIMARY KEY) WITHOUT ROWID',
    """CREATE TABLE membership (
        username TEXT REFERENCES user (username) ON DELETE CASCADE,
        group_name TEXT REFERENCES "group" (name) ON DELETE CASCADE,
        PRIMARY KEY (username, group_name)
    ) WITHOUT ROWID""",
    """CREATE TABLE confirmation_code (
        username TEXT PRIMARY KEY REFERENCES user (username) ON DELETE CASCADE,
        code TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    "CREATE TABLE attempt (purpose TEXT, subject TEXT, at INTEGER NOT NULL)",
    "CREATE INDEX attempt_subject ON attempt (purpose, subject, at)",
    """CREATE TABLE lockout (
        subject TEXT PRIMARY KEY, failures INTEGER NOT NULL,
        locked_until INTEGER NOT NULL, last_attempt_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE refresh_token (
        digest TEXT PRIMARY KEY,
        username TEXT NOT NULL REFERENCES user (username) ON DELETE CASCADE,
        client_id TEXT NOT NULL, origin_jti TEXT NOT NULL,
        auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL,
        subject TEXT NOT NULL, body TEXT NOT NULL, code TEXT, at INTEGER NOT NULL
    )""",
    """CREATE TABLE identity (
        identity_id TEXT PRIMARY KEY, provider TEXT NOT NULL, subject TEXT NOT NULL,
        UNIQUE (provider, subject)
    ) WITHOUT ROWID""",
    """CREATE TABLE credential (
        access_key_id TEXT PRIMARY KEY, secret_key TEXT NOT NULL, session_token TEXT,
        expires_at INTEGER, role TEXT NOT NULL, session_name TEXT NOT NULL,
        cognito_identity_id TEXT, cognito_auth_type TEXT, cognito_auth_provider TEXT
    ) WITHOUT ROWID""",
)
# A new file is made as the oldest and brought to today's format: one way, one result.
_UPGRADES = {1: USER_POOL_TABLES}


def _tables(statements: Iterable[str]) -> frozenset[str]:
    """Return the tables that there are after the statements."""
    tables: set[str] = set()
    for statement in statements:
        if made := re.match(r'CREATE TABLE "?(\w+)', statement):
            tables.add(made[1])
        elif dropped := re.match(r"DROP TABLE (\w+)", statement):
            tables.discard(dropped[1])
    return frozenset(tables)


def _history(version: int) -> tuple[str, ...]:
    """Return the statements that lead to a format."""
    upgrades = (_UPGRADES[earlier] for earlier in range(1, version))
    return (*_FIRST_FORMAT, *chain.from_iterable(upgrades))


class Database:
    """A connection that several threads may use and that sees other processes' writes.

    Commits survive a kill of the process at any moment. Faults of the disk, and of
    another process that keeps its lock for too long, are ``DataFolderUnusable``.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = threading.RLock()
        self._own_writes = 0

    @classmethod
    def open(cls, folder: Path) -> Database:
        """Open the file, or create it with its tables; the folder too.

        Raises ``DataFolderUnusable`` when the folder is not writable, the file is
        readable by others, not amplikit's, or written by a newer version.
        """
        private_folder(folder)
        path = folder / FILE_NAME
        private_file(path)
        with alone(folder), _told(path):
            return cls(path, _connect(path))

    def version(self) -> tuple[int, int]:
        """Return a value that changes whenever anyone's write may matter to a cache."""
        with self._lock, _told(self.path):
            (others,) = self._connection.execute("PRAGMA data_version").fetchone()
            return others, self._own_writes

    def rows(self, sql: str, *values: SqlValue) -> list[Row]:
        """Return all rows of a query."""
        with self._lock, _told(self.path):
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: SqlValue) -> Row | None:
        """Return the first row of a query, if there is one."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def write(self, sql: str, *values: SqlValue) -> int:
        """Execute one statement; return how many rows it changed."""
        with self._lock, _told(self.path):
            self._own_writes += 1
            return self._connection.execute(sql, values).rowcount

    def count(self, sql: str, *values: SqlValue) -> list[Row]:
        """Execute a counter's statement, which no cache depends on; return its rows."""
        with self._lock, _told(self.path):
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the reads and writes of the block one atomic step; may be nested."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with _told(self.path):
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                with _told(self.path):
                    self._connection.execute("COMMIT")
            except BaseException:
                self._own_writes += 1
                self._connection.rollback()
                raise

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()


class _told:  # noqa: N801  used as a function; a generator would cost each request
    """Turn SQLite's faults into what the user must know."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        fault = isinstance(error, sqlite3.Error) and unusable(self._path, error)
        if fault:
            raise fault from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        version = _check_format(connection, path)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _bring_up_to_date(connection, version)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_format(connection: sqlite3.Connection, path: Path) -> int:
    """Return the file's format, 0 when it is empty; look before anything is written."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _FORMAT:
        raise of_newer_format(path, version, _FORMAT)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    found = {name for (name,) in tables}
    if version and found >= _tables(_history(version)):
        return int(version)
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    truncated = pages == 0 and path.stat().st_size > 0  # SQLite would start afresh
    if version or found or truncated:
        raise damaged(path)
    return 0


def _bring_up_to_date(connection: sqlite3.Connection, version: int) -> None:
    if version == _FORMAT:
        return
    done = len(_history(version)) if version else 0
    connection.execute("BEGIN IMMEDIATE")
    for statement in _history(_FORMAT)[done:]:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_FORMAT}")
    connection.execute("COMMIT")
