"""``@hasOne`` (v2): one item of another model.

Source: amplify-graphql-relational-transformer, has-one transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Index, Relation
from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.relations_v2.by_fields import add_foreign_key, foreign_key
from amplikit.compiler.relations_v2.by_references import implicit_index
from amplikit.compiler.relations_v2.checks import list_problem, relation_problems
from amplikit.compiler.stored_names import original_name
from amplikit.compiler.type_nodes import is_list, is_required
from amplikit.compiler.use import Directive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["HAS_ONE", "with_key_of_its_own", "with_relation"]

SDL = "directive @hasOne(fields: [String!], references: [String!]) on FIELD_DEFINITION"


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @hasOne."""
    if use.field is None:
        return
    yield from relation_problems(use, draft, draft.document.target(use.field))
    if is_list(use.field.type):
        text = "cannot be used with lists. Use @hasMany instead."
        yield list_problem(use, text, "Make the field a single item, or use @hasMany.")


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the field's relation; make up its key if none is named."""
    field = use.field
    related = draft.document.target(field) if field else None
    if field is None or related is None:
        return draft
    references = use.texts("references")
    if references is None:
        return with_key_of_its_own(use, draft, field, related)
    source = draft.document.objects[use.type_name]
    key = primary_key_v2(draft.document, source)
    name = implicit_index(use, related)
    made = Index(name, references, use.where)
    draft = draft.with_made_index(related.name.value, made)
    pairs = tuple(zip(references, key, strict=False))
    relation = Relation(related.name.value, many=False, keys=pairs, index=name)
    return with_relation(use, draft, relation)


def with_key_of_its_own(
    use: DirectiveUse,
    draft: Draft,
    field: FieldDefinitionNode,
    related: ObjectTypeDefinitionNode,
) -> Draft:
    """Set the relation to an item whose key this model holds, in fields or made up."""
    key = primary_key_v2(draft.document, related)
    written = use.texts("fields")
    if not written:
        attributes, stored = (
            foreign_key(name, field.name.value, related, key, draft.options)
            for name in (use.type_name, original_name(draft.document, use.type_name))
        )
        draft = add_foreign_key(
            draft,
            use.type_name,
            attributes,
            use,
            stored=stored,
            required=is_required(field.type),
        )
        written = tuple(attribute for attribute, _ in attributes)
    pairs = tuple(zip(key, written, strict=False))
    return with_relation(
        use, draft, Relation(related.name.value, many=False, keys=pairs)
    )


def with_relation(use: DirectiveUse, draft: Draft, relation: Relation) -> Draft:
    """Set the relation of the field that the directive stands on."""
    name = "" if use.field is None else use.field.name.value
    known = draft.model(use.type_name).field(name)
    if known is None:
        return draft
    return draft.with_field(use.type_name, replace(known, relation=relation))


HAS_ONE = Directive("hasOne", SDL, check, apply)
