"""What DynamoDB checks in an expression's values before it reads any item."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from amplikit.store.keys import key_bytes
from amplikit.store.values import type_of

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = ["ORDERED", "Unsound", "check_bounds", "check_type"]

ORDERED = frozenset({"S", "N", "B"})
"""The types of which one value can come before another."""


class Unsound(Exception):
    """The expression is refused whatever the item; its name goes in front."""


def check_type(function: str, kind: str, allowed: frozenset[str]) -> None:
    """Raise ``Unsound`` unless the function takes operands of that type."""
    if kind not in allowed:
        raise Unsound(
            "Incorrect operand type for operator or function; operator or function: "
            f"{function}, operand type: {kind}"
        )


def check_bounds(low: AttributeValue, high: AttributeValue) -> None:
    """Raise ``Unsound`` unless something can be BETWEEN these canonical values."""
    shown = (
        f"lower bound operand: AttributeValue: {_shown(low)}, "
        f"upper bound operand: AttributeValue: {_shown(high)}"
    )
    if type_of(low) != type_of(high):
        raise Unsound(
            "The BETWEEN operator requires same data type for lower and upper bounds; "
            + shown
        )
    if key_bytes(low) > key_bytes(high):
        raise Unsound(
            "The BETWEEN operator requires upper bound to be greater than or equal to "
            f"lower bound; {shown}"
        )


def _shown(value: AttributeValue) -> str:
    text = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return f"{{{type_of(value)}:{text}}}"
