"""What a rule with ``read`` allows, written one by one and without ``listen``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation
from amplikit.blueprint.operation_kinds import READ_OPERATIONS, RULE_OPERATION_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule, Model

__all__ = ["without_listening"]


def without_listening(rule: AuthRule, model: Model) -> str:
    """Return a list of operations: what the rule allows of what the model has."""
    return f"[{', '.join(_named(rule, model))}]"


def _named(rule: AuthRule, model: Model) -> Iterator[str]:
    made = {RULE_OPERATION_OF[operation.kind] for operation in model.operations}
    if any(index.query_field for index in model.indexes):
        made.add(RuleOperation.LIST)
    for operation in RuleOperation:
        there = operation not in READ_OPERATIONS or operation in made
        wanted = operation in rule.operations and operation is not RuleOperation.LISTEN
        if there and wanted:
            yield operation.value
