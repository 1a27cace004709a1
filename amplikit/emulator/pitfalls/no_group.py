"""P21: a user without any group is refused, where others see an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.grants import groups_of
from amplikit.blueprint.operations import GroupIs
from amplikit.emulator.pitfalls.codes import pitfall
from amplikit.identity.caller import UserPoolCaller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refusal by dynamic groups of a user who has none."""
    if not isinstance(asked.caller, UserPoolCaller):
        return
    for grant in refusal.grants:
        item = grant.item
        if isinstance(item, GroupIs) and not groups_of(asked.caller, item.claim):
            yield pitfall(
                "no-group",
                refusal.path,
                f"The token names no group in '{item.claim}', so no item can match "
                f"'{item.attribute}': refused. A user of any other group would get "
                "what matches, or an empty list.",
                "Put the user into a group and sign in again, or take the refusal "
                "for an empty list in the client.",
            )
            return
