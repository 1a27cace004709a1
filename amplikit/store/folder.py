"""The data folder: private to its owner, ignored by git."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from amplikit.errors import DataFolderUnusable, Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["private_file", "private_folder"]


def private_folder(folder: Path) -> None:
    """Make sure that the folder exists, for its owner alone.

    A folder that is new or empty gets mode 0700 and a ``.gitignore`` of everything;
    one that holds something is left as it is. Raises ``DataFolderUnusable``.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            folder.chmod(0o700)
            _create(folder / ".gitignore", b"*\n")
    except (FileExistsError, NotADirectoryError):
        raise DataFolderUnusable(
            Problem(
                "data-folder-not-a-folder",
                f"The data folder '{folder}' is not a folder.",
                "Name a folder with --data, or remove the file.",
            )
        ) from None
    except OSError as error:
        raise _not_writable(folder, error) from None


def private_file(path: Path) -> None:
    """Make sure that the file exists, with mode 0600 if it is new.

    A file that is there is not opened: to close it again would take SQLite's locks
    from every other connection of this process. Raises ``DataFolderUnusable``.
    """
    try:
        _create(path, b"")
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _not_writable(path.parent, error) from None


def _create(path: Path, content: bytes) -> None:
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


def _not_writable(folder: Path, error: OSError) -> DataFolderUnusable:
    return DataFolderUnusable(
        Problem(
            "data-folder-not-writable",
            f"The data folder '{folder}' cannot be written: {error.strerror}.",
            "Make it writable for you, or name another folder with --data.",
        )
    )
