"""The checks that every v2 relation directive begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.by_fields import (
    field_problems,
    guarded_key_problems,
    key_match_problems,
)
from amplikit.compiler.relations_v2.by_references import reference_problems
from amplikit.compiler.relations_v2.enum_keys import enum_key_problems
from amplikit.compiler.relations_v2.target import related_problems, source_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["list_problem", "relation_problems"]


def relation_problems(
    use: DirectiveUse, draft: Draft, related: ObjectTypeDefinitionNode | None
) -> Iterator[Problem]:
    """Yield what is wrong with the two ends of a relation and its keys."""
    yield from related_problems(use)
    source_is_model = use.type_name in draft.document.models
    if related is None or related.name.value not in draft.document.models:
        yield from source_problems(use)
        return
    if use.texts("references") is None:
        found = list(field_problems(use, draft))
        yield from found
        yield from source_problems(use)
        if source_is_model and not found:
            yield from key_match_problems(use, draft, related)
            if use.name != "hasMany":
                yield from guarded_key_problems(use, draft, related)
                yield from enum_key_problems(use, draft, related)
    elif use.texts("fields") is not None:
        yield rejection(
            "fields-and-references",
            message=f"@{use.name} on '{use.place}' has both fields and references.",
            hint="Keep references.",
            where=use.where,
            amplify=f"fields and references cannot be defined in the same {use.name}. "
            "Use 'references'",
        )
    else:
        if source_is_model:
            yield from reference_problems(use, related)
            if use.name != "hasMany":
                yield from enum_key_problems(use, draft, related)
        yield from source_problems(use)


def list_problem(use: DirectiveUse, text: str, hint: str) -> Problem:
    """Return the problem of a directive on a list, or on what should be one."""
    return rejection(
        "relation-and-list",
        message=f"@{use.name} on '{use.place}' does not fit the field's type.",
        hint=hint,
        where=use.where,
        amplify=f"@{use.name} {text}",
    )
