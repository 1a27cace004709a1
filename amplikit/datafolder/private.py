"""Folder and files that are their owner's alone, and that git does not see."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from amplikit.datafolder.faults import (
    damaged,
    not_a_folder,
    not_writable,
    readable_by_others,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["private_file", "private_folder"]

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
        raise not_a_folder(folder) from None
    except OSError as error:
        raise not_writable(folder, error) from None


def private_file(path: Path) -> None:
    """Make sure that the file exists, with mode 0600, and that it can be written.

    A file that is there is not opened: to close it again would take SQLite's locks
    from every other connection of this process, and with them what those write.
    Raises ``DataFolderUnusable``.
    """
    try:
        _create(path, b"")
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise not_writable(path, error) from None
    if not stat.S_ISREG(mode):
        raise damaged(path)
    if mode & _OTHERS:
        raise readable_by_others(path, mode)


def _create(path: Path, content: bytes) -> None:
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
