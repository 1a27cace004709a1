"""P34: a mutation did not select what decides who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import OperationType

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each mutation that leaves such a field out.

    Whether anybody listens at the moment does not matter.
    """
    if asked.operation.kind is not OperationType.MUTATION:
        return
    for node in asked.document.fields(asked.operation.node.selection_set):
        key = (node.alias or node.name).value
        place = asked.place((key,)) if asked.data.get(key) is not None else None
        if place is None or not node.selection_set:
            continue
        for name in asked.served.subscribers.get(place.name, ()):
            missing = [
                field
                for field in asked.served.decisive.get(name, ())
                if field in getattr(place.type, "fields", {})
                and not asked.selects(place, field)
            ]
            if missing:
                fields = ", ".join(f"'{field}'" for field in missing)
                chosen = " ".join(missing)
                yield pitfall(
                    "subscriber-missed",
                    (key,),
                    f"'{place.name}' does not select {fields}: who listens to '{name}' "
                    f"by {fields} alone gets no event.",
                    f"Select what subscribers are found by, and what they read: "
                    f"{place.name}(...) {{ id {chosen} }}",
                )
