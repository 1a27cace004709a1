"""P02: a filter has looked at one page of a table that has more."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.facts import Filtered
from amplikit.emulator.pitfalls.filters import quoted, tests
from amplikit.emulator.pitfalls.remedies import Home, index_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall, Read

__all__ = ["detect"]


def detect(read: Read, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a filtered page that has more."""
    if read.single or not (read.more and read.dropped_by_filter):
        return
    yield pitfall(
        "filter-on-a-page",
        read.path,
        f"{read.evaluated} read, {read.dropped_by_filter} dropped by the filter, "
        f"{read.returned} returned, and nextToken says that there is more.",
        _remedy(read, asked),
    )


def _may_be_key(value: object) -> bool:
    """Whether a key may have such a value: texts and numbers may."""
    return isinstance(value, str | int | Decimal) and not isinstance(value, bool)


def _remedy(read: Read, asked: Asked) -> str:
    asked_for = next(
        (
            one.filter
            for one in asked.trace.facts
            if isinstance(one, Filtered) and one.path == read.path
        ),
        None,
    )
    equal = [one for one in tests(asked_for) if one.operator == "eq"]
    test = next((one for one in equal if _may_be_key(one.value)), None)
    if test is None:
        return "Follow nextToken to its end: the filter counts after the limit."
    place = asked.place(read.path)
    home = Home(place.element.name if place else read.table, read.table)
    index = index_line(asked.served, home, test.field, quoted(test.value))
    return f"{index}. Or follow nextToken to its end."
