"""What the rules of a model say of its owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy
from amplikit.blueprint.operation_kinds import READ_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule
    from amplikit.emulator.pitfalls.asked import Served

__all__ = ["owner_fields", "rules_of", "rules_without"]

_WRITES = (RuleOperation.CREATE, RuleOperation.UPDATE, RuleOperation.DELETE)


def rules_of(served: Served, model: str) -> tuple[AuthRule, ...]:
    """Return the rules on a model."""
    found = (one.rules for one in served.blueprint.field_rules if one.model == model)
    return next(found, ())


def owner_fields(served: Served, model: str) -> tuple[str, ...]:
    """Return the fields in which the rules of a model look for the owner."""
    fields = (
        rule.owner_field
        for rule in rules_of(served, model)
        if rule.allow is Strategy.OWNER
    )
    return tuple(dict.fromkeys(fields))


def rules_without(served: Served, model: str, dropped: frozenset[RuleOperation]) -> str:
    """Return the rules of a model with fewer operations, as a directive to write."""
    rules = [
        f"{{ {_subject(rule)}, operations: [{', '.join(left)}] }}"
        for rule in rules_of(served, model)
        if (left := [*_written(rule.operations - dropped)])
    ]
    return f"@auth(rules: [{', '.join(rules)}])"


def _subject(rule: AuthRule) -> str:
    """Return the rule as it is written, without its operations."""
    text = rule.text.removeprefix("{").removesuffix("}")
    start = text.find("operations:")
    if start < 0:
        return text.strip().rstrip(",")
    end = text.index("]", start) + 1
    return (text[:start] + text[end:].lstrip(" ,")).strip().rstrip(",")


def _written(operations: frozenset[RuleOperation]) -> Iterator[str]:
    yield from (one.value for one in _WRITES if one in operations)
    reads = frozenset(READ_OPERATIONS)
    if reads <= operations:
        yield "read"
    else:
        yield from (one.value for one in READ_OPERATIONS if one in operations)
