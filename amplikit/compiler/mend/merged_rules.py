"""``repeated-rule``: two rules for the same callers become one with both operations.

v2 refuses the schema as it is, so that there is nothing to compare the result with but
the schema without the second rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import role_names
from amplikit.blueprint.api import Transformer
from amplikit.compiler.mend.mend import rule_at
from amplikit.compiler.rewrite.edits import Edit, replacing
from amplikit.compiler.rewrite.rules import operation_list
from amplikit.compiler.rules import meant, written_rules

if TYPE_CHECKING:
    from amplikit.compiler.document import Document
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.rules import WrittenRule
    from amplikit.errors import Problem

__all__ = ["Merge", "merged"]


@dataclass(frozen=True, slots=True)
class Merge:
    """How the second rule goes away, and the first one gets its operations."""

    without: Edit
    joined: tuple[Edit, ...]
    says: str


def merged(
    problem: Problem, document: Document, options: CompileOptions
) -> Merge | None:
    """Return how the rule goes into the one before it that is for the same callers.

    None where the two share only some of their groups: a person must say who is meant.
    """
    found = rule_at(document, problem.where)
    if found is None:
        return None
    use, second = found
    sub_owners = options.flag("useSubUsernameForDefaultIdentityClaim")

    def roles(rule: WrittenRule) -> tuple[str, ...]:
        return role_names(meant(rule, Transformer.V2), sub_owners=sub_owners)

    for first in written_rules(use.node, document):
        if first.where == second.where:
            return None
        if set(roles(first)) == set(roles(second)):
            break
    else:
        return None
    both = [meant(rule, Transformer.V2).operations for rule in (first, second)]
    operations = operation_list(both[0] | both[1])
    value = next(
        (one.value for one in first.node.fields if one.name.value == "operations"), None
    )
    text = document.node.loc.source.body if document.node.loc else ""
    return Merge(
        _without(second, text),
        (replacing(value, operations),) if value else (),
        f"Two rules of '{use.type_name}' become one with operations {operations}.",
    )


def _without(rule: WrittenRule, text: str) -> Edit:
    """Return the edit that takes a rule out of its list, with its line or its comma."""
    loc = rule.node.loc
    start, end = (loc.start, loc.end) if loc else (0, 0)
    line = text.rfind("\n", 0, start) + 1
    alone = not text[line:start].strip(" \t")
    if not alone:
        return Edit(len(text[:start].rstrip(" \t,")), end, "")
    end += len(text[end:]) - len(text[end:].lstrip(" \t,"))
    if text.startswith("\n", end):
        return Edit(line, end + 1, "")
    return Edit(start, end, "")
