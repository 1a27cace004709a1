"""P16: an input gives null for the owner, who is then not filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.operations import OwnerIs, When
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refused create whose owner is an explicit null."""
    del asked
    if refusal.operation.when is not When.INPUT:
        return
    for grant in refusal.grants:
        item = grant.item
        if isinstance(item, OwnerIs) and refusal.given.get(item.attribute, 0) is None:
            name = item.attribute
            yield pitfall(
                "owner-null",
                refusal.path,
                f"The input gives '{name}: null': the field is there, so the caller is "
                "not filled in, and null names nobody.",
                f"Leave '{name}' out of the input.",
            )
            return
