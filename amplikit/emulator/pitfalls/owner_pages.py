"""P01: a page is short, or empty, because the rules have left items out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.owners import owner_fields
from amplikit.emulator.pitfalls.remedies import Home, index_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall, Read

__all__ = ["detect"]


def detect(read: Read, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a page that has more and hides some of what it read."""
    if read.single or not (read.more and read.dropped_by_auth):
        return
    place = asked.place(read.path)
    model = place.element.name if place else read.table
    owner = next(iter(owner_fields(asked.served, model)), None)
    index = index_line(asked.served, Home(model, read.table), owner) if owner else ""
    yield pitfall(
        "page-short-by-auth",
        read.path,
        f"{read.evaluated} read, {read.evaluated - read.dropped_by_auth} kept by @auth"
        f", {read.returned} returned, and nextToken says that there is more.",
        f"Follow nextToken to its end{', or ask an index. ' if index else '.'}{index}",
    )
