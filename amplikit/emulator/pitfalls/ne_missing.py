"""P06: ``ne`` has let items pass that lack the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.filters import quoted, tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Filtered
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]

_NEGATIONS = ("ne", "notContains")


def detect(page: Filtered, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each negation that holds for nothing at all."""
    del asked
    for test in tests(page.filter):
        if test.operator not in _NEGATIONS or test.value is None:
            continue
        empty = sum(item.get(test.field) is None for item in page.kept)
        if empty:
            name, operator, value = test.field, test.operator, quoted(test.value)
            yield pitfall(
                "ne-matches-missing",
                page.path,
                f"{empty} of {len(page.kept)} items pass '{name}: {{{operator}: "
                f"{value}}}' because they have no '{name}'.",
                f"Ask for it too: {{and: [{{{name}: {{{operator}: {value}}}}}, "
                f"{{{name}: {{attributeExists: true}}}}, {{{name}: {{ne: null}}}}]}}",
            )
