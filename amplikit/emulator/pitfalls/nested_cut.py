"""P05: a nested list has more, and the request cannot know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall, Read

__all__ = ["detect"]

_TOKEN = "nextToken"  # noqa: S105  the name of a field


def detect(read: Read, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a nested page that has more and is not asked for it."""
    if read.single or len(read.path) == 1 or not read.more or read.ends:
        return
    place = asked.place(read.path)
    if place is None or asked.selects(place, _TOKEN):
        return
    name = place.name
    yield pitfall(
        "nested-list-cut",
        read.path,
        f"'{name}' has more than the {read.evaluated} items that its page has read, "
        f"and '{_TOKEN}' is not selected: nothing shows it.",
        f"Select its token: {name} {{ items {{ ... }} {_TOKEN} }}; and give a limit: "
        f"{name}(limit: 1000).",
    )
