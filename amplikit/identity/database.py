"""``identity.sqlite``: one file, private to its owner, shared by server and CLI."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from amplikit.errors import DataFolderUnusable, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FILE_NAME", "Database", "Row", "SqlValue", "unusable"]

FILE_NAME = "identity.sqlite"
SqlValue: TypeAlias = str | int | bytes | None
Row: TypeAlias = sqlite3.Row

_FORMAT = 1
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LOCK_TIMEOUT_S = 30.0

_SCHEMA = (
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


class Database:
    """A connection that several threads may use and that sees other processes' writes.

    Commits survive a kill of the process at any moment.
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
        readable by others, no database, or written by a newer version.
        """
        path = folder / FILE_NAME
        try:
            _make_folder(folder)
            _make_private_file(path)
            return cls(path, _connect(path))
        except (OSError, sqlite3.Error) as error:
            raise unusable(path, error) from error

    def version(self) -> tuple[int, int]:
        """Return a value that changes whenever anyone's write may matter to a cache."""
        with self._lock:
            (others,) = self._connection.execute("PRAGMA data_version").fetchone()
            return others, self._own_writes

    def rows(self, sql: str, *values: SqlValue) -> list[Row]:
        """Return all rows of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: SqlValue) -> Row | None:
        """Return the first row of a query, if there is one."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def write(self, sql: str, *values: SqlValue) -> int:
        """Execute one statement; return how many rows it changed."""
        with self._lock:
            self._own_writes += 1
            return self._connection.execute(sql, values).rowcount

    def count(self, sql: str, *values: SqlValue) -> list[Row]:
        """Execute a counter's statement, which no cache depends on; return its rows."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the reads and writes of the block one atomic step; may be nested."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._own_writes += 1
                self._connection.rollback()
                raise

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()


def _make_folder(folder: Path) -> None:
    """Create the folder for its owner alone, invisible to git."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    # A folder that holds something else is the user's: only our file goes in.
    if not ignore.exists() and not any(folder.iterdir()):
        folder.chmod(0o700)
        ignore.write_text("*\n")


def _make_private_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        mode = os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
    if mode & _OTHERS:
        raise DataFolderUnusable(
            Problem(
                code="data-folder-readable-by-others",
                message=f"'{path}' holds keys and others may use it"
                f" (mode {stat.S_IMODE(mode):04o}).",
                hint=f"Run 'chmod 600 {path}', and rotate the keys in it.",
            )
        )


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _create_tables(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _create_tables(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == 0:
        for statement in _SCHEMA:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
    connection.execute("COMMIT")
    if found not in (0, _FORMAT):
        raise DataFolderUnusable(
            Problem(
                code="data-folder-newer",
                message=f"'{path}' has format {found}; this amplikit knows {_FORMAT}.",
                hint="Use the amplikit that wrote it, or another --data folder.",
            )
        )


def unusable(path: Path, error: OSError | sqlite3.Error) -> DataFolderUnusable:
    """Return what to tell the user when the file cannot be opened or read."""
    if isinstance(error, OSError | sqlite3.OperationalError):
        reason = error.strerror if isinstance(error, OSError) else None
        return DataFolderUnusable(
            Problem(
                code="data-folder-not-writable",
                message=f"The data folder '{path.parent}' cannot be used:"
                f" {reason or error}.",
                hint="Choose another folder with --data, or change its permissions.",
            )
        )
    return DataFolderUnusable(
        Problem(
            code="data-folder-corrupt",
            message=f"'{path}' is not an identity database: {error}.",
            hint="Restore it from a snapshot, or run 'amplikit reset'.",
        )
    )
