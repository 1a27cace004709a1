"""The folders that functions may write to, and what a killed server left of them."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import tempfile
from pathlib import Path

__all__ = ["Scratch"]

_PREFIX = "amplikit-functions-"


class Scratch:
    """One folder for each process, below one that is ours as long as we live.

    It is in ``base``, or where the system has its temporary files. The lock on it goes
    with this process, however that ends: whoever makes the next one removes it then.
    """

    def __init__(self, base: Path | None = None) -> None:
        self._base = base
        self._own: Path | None = None
        self._lock = -1
        self._numbers = itertools.count(1)

    def folder(self) -> Path:
        """Return a new folder for a process, its owner's alone."""
        if self._own is None:
            self._own = self._begin()
        made = self._own / str(next(self._numbers))
        made.mkdir(mode=0o700)
        return made

    def close(self) -> None:
        """Remove our folder with all that is in it."""
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            os.close(self._lock)
            self._own = None

    def _begin(self) -> Path:
        base = self._base or Path(tempfile.gettempdir())
        if self._base is not None:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in base.glob(f"{_PREFIX}*"):
            _remove_if_left(left)
        while True:
            made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
            with contextlib.suppress(FileNotFoundError):
                self._lock = os.open(made, os.O_RDONLY)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if made.exists():
                    return made
                # Somebody took it for one that was left, before we had locked it.
                os.close(self._lock)


def _remove_if_left(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return  # gone already, or somebody else's
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # its process lives
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
