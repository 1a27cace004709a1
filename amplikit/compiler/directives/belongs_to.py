"""``@belongsTo`` (v2): the item that a @hasMany or @hasOne leads from.

Source: amplify-graphql-relational-transformer, belongs-to transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Relation
from amplikit.compiler.directives.has_one import with_key_of_its_own, with_relation
from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.by_fields import foreign_key
from amplikit.compiler.relations_v2.checks import list_problem, relation_problems
from amplikit.compiler.type_nodes import base_name, is_list
from amplikit.compiler.use import Directive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["BELONGS_TO"]

SDL = """
directive @belongsTo(
  fields: [String!]
  references: [String!]
  overrideIndexName: String
) on FIELD_DEFINITION
"""


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @belongsTo."""
    if use.field is None:
        return
    if use.text("overrideIndexName") and use.texts("references") is None:
        yield rejection(
            "index-name-without-references",
            message=f"'{use.place}' has overrideIndexName but no references.",
            hint="Name references, or remove overrideIndexName.",
            where=use.where_of("overrideIndexName"),
            amplify="overrideIndexName cannot be used on @belongsTo without "
            f"references. Modify {use.place} to use references or remove "
            "overrideIndexName.",
        )
    related = draft.document.target(use.field)
    yield from relation_problems(use, draft, related)
    if is_list(use.field.type):
        text = "cannot be used with lists."
        yield list_problem(use, text, "Make the field a single item, or use @hasMany.")
    if related is not None and _other_side(use, related) is None:
        name = related.name.value
        yield rejection(
            "relation-one-sided",
            message=f"'{use.place}' belongs to a '{name}' that has no relation to "
            f"'{use.type_name}'.",
            hint=f"Add a @hasMany or @hasOne field to '{name}', or use @hasOne here.",
            where=use.where,
            amplify=f"{name} must have a relationship with {use.type_name} in order to "
            "use @belongsTo.",
        )


def _other_side(
    use: DirectiveUse, related: ObjectTypeDefinitionNode
) -> FieldDefinitionNode | None:
    """Return the first field of the related model that leads here."""
    for field in fields_of(related):
        leads_here = base_name(field.type) == use.type_name
        if leads_here and find_directive(field, "hasOne", "hasMany"):
            return field
    return None


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the field's relation: over the key of the other side, or one of its own."""
    field = use.field
    related = draft.document.target(field) if field else None
    if field is None or related is None:
        return draft
    other = _other_side(use, related)
    references = use.texts("references")
    if references is None and (
        other is None or use.texts("fields") or find_directive(other, "hasOne")
    ):
        return with_key_of_its_own(use, draft, field, related)
    key = primary_key_v2(draft.document, related)
    if references is None and other is not None:
        made = foreign_key(
            related.name.value, other.name.value, related, key, draft.options
        )
        references = tuple(name for name, _ in made)
    pairs = tuple(zip(key, references or (), strict=False))
    return with_relation(
        use, draft, Relation(related.name.value, many=False, keys=pairs)
    )


BELONGS_TO = Directive("belongsTo", SDL, check, apply)
