"""Mutations that a directive does not find, because they were given other names.

Some transformers look for ``createPost`` and leave everything else alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.blueprint.api import OperationKind
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["renamed_mutations"]


def renamed_mutations(
    use: DirectiveUse, draft: Draft, looked_for: Mapping[OperationKind, str]
) -> Iterator[Problem]:
    """Yield a warning for each mutation that is not called as it is looked for."""
    for operation in draft.model(use.type_name).operations:
        wanted = looked_for.get(operation.kind)
        if wanted is not None and operation.field != wanted:
            yield Problem(
                "mutation-not-found",
                f"@{use.name} on '{use.place}' does nothing in "
                f"'{operation.field}': the transformer looks for '{wanted}'.",
                f"Leave the mutation its name '{wanted}'.",
                use.where,
                "warning",
            )
