"""Where DynamoDB Local differs from the service, and we answer as the service does.

Each has a name, and the reason; everything else that differs is a bug. The table is
also in docs/differences.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comparing import Difference


@dataclass(frozen=True, slots=True)
class Known:
    """Our refusal and theirs, each as ``Type: text`` or ``""`` for an answer."""

    name: str
    reason: str
    ours: re.Pattern[str]
    theirs: re.Pattern[str]

    def explains(self, difference: Difference) -> bool:
        """Say whether it is this one."""
        mine, other = map(_said, difference.refusals)
        return bool(self.ours.fullmatch(mine) and self.theirs.fullmatch(other))


def reason_of(difference: Difference) -> str | None:
    """Return the name of the known difference, if it is one."""
    return next((known.name for known in KNOWN if known.explains(difference)), None)


def _said(refusal: tuple[str, str] | None) -> str:
    return "" if refusal is None else ": ".join(refusal)


def _known(name: str, reason: str, ours: str, theirs: str) -> Known:
    return Known(
        name, reason, re.compile(ours, re.DOTALL), re.compile(theirs, re.DOTALL)
    )


KNOWN: tuple[Known, ...] = ()
