"""P17: a refusal has told that an item exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a get that is refused because of the item it found."""
    del asked
    found = refusal.hidden or refusal.item is not None
    if refusal.operation.operation != "get" or not found or len(refusal.path) > 1:
        return
    yield pitfall(
        "get-reveals-existence",
        refusal.path,
        "1 read, 0 kept by @auth: the refusal tells that the item exists; a key "
        "without an item would have been answered by null.",
        "Use keys that nobody can guess (the default id), and read a refusal and null "
        "alike in the client.",
    )
