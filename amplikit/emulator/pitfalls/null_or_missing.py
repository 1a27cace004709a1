"""P07: a stored null is not an absent field, and a filter asks for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.filters import FilterTest, tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Filtered
    from amplikit.emulator.trace import Pitfall
    from amplikit.store.interface import Item

__all__ = ["detect"]


def detect(page: Filtered, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each test for null, or absence, that meets the other one."""
    del asked
    dropped: tuple[Item, ...] | None = None
    for test in tests(page.filter):
        if not _asks_for_absence(test):
            continue
        if dropped is None:
            kept = {id(item) for item in page.kept}
            dropped = tuple(item for item in page.read if id(item) not in kept)
        yield from _met(page, test, dropped)


def _asks_for_absence(test: FilterTest) -> bool:
    null = test.operator in {"eq", "ne"} and test.value is None
    return null or test.operator == "attributeExists"


def _met(
    page: Filtered, test: FilterTest, dropped: tuple[Item, ...]
) -> Iterator[Pitfall]:
    name = test.field
    either = (
        f"{{or: [{{{name}: {{eq: null}}}}, {{{name}: {{attributeExists: false}}}}]}}"
    )
    both = f"{{and: [{{{name}: {{ne: null}}}}, {{{name}: {{attributeExists: true}}}}]}}"
    match test.operator, test.value:
        case "eq", _:
            count = sum(name not in item for item in dropped)
            told, hint = f"{count} items without '{name}' are left out", either
        case "ne", _:
            count = sum(name not in item for item in page.kept)
            told, hint = f"{count} items without '{name}' pass", both
        case _, True:
            count = sum(item.get(name, 0) is None for item in page.kept)
            told, hint = f"{count} items pass whose '{name}' is a stored null", both
        case _:
            count = sum(item.get(name, 0) is None for item in dropped)
            told, hint = f"{count} items whose '{name}' is null are left out", either
    if count:
        value = "null" if test.value is None else str(test.value).lower()
        asked = f"'{name}: {{{test.operator}: {value}}}'"
        text = f"{told} by {asked}" if "left out" in told else f"{told} {asked}"
        yield pitfall("null-is-not-missing", page.path, f"{text}.", f"Ask: {hint}")
