"""Relations whose keys are ``fields`` of the source, or are made up.

Source: amplify-graphql-relational-transformer, the DynamoDB ``fields`` transformers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Field, OperationKind, TypeRef
from amplikit.compiler.document import fields_of, find_directive, find_field
from amplikit.compiler.keys import foreign_key_mistyped, is_key_scalar, primary_key_v2
from amplikit.compiler.naming import camel_case, upper_first
from amplikit.compiler.rejection import rejection
from amplikit.compiler.relations_v2.target import (
    identity_type,
    index_fields,
    key_type,
)
from amplikit.compiler.type_nodes import SCALARS, base_name
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        FieldDefinitionNode,
        ObjectTypeDefinitionNode,
        ObjectTypeExtensionNode,
    )

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = [
    "add_foreign_key",
    "field_problems",
    "foreign_key",
    "guarded_key_problems",
    "key_match_problems",
    "sort_argument_problems",
]


def field_problems(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with ``fields`` as names of the source's fields."""
    written = use.texts("fields")
    if written == ():
        yield rejection(
            "relation-without-fields",
            message=f"@{use.name} on '{use.place}' names no field.",
            hint="Name the fields, or remove the argument to get a key made up.",
            where=use.where_of("fields"),
            amplify=f"No fields passed to @{use.name} directive.",
        )
    known = [node.name.value for node in fields_of(use.type)]
    for number, name in enumerate(written or ()):
        node = find_field(use.type, name)
        if node is None:
            yield rejection(
                "unknown-field",
                message=f"'{use.type_name}' has no field '{name}'.",
                hint=did_you_mean(name, known).strip() or "Declare the field first.",
                where=use.where_of_item("fields", number),
                amplify=f"{name} is not a field in {use.type_name}",
            )
        elif not is_key_scalar(draft.document, node):
            yield rejection(
                "key-field-not-scalar",
                message=f"'{use.type_name}.{name}' is no scalar.",
                hint="Name fields that are scalars or enums.",
                where=use.where_of_item("fields", number),
                amplify=f"All fields provided to @{use.name} must be scalar or enum "
                "fields.",
            )


def key_match_problems(
    use: DirectiveUse, draft: Draft, related: ObjectTypeDefinitionNode
) -> Iterator[Problem]:
    """Yield how ``fields`` do not fit the key or index that they point to."""
    index = use.text("indexName")
    written = use.texts("fields") or ()
    name = related.name.value
    key = (
        index_fields(draft.document, related, index)
        if index
        else primary_key_v2(draft.document, related)
    )
    if key is None:
        yield rejection(
            "unknown-index",
            message=f"'{name}' has no index called '{index}'.",
            hint=f"Add @index(name: \"{index}\") to a field of '{name}'.",
            where=use.where_of("indexName"),
            amplify=f"Index {index} does not exist for model {name}",
        )
        return
    nodes = [find_field(use.type, field) for field in written]
    pairs = list(zip(nodes, key, strict=False))
    yield from _type_problems(use, related, pairs[:1])
    if len(written) > 1 and len(written) != len(key):
        field = "" if use.field is None else use.field.name.value
        yield rejection(
            "relation-key-incomplete",
            message=f"'{use.place}' names {len(written)} fields, but the key of "
            f"'{name}' has {len(key)}.",
            hint=f"Name one field for each of {', '.join(key)}.",
            where=use.where_of("fields"),
            amplify=f"Invalid @{use.name} directive on {field}. Partial sort keys are "
            "not accepted.",
        )
        return
    yield from _type_problems(use, related, pairs[1:])


def _type_problems(
    use: DirectiveUse,
    related: ObjectTypeDefinitionNode,
    pairs: list[tuple[FieldDefinitionNode | None, str]],
) -> Iterator[Problem]:
    for node, key_field in pairs:
        wanted = key_type(related, key_field).name
        if node is not None and base_name(node.type) != wanted:
            coordinate = f"{related.name.value}.{key_field}"
            yield foreign_key_mistyped(use, node.name.value, coordinate, wanted)


def guarded_key_problems(
    use: DirectiveUse, draft: Draft, related: ObjectTypeDefinitionNode
) -> Iterator[Problem]:
    """Yield a problem for a relation to one item by a part of its key.

    It finds nothing; the transformer refuses it only where rules on both sides look
    at the key, and in old projects: others fill in the rest of the key.
    """
    if draft.options.flag("shouldDeepMergeDirectiveConfigDefaults"):
        return
    written = use.texts("fields") or ()
    key = primary_key_v2(draft.document, related)
    name = related.name.value
    guarded = all(_has_rules(node) for node in (use.type, related))
    if len(written) != 1 or len(key) == 1 or not guarded or use.field is None:
        return
    field = use.field.name.value
    yield rejection(
        "relation-to-part-of-key",
        message=f"'{use.place}' names one field, but the key of '{name}' has "
        f"{len(key)}.",
        hint=f"Name one field for each of {', '.join(key)}.",
        where=use.where_of("fields"),
        amplify=f"Invalid @{use.name} on {use.type_name}:{field}. Provided fields do "
        f"not match the size of primary key(s) for {name}",
    )


def _has_rules(
    node: ObjectTypeDefinitionNode | ObjectTypeExtensionNode,
) -> bool:
    on_type = any(use.name.value == "auth" for use in node.directives or ())
    return on_type or any(find_directive(field, "auth") for field in fields_of(node))


def sort_argument_problems(
    use: DirectiveUse, related: ObjectTypeDefinitionNode, key: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield a problem for the one sort key type that has no condition input: enums."""
    sort_fields = key[1:]
    if len(sort_fields) != 1:
        return
    name = key_type(related, sort_fields[0]).name
    if name not in SCALARS:
        yield rejection(
            "enum-sort-key-in-relation",
            message=f"The relation '{use.place}' reads by '{sort_fields[0]}', which is "
            "an enum.",
            hint="Make it a String, or put another field into the sort key.",
            where=use.where,
            amplify="Cannot read properties of undefined (reading 'name')",
            kind="TypeError",
        )


def foreign_key(
    name: str,
    field: str,
    keyed: ObjectTypeDefinitionNode,
    key: tuple[str, ...],
    options: CompileOptions,
) -> tuple[tuple[str, str], ...]:
    """Return the made-up attributes with their types, one for each part of a key.

    ``postCommentsId`` for ``Post.comments``; ``keyed`` is the model whose key it holds.
    """
    whole = options.flag("respectPrimaryKeyAttributesOnConnectionField")
    first = camel_case(name, field, key[0] if whole else "id")
    pairs = [(first, identity_type(keyed, key[0]).name if whole else "ID")]
    pairs += [
        (camel_case(name, field, part), key_type(keyed, part).name) for part in key[1:]
    ]
    return tuple(pairs)


def _is_filtered(draft: Draft, model: str) -> bool:
    """Whether the model's list filter is there already: later ones lack the keys."""
    known = draft.model(model)
    listing = {OperationKind.LIST, OperationKind.SYNC}
    if any(operation.kind in listing for operation in known.operations):
        return True
    queried = any(index.query_field for index in known.indexes)
    return upper_first(model) == model and (queried or model in draft.paged)


def add_foreign_key(
    draft: Draft,
    model: str,
    attributes: tuple[tuple[str, str], ...],
    use: DirectiveUse,
    *,
    stored: tuple[tuple[str, str], ...],
    required: bool,
) -> Draft:
    """Add made-up attributes to a model, unless it has fields of these names.

    ``stored`` are their names in the table, which a renamed model keeps.

    The subscription filter that gets them is that of the directive's own model: for
    @hasMany the wrong one, and so it is printed.
    """
    draft = draft.with_subscription_keys(use.type_name, attributes)
    if _is_filtered(draft, model):
        draft = draft.with_filter_keys(model, attributes)
    for (name, type_name), (old, _) in zip(attributes, stored, strict=True):
        if draft.model(model).field(name) is None:
            text = f"{type_name}!" if required else type_name
            made = TypeRef(type_name, text, required=required)
            added = Field(name, made, use.where, declared=False)
            if old != name:
                added = replace(added, stored_as=old)
            draft = draft.with_field(model, added)
    return draft
