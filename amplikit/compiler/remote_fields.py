"""What @function, @http and @predictions have in common: fields answered elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import CustomField
from amplikit.compiler.document import find_directive
from amplikit.compiler.rejection import rejection
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode

    from amplikit.blueprint.remote import RemoteCall
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["RELATIONS", "input_name_problems", "resolved_twice_problems", "with_calls"]

RELATIONS = ("connection", "hasMany", "hasOne", "belongsTo", "manyToMany")
"""The directives of both versions that give a field a resolver over the tables."""


def resolved_twice_problems(
    use: DirectiveUse, field: FieldDefinitionNode, others: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem if another directive resolves the field as well.

    v1 lets one of them win in silence, v2 fails while it deploys.
    """
    other = find_directive(field, *others)
    if other is not None:
        yield Problem(
            "resolved-twice",
            f"'{use.place}' has @{use.name} and @{other.name.value}, and only one can "
            "answer it.",
            "Remove one of them, or make two fields.",
            use.where,
        )


def input_name_problems(
    use: DirectiveUse, draft: Draft, names: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield the types of the reader that stand where an input is generated."""
    for name in names:
        if name in draft.document.types:
            yield rejection(
                "duplicate-definition",
                message=f"'{name}' is the name of an input that @{use.name} on "
                f"'{use.place}' generates.",
                hint="Rename the type, or the field.",
                where=draft.document.places.of(draft.document.types[name].name),
                amplify=f"Conflicting input type '{name}' found.",
                kind="Error",
            )


def with_calls(
    use: DirectiveUse,
    draft: Draft,
    field: FieldDefinitionNode,
    calls: tuple[RemoteCall, ...],
) -> Draft:
    """Return a draft where the field is answered by these calls, after earlier ones."""
    name = field.name.value
    if use.type_name in draft.models:
        known = draft.model(use.type_name).field(name)
        if known is None:
            return draft
        earlier = known.calls
        changed = replace(known, calls=(*earlier, *calls))
        draft = draft.with_field(use.type_name, changed)
    else:
        custom = draft.custom_fields.get(use.place)
        earlier = custom.calls if custom else ()
        draft = draft.with_custom_field(
            CustomField(use.type_name, name, (*earlier, *calls), use.where)
        )
    return draft
