"""P28: a rule that says ``read`` has let a subscription in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Who
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import Listening
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]


def detect(fact: Listening, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for whoever, unnamed, hears of owners' items through ``read``.

    Who signs in and may read everybody's items is meant to see them change.
    """
    grant = fact.grant
    owned = any(one.item is not None for one in fact.operation.grants)
    says_read = re.search(r"\bread\b", grant.text)
    by_key = grant.who is Who.ANY_OF_MODE and grant.mode is AuthMode.API_KEY
    anonymous = by_key or grant.who is Who.GUEST_ROLE
    if not (anonymous and owned and says_read):
        return
    narrowed = re.sub(r"\bread\b", "get, list", grant.text)
    yield pitfall(
        "read-includes-listen",
        fact.path,
        f"{asked.caller.label} hears of every owner's items: 'read' of the rule at "
        f"{grant.where} is get, list, search, sync and listen.",
        f"Name what is meant: {narrowed}",
    )
