"""One process at a time, while a data folder is opened."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from amplikit.datafolder.faults import not_writable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["alone"]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process opens the folder, and keep others waiting.

    SQLite's first switch to WAL does not wait for others; the lock goes with us.
    Raises ``DataFolderUnusable``.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise not_writable(folder, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise not_writable(folder, error) from None
        yield
    finally:
        os.close(descriptor)
