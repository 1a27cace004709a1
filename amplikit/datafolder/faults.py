"""What makes a data folder unusable, in one set of codes for every file in it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from amplikit.errors import DataFolderUnusable, Problem

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

__all__ = [
    "damaged",
    "not_a_folder",
    "not_writable",
    "of_newer_format",
    "readable_by_others",
    "unusable",
    "without_items",
]


def unusable(path: Path | None, error: sqlite3.Error) -> DataFolderUnusable | None:
    """Return what the user must know of SQLite's error; ``None``: it is our own."""
    name = getattr(error, "sqlite_errorname", "")
    match name.split("_")[1:2]:
        case ["BUSY" | "LOCKED"]:
            return _busy(path)
        case ["NOTADB" | "CORRUPT"]:
            return damaged(path)
        case ["READONLY" | "CANTOPEN" | "PERM" | "FULL" | "IOERR"]:
            return not_writable(path, str(error))
        case _:
            return None


def not_a_folder(folder: Path) -> DataFolderUnusable:
    """Something else stands in the folder's place."""
    return DataFolderUnusable(
        Problem(
            "data-folder-not-a-folder",
            f"The data folder '{folder}' is not a folder.",
            "Name a folder with --data, or remove the file.",
        )
    )


def not_writable(path: Path | None, reason: str | OSError) -> DataFolderUnusable:
    """The system does not let us make, read or write a file or the folder."""
    why = reason.strerror if isinstance(reason, OSError) else reason
    return DataFolderUnusable(
        Problem(
            "data-folder-not-writable",
            f"'{path}' cannot be written: {why}.",
            "Make room and make it writable for you, or name another folder with "
            "--data.",
        )
    )


def damaged(
    path: Path | None, hint: str = "Restore it from a snapshot, or remove it."
) -> DataFolderUnusable:
    """The content is not what amplikit wrote there."""
    return DataFolderUnusable(
        Problem(
            "data-folder-damaged",
            f"The file '{path}' is damaged, or not amplikit's.",
            hint,
        )
    )


def readable_by_others(path: Path, mode: int) -> DataFolderUnusable:
    """Other users of the machine may look into a file that is the owner's alone."""
    return DataFolderUnusable(
        Problem(
            "data-folder-readable-by-others",
            f"'{path}' holds data and secrets, and others may use it"
            f" (mode {stat.S_IMODE(mode):04o}).",
            f"Run 'chmod 600 {path}', and rotate the keys that others may have seen.",
        )
    )


def of_newer_format(path: Path, found: int, known: int) -> DataFolderUnusable:
    """A later version of amplikit wrote the file."""
    return DataFolderUnusable(
        Problem(
            "data-folder-of-newer-format",
            f"The file '{path}' has format {found}, "
            f"this amplikit reads formats up to {known}.",
            "Use the newer amplikit, or another folder with --data.",
        )
    )


def without_items(folder: Path) -> DataFolderUnusable:
    """No store was ever opened in the folder."""
    return DataFolderUnusable(
        Problem(
            "data-folder-without-items",
            f"The data folder '{folder}' holds no items.",
            "Start 'amplikit serve' on it once, or name another with --data.",
        )
    )


def _busy(path: Path | None) -> DataFolderUnusable:
    return DataFolderUnusable(
        Problem(
            "data-folder-busy",
            f"The file '{path}' is kept busy by another process.",
            "Stop the other amplikit that writes to it, then try again.",
        )
    )
