"""P18, P19: a write was refused: for want of an item, or by v1's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.operations import When
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import ConditionFailure, Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect_by_condition", "detect_by_rule"]

_WRITES = ("update", "delete")
_CHECK_THE_KEY = "Check the key in the input; only create makes a new item."


def detect_by_condition(failure: ConditionFailure, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a condition that failed, unless it was the caller's own."""
    del asked
    if not failure.found:
        yield pitfall(
            "absent-item",
            failure.path,
            "There is no item with this key: no rule has refused the write.",
            _CHECK_THE_KEY,
        )
    elif failure.by_rules:
        yield pitfall(
            "refusal-as-condition",
            failure.path,
            "The rules have refused the write: v1 makes them its condition, so the "
            "error is ConditionalCheckFailedException, as if the item had changed.",
            "Take both Unauthorized and DynamoDB:ConditionalCheckFailedException for "
            "a refusal in the client.",
        )


def detect_by_rule(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for a refusal that is due to there being no item (v2)."""
    del asked
    operation = refusal.operation
    by_item = any(grant.item is not None for grant in refusal.grants)
    if operation.when is not When.FETCHED or operation.operation not in _WRITES:
        return
    if by_item and refusal.item is None:
        yield pitfall(
            "absent-item",
            refusal.path,
            f"There is no item with this key, and so none that names the caller: v2 "
            f"answers as for an item that the caller may not {operation.operation}.",
            _CHECK_THE_KEY,
        )
