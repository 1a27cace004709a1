"""P08: an item differs in case only, or has the text within an element of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.filters import to_condition
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.filters import FilterTest, quoted, tests
from amplikit.store.evaluate import compile_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Filtered
    from amplikit.emulator.trace import Pitfall
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["detect"]

_BY_TEXT = ("eq", "contains", "beginsWith")
_MOST = 100
"""How many of the dropped items are looked at."""


def detect(page: Filtered, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each test that an item would pass but for its spelling."""
    del asked
    texts = [
        one
        for one in tests(page.filter)
        if one.operator in _BY_TEXT and isinstance(one.value, str)
    ]
    if not texts or len(page.kept) == len(page.read):
        return
    kept = {id(item) for item in page.kept}
    dropped = [item for item in page.read[:_MOST] if id(item) not in kept]
    for test in texts:
        name, is_near = test.field, _nearness(test)
        near = [item for item in dropped if is_near(item.get(name))]
        if near and any(_would_pass(page.filter, item, name) for item in near):
            yield _told(page, test, near)


def _nearness(test: FilterTest) -> Callable[[object], bool]:
    """Return whether a test fails on a value, and its lenient form does not."""
    wanted = str(test.value)
    folded, length = wanted.casefold(), len(wanted)

    def is_near(found: object) -> bool:
        if isinstance(found, list):
            return wanted not in found and any(
                isinstance(one, str) and folded in one.casefold() for one in found
            )
        if not isinstance(found, str):
            return False
        if test.operator == "eq":
            same_length = len(found) == length
            return same_length and found != wanted and found.casefold() == folded
        seen = found.casefold()
        if test.operator == "contains":
            return folded in seen and wanted not in found
        return seen.startswith(folded) and not found.startswith(wanted)

    return is_near


def _would_pass(filter_: object, item: Item, name: str) -> bool:
    """Whether spelling is all that keeps the item out."""
    condition = to_condition(_folded(filter_))
    found = item[name]
    loose = "\n".join(map(str, found)) if isinstance(found, list) else found
    lenient = {key: _fold(value) for key, value in item.items()} | {name: _fold(loose)}
    return condition is None or compile_condition(condition, "FilterExpression")(
        lenient
    )


def _fold(value: AttributeValue) -> AttributeValue:
    match value:
        case str():
            return value.casefold()
        case list():
            return [_fold(one) for one in value]
        case _:
            return value


def _folded(filter_: object) -> object:
    match filter_:
        case str():
            return filter_.casefold()
        case list():
            return [_folded(one) for one in filter_]
        case dict():
            return {key: _folded(value) for key, value in filter_.items()}
        case _:
            return filter_


def _told(page: Filtered, test: FilterTest, near: list[Item]) -> Pitfall:
    found = near[0][test.field]
    is_list = isinstance(found, list)
    shown = quoted(found)
    how = "whole elements" if is_list else "upper and lower case"
    name = test.field
    hint = (
        f"Name a whole element: {{{name}: {{contains: {quoted(_whole(test, found))}}}}}"
        if isinstance(found, list)
        else f"Store a lower-case copy of '{test.field}', and ask for that."
    )
    return pitfall(
        "near-miss",
        page.path,
        f"{len(near)} items miss '{test.field}: {{{test.operator}: "
        f"{quoted(test.value)}}}' by {how} alone, such as {shown}.",
        hint,
    )


def _whole(test: FilterTest, found: list[AttributeValue]) -> AttributeValue:
    folded = str(test.value).casefold()
    return next(
        one for one in found if isinstance(one, str) and folded in one.casefold()
    )
