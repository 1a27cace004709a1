"""P03: a page that is full has a token, although nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall, Read

__all__ = ["detect"]


def detect(read: Read, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for the page before an empty one."""
    del asked
    dropped = read.dropped_by_auth or read.dropped_by_filter
    if read.single or dropped or not (read.more and read.ends):
        return
    yield pitfall(
        "full-last-page",
        read.path,
        f"{read.evaluated} read and returned: that is all there is, and yet nextToken "
        "is not null. The next page is empty.",
        "End at 'nextToken: null', not at a short page, and take an empty last page "
        "for what it is.",
    )
