"""P25: an item that was created for owners has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.emulator.pitfalls.owners import owner_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Written
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(written: Written, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall when every owner field of a new item is empty."""
    place = asked.place(written.path) if written.creates else None
    if place is None:
        return
    names = owner_fields(asked.served, place.type.name)
    if not names or any(written.item.get(name) for name in names):
        return
    name = names[0]
    yield pitfall(
        "nobody-owns-it",
        written.path,
        f"{asked.caller.label} has created an item whose '{name}' is empty: no user "
        "is its owner, and owner rules let nobody at it.",
        f'Name the owner in the input: {name}: "SUB::USERNAME"'
        if asked.blueprint.transformer is Transformer.V2
        else f'Name the owner in the input: {name}: "USERNAME"',
    )
