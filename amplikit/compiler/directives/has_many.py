"""``@hasMany`` (v2): a list of the items of another model.

Source: amplify-graphql-relational-transformer, has-many transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Index, Relation
from amplikit.compiler.keys import primary_key_v2
from amplikit.compiler.relations_v2.by_fields import (
    add_foreign_key,
    foreign_key,
    sort_argument_problems,
)
from amplikit.compiler.relations_v2.by_references import implicit_index
from amplikit.compiler.relations_v2.checks import list_problem, relation_problems
from amplikit.compiler.relations_v2.target import index_fields, key_type
from amplikit.compiler.sort_keys import sort_argument
from amplikit.compiler.stored_names import original_name, original_place
from amplikit.compiler.type_nodes import is_list, is_required
from amplikit.compiler.use import Directive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["HAS_MANY"]

_DEFAULT_LIMIT = 100
SDL = """
directive @hasMany(
  indexName: String
  fields: [String!]
  references: [String!]
  limit: Int = 100
) on FIELD_DEFINITION
"""


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @hasMany."""
    if use.field is None:
        return
    if not is_list(use.field.type):
        text = "must be used with a list. Use @hasOne for non-list types."
        yield list_problem(use, text, "Make the field a list, or use @hasOne.")
    related = draft.document.target(use.field)
    yield from relation_problems(use, draft, related)
    if related is not None and use.texts("references") is None:
        key = _key_read(use, draft, related)
        yield from sort_argument_problems(use, related, key)


def _key_read(
    use: DirectiveUse, draft: Draft, related: ObjectTypeDefinitionNode
) -> tuple[str, ...]:
    """Return the index or primary key of the related model that the field reads."""
    index = use.text("indexName")
    named = index_fields(draft.document, related, index) if index else None
    return named or primary_key_v2(draft.document, related)


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the field's relation; make up its key and index if none are named."""
    field = use.field
    related = draft.document.target(field) if field else None
    if field is None or related is None:
        return draft
    if use.texts("references") is not None:
        return _by_references(use, draft, field, related)
    key = _key_read(use, draft, related)
    written = use.texts("fields") or ()
    if len(written) <= 1 and len(key) > 1:
        draft = _with_sort_argument(use, draft, related, key)
    index = use.text("indexName")
    source_key = primary_key_v2(draft.document, draft.document.objects[use.type_name])
    if written:
        return _with_relation(use, draft, field, related, (key, written), index)
    draft, made = _with_made_key(use, draft, field, related)
    if index:
        return _with_relation(use, draft, field, related, (key, source_key), index)
    name = f"gsi-{original_place(use)}"
    index_made = Index(name, made, use.where)
    draft = draft.with_made_index(related.name.value, index_made)
    return _with_relation(use, draft, field, related, (made, source_key), name)


def _with_made_key(
    use: DirectiveUse,
    draft: Draft,
    field: FieldDefinitionNode,
    related: ObjectTypeDefinitionNode,
) -> tuple[Draft, tuple[str, ...]]:
    """Add the made-up key to the related model; return the part that is indexed."""
    source = draft.document.objects[use.type_name]
    key = primary_key_v2(draft.document, source)
    attributes, stored = (
        foreign_key(name, field.name.value, source, key, draft.options)
        for name in (use.type_name, original_name(draft.document, use.type_name))
    )
    draft = add_foreign_key(
        draft,
        related.name.value,
        attributes,
        use,
        stored=stored,
        required=is_required(field.type),
    )
    names = tuple(name for name, _ in attributes)
    whole = draft.options.flag("respectPrimaryKeyAttributesOnConnectionField")
    return draft, names if whole else names[:1]


def _by_references(
    use: DirectiveUse,
    draft: Draft,
    field: FieldDefinitionNode,
    related: ObjectTypeDefinitionNode,
) -> Draft:
    references = use.texts("references") or ()
    name = implicit_index(use, related)
    made = Index(name, references, use.where)
    draft = draft.with_made_index(related.name.value, made)
    source = draft.document.objects[use.type_name]
    key = primary_key_v2(draft.document, source)
    return _with_relation(use, draft, field, related, (references, key), name)


def _with_sort_argument(
    use: DirectiveUse,
    draft: Draft,
    related: ObjectTypeDefinitionNode,
    key: tuple[str, ...],
) -> Draft:
    types = tuple(key_type(related, name).name for name in key[1:])
    name, type_name = sort_argument(
        related.name.value, use.text("indexName"), key[1:], types
    )
    return draft.with_sort_argument(use.place, name, type_name)


def _with_relation(
    use: DirectiveUse,
    draft: Draft,
    field: FieldDefinitionNode,
    related: ObjectTypeDefinitionNode,
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    index: str | None,
) -> Draft:
    target, source = keys
    pairs = tuple(zip(target, source, strict=False))
    limit = use.number("limit")
    relation = Relation(
        target=related.name.value,
        many=True,
        keys=pairs,
        index=index,
        sort_field="#".join(target[1:]) if len(pairs) == 1 and target[1:] else None,
        limit=_DEFAULT_LIMIT if limit is None else limit,
    )
    known = draft.model(use.type_name).field(field.name.value)
    if known is None:
        return draft
    draft = replace(draft, paged=draft.paged | {related.name.value})
    return draft.with_field(use.type_name, replace(known, relation=relation))


HAS_MANY = Directive("hasMany", SDL, check, apply)
