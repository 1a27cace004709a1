"""P29: a mutation's answer leaves out a field that not every subscriber may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Redacted
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(fact: Redacted, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a field that is null in the answer, and not in the table."""
    if not fact.stored and not _is_relation(fact, asked):
        return
    yield pitfall(
        "redacted-in-mutation",
        fact.path,
        f"'{fact.field}' is null in this answer, not in the item: subscribers get what "
        "a mutation answers, and not all of them may read it.",
        "Read it by a query after the mutation, or switch the model's subscriptions "
        "off: @model(subscriptions: null)",
    )


def _is_relation(fact: Redacted, asked: Asked) -> bool:
    place = asked.place(fact.path)
    name = place.element.name if place else ""
    return any(rules.model == name for rules in asked.blueprint.field_rules)
