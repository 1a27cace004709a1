"""What is left of a page, and for whom its token is good."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson

from amplikit.blueprint.operations import AllOf, CallerFilter, Pending
from amplikit.emulator.datasources.predicates import auth_condition, to_store
from amplikit.store.evaluate import compile_condition

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Predicate
    from amplikit.emulator.run import Run
    from amplikit.store.conditions import Condition
    from amplikit.store.interface import Item

__all__ = ["FILTER", "Filters", "binding_of", "kept"]

FILTER: Final = "FilterExpression"


@dataclass(frozen=True, slots=True)
class Filters:
    """The two filters of a page, apart: what the rules demand, what was asked."""

    rules: Condition | None
    asked: Condition | None

    @classmethod
    def of(cls, where: Predicate | None, run: Run) -> Filters:
        """Return the filters of a request."""
        parts = where.of if isinstance(where, AllOf) else (where,)
        rules = (
            auth_condition(run) if any(isinstance(p, Pending) for p in parts) else None
        )
        asked = AllOf(tuple(p for p in parts if isinstance(p, CallerFilter)))
        return cls(rules, to_store(asked, run))


def kept(
    items: tuple[Item, ...] | list[Item], condition: Condition | None
) -> tuple[list[Item], int]:
    """Return the items for which the condition holds, and how many are left out."""
    if condition is None:
        return list(items), 0
    holds = compile_condition(condition, FILTER)
    kept = [item for item in items if holds(item)]
    return kept, len(items) - len(kept)


def binding_of(run: Run, table: str, index: str | None) -> bytes:
    """Return what a token is good for: this field, arguments and caller.

    The limit may change between pages; everything else that was asked may not.
    """
    asked = {
        name: value
        for name, value in run.call.arguments.items()
        if name not in {"limit", "nextToken"}
    }
    text = orjson.dumps(
        [run.call.parent, run.call.field, table, index, run.call.caller.label, asked],
        default=str,
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(text).digest()
