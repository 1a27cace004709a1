"""``@auth`` rules of v1 that mean something else in v2, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Strategy
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.compiler.rewrite.edits import Edit, replacing
from amplikit.compiler.rules import MODEL_OPERATIONS, operations_v1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import RuleOperation
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.rules import WrittenRule

__all__ = ["operation_list", "operations_argument", "rule_edits", "without_old"]

_OLD = frozenset({"queries", "mutations"})


def operations_argument(rule: WrittenRule) -> str:
    """Return ``operations`` for what a v1 rule protects, however it says so."""
    return f"operations: {operation_list(operations_v1(rule))}"


def operation_list(allowed: frozenset[RuleOperation]) -> str:
    """Return operations as a rule of a type lists them."""
    reads = [operation.value for operation in READ_OPERATIONS if operation in allowed]
    if len(reads) == len(READ_OPERATIONS):
        reads = ["read"]
    writes = [
        operation.value
        for operation in MODEL_OPERATIONS
        if operation in allowed and operation not in READ_OPERATIONS
    ]
    return f"[{', '.join([*writes, *reads])}]"


def rule_edits(rule: WrittenRule, options: CompileOptions) -> Iterator[Edit]:
    """Yield what makes a v1 rule mean the same in v2, as far as v2 can say it."""
    nodes = {node.name.value: node for node in rule.node.fields or ()}
    kept = [node for name, node in nodes.items() if name not in _OLD]
    added = tuple(_added(rule, options))
    end = kept[-1].loc.end if kept and kept[-1].loc else 0
    if added:
        yield Edit(end, end, "".join(f", {text}" for text in added))
    yield from without_old(rule)
    operations = nodes.get("operations")
    if operations is not None and rule.value("operations") is None:
        # v1 lets nobody in by it, v2 would let them do everything.
        yield replacing(operations.value, "[]")
    field = nodes.get("identityField")
    if field is not None:
        yield replacing(field.name, "identityClaim")


def _added(rule: WrittenRule, options: CompileOptions) -> Iterator[str]:
    if not rule.has("operations") and any(rule.has(name) for name in _OLD):
        yield operations_argument(rule)
    joined = options.flag("useSubUsernameForDefaultIdentityClaim")
    claim = rule.text("identityClaim") or rule.text("identityField")
    if joined and rule.allow is Strategy.OWNER and not claim:
        # v2 would store, and look for, another text.
        yield 'identityClaim: "username"'
    unnamed = rule.texts("groups") is None and rule.text("groupsField") is None
    if rule.allow is Strategy.GROUPS and unnamed:
        yield 'groupsField: "groups"'


def without_old(rule: WrittenRule) -> Iterator[Edit]:
    """Yield the edits that take out the arguments that v2 does not know."""
    nodes = rule.node.fields or ()
    number = 0
    while number < len(nodes):
        first = number
        while number < len(nodes) and nodes[number].name.value in _OLD:
            number += 1
        if number == first:
            number += 1
            continue
        before, last = nodes[first - 1].loc, nodes[number - 1].loc
        begin = nodes[first].loc
        following = nodes[number].loc if number < len(nodes) else None
        if begin and following:
            yield Edit(begin.start, following.start, "")
        elif before and last:
            yield Edit(before.end, last.end, "")
