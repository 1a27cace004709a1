"""A resolver's predicates as conditions of the store."""

from __future__ import annotations

from typing import assert_never

from amplikit.blueprint.operations import (
    AllOf,
    AnyOf,
    CallerFilter,
    Compare,
    Exists,
    Pending,
    Predicate,
)
from amplikit.emulator.filters import to_condition
from amplikit.emulator.run import Run, evaluate, look_up
from amplikit.store.conditions import And, AttributeExists, Condition, Or, Path

__all__ = ["auth_condition", "to_store"]


def to_store(predicate: Predicate | None, run: Run) -> Condition | None:
    """Return a predicate as a condition, or None when it demands nothing.

    Raises ``Invalid`` when the caller's own part is not a condition.
    """
    match predicate:
        case None:
            return None
        case Pending():
            return auth_condition(run)
        case CallerFilter(path):
            return to_condition(look_up(path, run))
        case Exists(attribute, wanted):
            return AttributeExists(Path((attribute,)), wanted=wanted)
        case Compare(attribute, operator, value):
            return to_condition({attribute: {operator: evaluate(value, run)}})
        case AllOf(of):
            return _joined(And, of, run)
        case AnyOf(of):
            return _joined(Or, of, run)
        case _:
            assert_never(predicate)


def auth_condition(run: Run) -> Condition | None:
    """Return what ``Authorize`` left to the items; all of it must hold."""
    if not run.pending:
        return None
    return run.pending[0] if len(run.pending) == 1 else And(run.pending)


def _joined(
    kind: type[And | Or], predicates: tuple[Predicate, ...], run: Run
) -> Condition | None:
    parts = tuple(
        condition
        for condition in (to_store(predicate, run) for predicate in predicates)
        if condition is not None
    )
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(parts)
