"""``@default`` (v2): what a create stores for a field that is absent or null.

Source: amplify-graphql-default-value-transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import EnumTypeDefinitionNode

from amplikit.blueprint.api import OperationKind
from amplikit.compiler.default_texts import WITHOUT_DEFAULT, accepted, usable
from amplikit.compiler.keys import is_key_scalar
from amplikit.compiler.naming import camel_case
from amplikit.compiler.rejection import rejection
from amplikit.compiler.renamed import renamed_mutations
from amplikit.compiler.type_nodes import base_name, is_list
from amplikit.compiler.use import Directive
from amplikit.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["DEFAULT"]

SDL = "directive @default(value: String) on FIELD_DEFINITION"


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @default."""
    if use.field is None:
        return
    if use.type_name not in draft.document.models:
        yield rejection(
            "needs-model",
            message=f"'{use.place}' has @default, but '{use.type_name}' is no model.",
            hint=f"Add @model to '{use.type_name}', or remove @default.",
            where=use.where,
            amplify="The @default directive may only be added to object definitions "
            "annotated with @model.",
        )
    if is_list(use.field.type) or not is_key_scalar(draft.document, use.field):
        yield rejection(
            "default-not-scalar",
            message=f"'{use.place}' has @default, but is no single scalar or enum.",
            hint="Remove @default, or make the field a single value.",
            where=use.where,
            amplify="The @default directive may only be added to scalar or enum field "
            "types.",
        )
        return
    value = use.text("value")
    if value is None:
        yield _without_value(use)
    else:
        yield from _value_problems(use, draft, use.field, value)


def _without_value(use: DirectiveUse) -> Problem:
    amplify = "The @default directive requires a value property on non-Postgres "
    amplify += "datasources."
    if use.is_null("value"):
        amplify = "The @default directive does not support null values."
    return rejection(
        "default-without-value",
        message=f"@default on '{use.place}' has no value.",
        hint='Write @default(value: "..."), or remove it.',
        where=use.where_of("value"),
        amplify=amplify,
    )


def _value_problems(
    use: DirectiveUse, draft: Draft, field: FieldDefinitionNode, value: str
) -> Iterator[Problem]:
    name = base_name(field.type)
    message = f"'{value}' is no default for '{use.place}', of type '{name}'."
    where = use.where_of("value")
    node = draft.document.types.get(name)
    if isinstance(node, EnumTypeDefinitionNode):
        members = [member.name.value for member in node.values or ()]
        if value not in members:
            yield rejection(
                "default-value",
                message=message,
                hint=did_you_mean(value, members).strip()
                or f"Write one of {', '.join(members)}.",
                where=where,
                amplify=f'Default value "{value}" is not a member of {name} enum.',
            )
    elif name in WITHOUT_DEFAULT:
        yield rejection(
            "default-value",
            message=f"The transformer cannot check defaults of type '{name}'.",
            hint="Use Int, Float or String.",
            where=where,
            amplify="typeValidators[(0 , graphql_transformer_common_1.getBaseType)"
            "(...)] is not a function",
            kind="TypeError",
        )
    elif not accepted(name, value):
        yield rejection(
            "default-value",
            message=message,
            hint=f"Write a value of type {name}.",
            where=where,
            amplify=f'Default value "{value}" is not a valid {name}.',
        )
    elif not usable(name, value):
        yield Problem(
            "default-value",
            message,
            f"Write it as JSON has a value of type {name}: the resolver fails on this.",
            where,
        )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Give the field its default."""
    name = "" if use.field is None else use.field.name.value
    field = draft.model(use.type_name).field(name)
    if field is None:
        return draft
    draft = draft.with_field(use.type_name, replace(field, default=use.text("value")))
    looked_for = {OperationKind.CREATE: camel_case("create", use.type_name)}
    return draft.with_warnings(renamed_mutations(use, draft, looked_for))


DEFAULT = Directive("default", SDL, check, apply)
