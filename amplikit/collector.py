"""Python's collector of garbage, put aside where there is none to find.

What a compilation makes lives until its end, and a schema that is served until the
server's. Looking through it for garbage again and again takes a third of the time, and
ever more of it as a schema grows.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Iterator[None]:
    """Switch the collector off, and on again unless it was off before."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
