"""P36: a required relation leads to an item that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Orphan
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(fact: Orphan, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for an item that is lost to the answer."""
    type_ = asked.served.type_text(fact.parent, fact.field)
    yield pitfall(
        "orphan",
        fact.path,
        f"The {type_} of this {fact.parent} is not there, and '{fact.field}' is "
        f"required: the whole {fact.parent} becomes null, its id with it.",
        f"Make the relation optional: {fact.field}: {type_}, and delete children "
        "before their parent.",
    )
