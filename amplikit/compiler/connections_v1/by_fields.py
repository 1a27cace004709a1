"""``@connection(fields:, keyName:)``: the keys are fields of the source.

Source: connectionWithKey of graphql-connection-transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Relation
from amplikit.compiler.document import fields_of, find_field
from amplikit.compiler.keys import (
    foreign_key_mistyped,
    is_key_scalar,
    keys_v1,
    primary_key_v1,
)
from amplikit.compiler.rejection import rejection
from amplikit.compiler.sort_keys import sort_argument
from amplikit.compiler.type_nodes import SCALARS, base_name, is_list
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.compiler.document import Document
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["apply", "problems"]

_DEFAULT_LIMIT = 100


def problems(
    use: DirectiveUse, draft: Draft, field: FieldDefinitionNode
) -> Iterator[Problem]:
    """Yield what is wrong with the fields, and with the key that they are for."""
    if use.text("fields"):
        yield rejection(
            "relation-fields-not-a-list",
            message=f"The field of @connection on '{use.place}' has no brackets.",
            hint=f'Write fields: ["{use.text("fields")}"].',
            where=use.where_of("fields"),
            amplify="args.fields.forEach is not a function",
            kind="TypeError",
        )
        return
    found = list(_field_problems(use, draft))
    yield from found
    related = draft.document.models[base_name(field.type)]
    index = use.text("keyName")
    key = _key_read(draft.document, related, index)
    if key is None:
        known = [
            name
            for other in keys_v1(draft.document, related)
            if (name := other.text("name"))
        ]
        yield rejection(
            "unknown-index",
            message=f"'{related.name.value}' has no @key called '{index}'.",
            hint=did_you_mean(index or "", known).strip()
            or f'Add @key(name: "{index}", fields: [...]) to the type.',
            where=use.where_of("keyName"),
            amplify=f"Key {index} does not exist for model {related.name.value}",
        )
        return
    # A @key without fields is a problem of its own.
    if found or not key:
        return
    yield from _match_problems(use, related, key)
    if index and not is_list(field.type):
        yield rejection(
            "index-for-single-item",
            message=f"'{use.place}' is a single item but reads index '{index}'.",
            hint="Remove keyName, or make the field a list.",
            where=use.where_of("keyName"),
            amplify=f"Connection is to a single object but the keyName {index} was "
            "provided which does not reference the default table.",
        )
    if is_list(field.type) and len(use.texts("fields") or ()) == 1 and len(key) > 1:
        yield from _sort_problems(use, related, key)


def _field_problems(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    written = use.texts("fields") or ()
    if not written:
        yield rejection(
            "relation-without-fields",
            message=f"@connection on '{use.place}' names no field.",
            hint="Name the fields, or remove the argument to get a key made up.",
            where=use.where_of("fields"),
            amplify="No fields passed in to @connection directive.",
        )
    known = [node.name.value for node in fields_of(use.type)]
    for number, name in enumerate(written):
        where = use.where_of_item("fields", number)
        node = find_field(use.type, name)
        if node is None:
            yield rejection(
                "unknown-field",
                message=f"'{use.type_name}' has no field '{name}'.",
                hint=did_you_mean(name, known).strip() or "Declare the field first.",
                where=where,
                amplify=f"{name} is not a field in {use.type_name}",
            )
        elif is_list(node.type) or not is_key_scalar(draft.document, node):
            yield rejection(
                "key-field-not-scalar",
                message=f"'{use.type_name}.{name}' is no scalar.",
                hint="Name fields that are scalars or enums.",
                where=where,
                amplify="All fields provided to an @connection must be scalar or enum "
                "fields.",
            )


def _key_read(
    document: Document, related: ObjectTypeDefinitionNode, index: str | None
) -> tuple[str, ...] | None:
    if not index:
        return primary_key_v1(document, related)
    for use in keys_v1(document, related):
        if use.text("name") == index:
            return use.texts("fields")
    return None


def _match_problems(
    use: DirectiveUse, related: ObjectTypeDefinitionNode, key: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield how the fields do not fit the key; a sort key is one attribute."""
    written = use.texts("fields") or ()
    field = "" if use.field is None else use.field.name.value
    yield from _type_problem(use, related, written[0], key[0], "")
    if len(written) > 1 and len(key) == 1:
        yield rejection(
            "relation-key-incomplete",
            message=f"'{use.place}' names {len(written)} fields for a key of one.",
            hint=f"Name one field, for '{key[0]}'.",
            where=use.where_of("fields"),
            amplify="Too many fields passed in to @connection directive.",
        )
    elif len(written) > 1 and len(written) != len(key):
        yield rejection(
            "relation-key-incomplete",
            message=f"'{use.place}' names {len(written)} fields for a key of "
            f"{len(key)}.",
            hint=f"Name one field for each of {', '.join(key)}.",
            where=use.where_of("fields"),
            amplify=f"Invalid @connection directive  {field}. fields does not accept "
            "partial sort key",
        )
    elif len(written) > 1:
        end = " arguments" if len(written) > len(("partition", "sort")) else ""
        for mine, other in zip(written[1:], key[1:], strict=True):
            yield from _type_problem(use, related, mine, other, end)


def _type_problem(
    use: DirectiveUse,
    related: ObjectTypeDefinitionNode,
    mine: str,
    other: str,
    end: str,
) -> Iterator[Problem]:
    node, target = find_field(use.type, mine), find_field(related, other)
    if target is None:
        yield rejection(
            "undeclared-key-field",
            message=f"'{related.name.value}' does not declare its key '{other}'.",
            hint=f"Declare '{other}: ID!'.",
            where=use.where,
            amplify=f"{other} is not defined in {related.name.value}.",
        )
        return
    wanted = base_name(target.type)
    if node is not None and base_name(node.type) != wanted:
        key_field = f"{related.name.value}.{other}"
        yield foreign_key_mistyped(use, mine, key_field, wanted, end)


def _sort_problems(
    use: DirectiveUse, related: ObjectTypeDefinitionNode, key: tuple[str, ...]
) -> Iterator[Problem]:
    node = find_field(related, key[1])
    if len(key) > len(("partition", "sort")) or node is None:
        return
    if base_name(node.type) not in SCALARS:
        yield rejection(
            "enum-sort-key-in-relation",
            message=f"The connection '{use.place}' reads by '{key[1]}', which is an "
            "enum.",
            hint="Make it a String, or put another field into the sort key.",
            where=use.where,
            amplify=f"Expected scalar and got {base_name(node.type)}",
            kind="Error",
        )


def apply(use: DirectiveUse, draft: Draft, field: FieldDefinitionNode) -> Draft:
    """Set the field's relation over the fields that are named."""
    related = draft.document.models[base_name(field.type)]
    name = related.name.value
    index = use.text("keyName") or None
    key = _key_read(draft.document, related, index) or ("id",)
    written = use.texts("fields") or ()
    many = is_list(field.type)
    sort_field = None
    if many and len(written) == 1 and len(key) > 1:
        nodes = [find_field(related, part) for part in key[1:]]
        types = tuple(base_name(node.type) for node in nodes if node)
        argument, type_name = sort_argument(name, index, key[1:], types)
        draft = draft.with_sort_argument(use.place, argument, type_name)
        sort_field = "#".join(key[1:])
    limit = use.number("limit")
    relation = Relation(
        target=name,
        many=many,
        keys=tuple(zip(key, written, strict=False)),
        index=index,
        sort_field=sort_field,
        limit=_DEFAULT_LIMIT if limit is None else limit,
    )
    known = draft.model(use.type_name).field(field.name.value)
    if known is None:
        return draft
    return draft.with_field(use.type_name, replace(known, relation=relation))
