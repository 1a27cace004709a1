"""What follows from the kind of a generated operation, in both transformers."""

from __future__ import annotations

from amplikit.blueprint.api import OperationKind, RuleOperation

__all__ = ["MUTATION_OF", "READ_OPERATIONS", "ROOT_OF", "RULE_OPERATION_OF"]

READ_OPERATIONS = (
    RuleOperation.GET,
    RuleOperation.LIST,
    RuleOperation.SEARCH,
    RuleOperation.LISTEN,
    RuleOperation.SYNC,
)
"""What ``read`` is written out as, in the transformers' order."""

MUTATION_OF = {
    OperationKind.ON_CREATE: OperationKind.CREATE,
    OperationKind.ON_UPDATE: OperationKind.UPDATE,
    OperationKind.ON_DELETE: OperationKind.DELETE,
}
"""The mutation that each subscription listens to; no other kind is a subscription."""

RULE_OPERATION_OF = {
    kind: RuleOperation.LISTEN if kind in MUTATION_OF else RuleOperation(kind)
    for kind in OperationKind
}
"""The operation that a rule has to name."""

_MUTATIONS = frozenset(MUTATION_OF.values())
ROOT_OF = {
    kind: "Subscription"
    if kind in MUTATION_OF
    else "Mutation"
    if kind in _MUTATIONS
    else "Query"
    for kind in OperationKind
}
"""The root type under which the operation stands."""
