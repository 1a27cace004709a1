"""P04: DynamoDB has ended a page at 1 MB, before its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall, Read

__all__ = ["detect"]


def detect(read: Read, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a page that has more and read less than its limit."""
    del asked
    if read.single or not read.more or read.limit == read.evaluated:
        return
    limit = "no limit" if read.limit is None else f"a limit of {read.limit}"
    yield pitfall(
        "page-cut-at-1-mb",
        read.path,
        f"{read.evaluated} read with {limit}: they fill 1 MB, and nextToken says that "
        "there is more.",
        "Follow nextToken to its end, and keep large texts out of the items (Storage).",
    )
