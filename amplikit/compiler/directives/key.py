"""``@key`` (v1): a custom primary key, or a secondary index with its query.

Source: graphql-key-transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Index
from amplikit.compiler.document import fields_of, find_directive, find_field
from amplikit.compiler.keys import key_type_problems, keys_v1, primary_key_v1
from amplikit.compiler.naming import is_name
from amplikit.compiler.rejection import INVALID_DIRECTIVE, invalid_name, rejection
from amplikit.compiler.type_nodes import is_required
from amplikit.compiler.use import Directive
from amplikit.errors import AmplifyError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ObjectTypeDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["KEY"]

SDL = """
directive @key(name: String, fields: [String!]!, queryField: String)
  repeatable on OBJECT
"""


_SIMPLE_KEY_LENGTH = 2


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @key."""
    type_node = draft.document.objects[use.type_name]
    before = tuple(_earlier(use, draft, type_node))
    if use.text("name"):
        yield from _check_secondary(use, before)
    else:
        yield from _check_primary(use, draft, before)
    if use.text("fields"):
        yield _fields_not_a_list(use)
    else:
        yield from _check_fields(use, draft)
    if not find_directive(type_node, "model"):
        yield rejection(
            "needs-model",
            message=f"'{use.type_name}' has @key but is no model.",
            hint="Add @model to the type, or remove @key.",
            where=use.where,
            amplify="The @key directive may only be added to object definitions "
            "annotated with @model.",
        )


def _earlier(
    use: DirectiveUse, draft: Draft, type_node: ObjectTypeDefinitionNode
) -> Iterator[DirectiveUse]:
    for other in keys_v1(draft.document, type_node):
        if other.node is use.node:
            return
        yield other


def _check_primary(
    use: DirectiveUse, draft: Draft, before: tuple[DirectiveUse, ...]
) -> Iterator[Problem]:
    if not any(not other.text("name") for other in before):
        yield from _clashes(use, draft)
    if use.text("queryField"):
        yield rejection(
            "query-field-on-primary-key",
            message=f"The primary key of '{use.type_name}' has a queryField.",
            hint="Remove queryField: the list query reads by the primary key.",
            where=use.where_of("queryField"),
            amplify="You cannot pass 'queryField' to the primary @key on type "
            f"'{use.type_name}'.",
        )


def _clashes(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield the other keys that cannot stand beside this one, the first primary key."""
    fields = use.texts("fields") or ()
    for other in keys_v1(draft.document, draft.document.objects[use.type_name]):
        if other.node is use.node:
            continue
        if not other.text("name"):
            yield rejection(
                "duplicate-key",
                message=f"'{use.type_name}' has two primary keys.",
                hint="Give one of the @key directives a name: it is then an index.",
                where=other.where,
                amplify="You may only supply one primary @key on type "
                f"'{use.type_name}'.",
            )
        elif len(fields) == 1 and fields == (other.texts("fields") or ())[:1]:
            yield _local_index_without_sort(use, other)


def _local_index_without_sort(use: DirectiveUse, other: DirectiveUse) -> Problem:
    name = other.text("name")
    return rejection(
        "index-repeats-primary-key",
        message=f"Index '{name}' begins with the partition key of '{use.type_name}', "
        "whose primary key has no sort key.",
        hint="Give the primary key a sort key, or begin the index with another field.",
        where=other.where,
        amplify=f'Invalid @key "{name or "undefined"}". You may not create a @key '
        "where the first field in 'fields' is the same as that of the primary @key "
        "unless the primary @key has multiple 'fields'. You cannot have a local "
        "secondary index without a sort key in the primary index.",
    )


def _check_secondary(
    use: DirectiveUse, before: tuple[DirectiveUse, ...]
) -> Iterator[Problem]:
    name = use.text("name")
    if any(other.text("name") == name for other in before):
        yield rejection(
            "duplicate-index",
            message=f"'{use.type_name}' has two indexes called '{name}'.",
            hint="Rename one of them.",
            where=use.where_of("name"),
            amplify=f"You may only supply one @key with the name '{name}' on type "
            f"'{use.type_name}'.",
        )
    fields = use.texts("fields") or ()
    if len(fields) > _SIMPLE_KEY_LENGTH and not is_name(f"_{name}"):
        yield Problem(
            "invalid-name",
            f"Index '{name}' sorts by several fields, and its name becomes part of a "
            "type's name.",
            "Use letters, digits and _.",
            use.where_of("name"),
        )
    query_field = use.text("queryField")
    if query_field and not is_name(query_field):
        yield invalid_name(query_field, use.where_of("queryField"))


def _fields_not_a_list(use: DirectiveUse) -> Problem:
    """Return the refusal of a field without brackets: v1 takes each letter for one."""
    written = use.text("fields") or ""
    known = {node.name.value for node in fields_of(use.type)}
    unknown = next((letter for letter in written if letter not in known), None)
    title = use.text("name") or "<unnamed>"
    text = (
        f"You cannot specify a nonexistent field '{unknown}' in @key '{title}' on type "
        f"'{use.type_name}'."
    )
    return Problem(
        "key-fields-not-a-list",
        f"The field of a @key on '{use.type_name}' has no brackets.",
        f'Write fields: ["{written}"].',
        use.where_of("fields"),
        amplify=AmplifyError(INVALID_DIRECTIVE, text) if unknown else None,
    )


def _check_fields(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    fields = use.texts("fields") or ()
    known = [node.name.value for node in fields_of(use.type)]
    if not fields:
        yield rejection(
            "key-without-fields",
            message=f"A @key on '{use.type_name}' names no field.",
            hint="List the partition key, then the sort key fields.",
            where=use.where,
            amplify="Cannot read properties of undefined (reading 'type')",
            kind="TypeError",
        )
    for number, name in enumerate(fields):
        where = use.where_of_item("fields", number)
        node = find_field(use.type, name)
        if node is None:
            title = use.text("name") or "<unnamed>"
            yield rejection(
                "unknown-field",
                message=f"'{use.type_name}' has no field '{name}'.",
                hint=did_you_mean(name, known).strip() or "Declare the field first.",
                where=where,
                amplify=f"You cannot specify a nonexistent field '{name}' in @key "
                f"'{title}' on type '{use.type_name}'.",
            )
            continue
        yield from key_type_problems(draft.document, node, where)
        if not use.text("name") and not is_required(node.type):
            yield rejection(
                "key-field-nullable",
                message=f"'{use.type_name}.{name}' is in the primary key and nullable.",
                hint=f"Write '!' after the type of '{name}'.",
                where=where,
                amplify=f"The primary @key on type '{use.type_name}' must reference "
                "non-null fields.",
            )
        if name in fields[:number]:
            yield Problem(
                "key-repeats-field",
                f"A @key on '{use.type_name}' names '{name}' twice.",
                "Name each field once.",
                where,
            )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the model's primary key, or add an index to it."""
    model = draft.model(use.type_name)
    fields = use.texts("fields") or ()
    name = use.text("name")
    if not name:
        if find_field(use.type, "id") is None:
            kept = tuple(field for field in model.fields if field.name != "id")
            model = replace(model, fields=kept)
        return draft.with_model(replace(model, key=fields, custom_key=True))
    primary = primary_key_v1(draft.document, draft.document.objects[use.type_name])
    index = Index(
        name=name,
        fields=fields,
        where=use.where,
        query_field=use.text("queryField") or None,
        local=primary[0] == fields[0] and not draft.options.flag("secondaryKeyAsGSI"),
    )
    return draft.with_model(replace(model, indexes=(*model.indexes, index)))


KEY = Directive("key", SDL, check, apply)
