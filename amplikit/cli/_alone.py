"""Whether another server uses a data folder."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amplikit.datafolder import not_writable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["serving"]


@contextmanager
def serving(folder: Path) -> Iterator[bool]:
    """Mark the folder as served for the block's time; False: another server has.

    Items and identities are safe for several processes. Only the address that tokens
    name can be one server's alone: that of the server that started last.
    Raises ``DataFolderUnusable``.
    """
    path = folder / "serving.lock"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise not_writable(path, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
