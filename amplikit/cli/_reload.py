"""Waits until what is served is changed, and is worth serving.

The schema, ``amplify-config/`` and the functions' folders are watched. What does not
compile is told, and the server goes on with what it has.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from watchfiles import awatch

from amplikit.cli._compile import compile_loaded
from amplikit.cli._output import write_problems
from amplikit.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.cli._options import Served
    from amplikit.errors import Problem
    from amplikit.project import Loaded

__all__ = ["STILL_SERVED", "next_change"]

_LOOK_MS: Final = 2_000
STILL_SERVED: Final = "what was served before is served on"


async def next_change(
    served: Served, current: Loaded, log: Callable[[str], None]
) -> Loaded:
    """Return what is to be served next, as soon as it differs and compiles."""
    folders = tuple(one.folder.resolve() for one in current.config.functions)
    attempt = _Attempt(served, log)
    while True:
        paths = [*served.watched(), *folders]
        # Watched anew each time: an editor puts a new file in the place of the old.
        # Looked at anew as well, for what was changed before it was watched.
        async for changes in awatch(
            *filter(_is_there, paths), rust_timeout=_LOOK_MS, yield_on_timeout=True
        ):
            found = await asyncio.to_thread(attempt.load)
            touched = [path for _, path in changes]
            if found and (found != current or _is_below(touched, folders)):
                return found
            break


class _Attempt:
    """Loads and compiles; tells the same problems once."""

    def __init__(self, served: Served, log: Callable[[str], None]) -> None:
        self._served = served
        self._log = log
        self._told: tuple[Problem, ...] = ()

    def load(self) -> Loaded | None:
        """Return what is there now; None, and its problems told, if it is no API."""
        try:
            loaded = self._served.load()
            compile_loaded(loaded)
        except ToolkitError as error:
            if error.problems != self._told:
                write_problems(error.problems, base=self._served.base())
                self._log(STILL_SERVED)
            self._told = error.problems
            return None
        self._told = ()
        return loaded


def _is_below(paths: list[str], folders: tuple[Path, ...]) -> bool:
    resolved = [Path(path).resolve() for path in paths]
    return any(path.is_relative_to(folder) for path in resolved for folder in folders)


def _is_there(path: Path) -> bool:
    return path.exists()
