"""``@primaryKey`` (v2): the partition key, with the fields of its sort key.

Source: amplify-graphql-index-transformer, primary key transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode

from amplikit.compiler.document import fields_of, find_directive, find_field
from amplikit.compiler.keys import is_key_scalar, key_type_problems
from amplikit.compiler.rejection import rejection
from amplikit.compiler.rules import joined_owner_fields
from amplikit.compiler.type_nodes import is_list, is_required
from amplikit.compiler.use import Directive
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem, Where

__all__ = ["PRIMARY_KEY", "needs_model", "self_reference"]

SDL = "directive @primaryKey(sortKeyFields: [String]) on FIELD_DEFINITION"


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @primaryKey."""
    if use.field is None:
        return
    yield from self_reference(use, use.field)
    yield from needs_model(use)
    for node in fields_of(use.type):
        if node is use.field:
            break
        if find_directive(node, "primaryKey"):
            yield rejection(
                "duplicate-key",
                message=f"'{use.type_name}' has two primary keys.",
                hint="Keep one, and put the other field into its sortKeyFields.",
                where=use.where,
                amplify=f"You may only supply one primary key on type "
                f"'{use.type_name}'.",
            )
            break
    yield from _check_key_field(use, draft, use.field, use.where, "")
    for number, name in enumerate(use.texts("sortKeyFields") or ()):
        yield from _check_sort_field(use, draft, name, number)


def self_reference(use: DirectiveUse, field: FieldDefinitionNode) -> Iterator[Problem]:
    """Yield a problem if the sort key names the partition key itself."""
    name = field.name.value
    if name in (use.texts("sortKeyFields") or ()):
        yield rejection(
            "key-repeats-field",
            message=f"@{use.name} on '{use.place}' has the field as its own sort key.",
            hint=f"Remove '{name}' from sortKeyFields.",
            where=use.where_of("sortKeyFields"),
            amplify=f"@{use.name} field '{name}' cannot reference itself.",
        )


def needs_model(use: DirectiveUse) -> Iterator[Problem]:
    """Yield a problem if the directive's type is no model."""
    if isinstance(use.type, ObjectTypeDefinitionNode) and find_directive(
        use.type, "model"
    ):
        return
    yield rejection(
        "needs-model",
        message=f"'{use.place}' has @{use.name} but '{use.type_name}' is no model.",
        hint=f"Add @model to the type, or remove @{use.name}.",
        where=use.where,
        amplify=f"The @{use.name} directive may only be added to object definitions "
        "annotated with @model.",
    )


def _check_sort_field(
    use: DirectiveUse, draft: Draft, name: str, number: int
) -> Iterator[Problem]:
    where = use.where_of_item("sortKeyFields", number)
    node = find_field(use.type, name)
    if node is None:
        known = [field.name.value for field in fields_of(use.type)]
        yield rejection(
            "unknown-field",
            message=f"'{use.type_name}' has no field '{name}'.",
            hint=did_you_mean(name, known).strip() or "Declare the field first.",
            where=where,
            amplify=f"Can't find field '{name}' in {use.type_name}, but it was "
            "specified in the primary key.",
        )
        return
    yield from _check_key_field(use, draft, node, where, "'s sort key")
    if draft.options.flag(
        "useSubUsernameForDefaultIdentityClaim"
    ) and name in joined_owner_fields(draft.document, use.type_name):
        yield rejection(
            "owner-in-sort-key",
            message=f"'{use.type_name}.{name}' is an owner field and in the sort key.",
            hint='Take another field, or give the rule identityClaim: "username".',
            where=where,
            amplify=f"The primary key's sort key type '{name}' cannot be used as an "
            "owner @auth field too. Please use another field for the sort key.",
        )


def _check_key_field(
    use: DirectiveUse,
    draft: Draft,
    node: FieldDefinitionNode,
    where: Where,
    part: str,
) -> Iterator[Problem]:
    """Yield what is wrong with a part of the key; ``part`` is empty for the first."""
    found = [*_nullable(use, node, where), *_no_key(use, draft, node, where, part)]
    yield from reversed(found) if part else found


def _nullable(
    use: DirectiveUse, node: FieldDefinitionNode, where: Where
) -> Iterator[Problem]:
    name = node.name.value
    if not is_required(node.type):
        yield rejection(
            "key-field-nullable",
            message=f"'{use.type_name}.{name}' is in the primary key and nullable.",
            hint=f"Write '!' after the type of '{name}'.",
            where=where,
            amplify=f"The primary key on type '{use.type_name}' must reference "
            "non-null fields.",
        )


def _no_key(
    use: DirectiveUse,
    draft: Draft,
    node: FieldDefinitionNode,
    where: Where,
    part: str,
) -> Iterator[Problem]:
    name = node.name.value
    if not is_key_scalar(draft.document, node) or is_list(node.type):
        yield rejection(
            "key-field-not-scalar",
            message=f"'{use.type_name}.{name}' is in the primary key and no scalar.",
            hint="Use a field that is a single scalar or enum.",
            where=where,
            amplify=f"The primary key{part} on type '{use.type_name}.{name}' cannot "
            "be a non-scalar.",
        )
    else:
        alone = len(use.texts("sortKeyFields") or ()) == 1 and bool(part)
        yield from key_type_problems(draft.document, node, where, alone=alone)


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the model's primary key; an automatic ``id`` goes."""
    if use.field is None:
        return draft
    model = draft.model(use.type_name)
    if all(node.name.value != "id" for node in fields_of(use.type)):
        kept = tuple(field for field in model.fields if field.name != "id")
        model = replace(model, fields=kept)
    key = (use.field.name.value, *(use.texts("sortKeyFields") or ()))
    return draft.with_model(replace(model, key=key, custom_key=True))


PRIMARY_KEY = Directive("primaryKey", SDL, check, apply)
