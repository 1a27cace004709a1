"""Where DynamoDB Local differs from the service, and we answer as the service does.

Each has a name, and the reason; everything else that differs is a bug. The table is
also in docs/differences.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from comparing import Difference

_VALIDATION = "ValidationException: "
_KEY = "The provided key element does not match the schema"
_LOCAL_KEY = (
    r"The number of conditions on the keys is invalid|Invalid attribute value type|"
    r"One or more parameter values were invalid: Type mismatch for key"
)
_IN_TRANSACTION = r"TransactionCanceledException: \[.*ValidationError: "
_UPDATE = (
    r"(?P<text>The document path provided in the update expression is invalid for "
    r"update|The provided expression refers to an attribute that does not exist in the "
    r"item|An operand in the update expression has an incorrect data type)"
)


@dataclass(frozen=True, slots=True)
class Known:
    """``explains`` gets what either side said, ``Type: text``, ``""`` for an answer."""

    name: str
    reason: str
    explains: Callable[[str, str], bool]


def reason_of(difference: Difference) -> str | None:
    """Return the name of the known difference, if it is one."""
    said = difference.said
    if not any(said):
        return None
    return next((known.name for known in KNOWN if known.explains(*said)), None)


def _words(ours: str, theirs: str) -> Callable[[str, str], bool]:
    """Return whether ours and theirs are of these patterns.

    A group named ``text`` of ours must be in theirs as it is.
    """
    one, other = re.compile(ours, re.DOTALL), re.compile(theirs, re.DOTALL)

    def explains(mine: str, his: str) -> bool:
        found = one.fullmatch(mine)
        if found is None or not other.fullmatch(his):
            return False
        return found.groupdict().get("text", "") in his

    return explains


def _same_but_order(ours: str, theirs: str) -> bool:
    """Return whether only the order of names inside brackets differs."""
    if "project" not in ours:
        return False
    return sorted(re.split(r"[\[\], ]+", ours)) == sorted(
        re.split(r"[\[\], ]+", theirs)
    )


KNOWN: tuple[Known, ...] = (
    Known(
        "key-text",
        "dynalite recorded the service's text for a key that is not the table's",
        _words(_VALIDATION + _KEY, f"{_VALIDATION}({_LOCAL_KEY})"),
    ),
    Known(
        "order-of-names",
        "Local lists the names in the order of a Java hash set",
        _same_but_order,
    ),
)
