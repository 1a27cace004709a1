"""P34: a mutation did not select what decides who hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import OperationType

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked, Place
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each mutation that leaves such a field out.

    Whether anybody listens at the moment does not matter.
    """
    if asked.operation.kind is not OperationType.MUTATION:
        return
    served = asked.served
    for node in asked.document.fields(asked.operation.node.selection_set):
        key = (node.alias or node.name).value
        if asked.data.get(key) is None or not node.selection_set:
            continue
        selected = {one.name.value for one in asked.document.fields(node.selection_set)}
        for name in served.subscribers.get(node.name.value, ()):
            needed = served.decisive.get(name, ())
            place = None if selected.issuperset(needed) else asked.place((key,))
            if place is not None:
                missing = [
                    one
                    for one in needed
                    if one not in selected and one in getattr(place.type, "fields", {})
                ]
                yield from _told(place, name, missing)


def _told(place: Place, subscription: str, missing: list[str]) -> Iterator[Pitfall]:
    if missing:
        fields = ", ".join(f"'{field}'" for field in missing)
        yield pitfall(
            "subscriber-missed",
            (place.key,),
            f"'{place.name}' does not select {fields}: who listens to '{subscription}' "
            f"by {fields} alone gets no event.",
            "Select what subscribers are found by, and what they read: "
            f"{place.name}(...) {{ id {' '.join(missing)} }}",
        )
