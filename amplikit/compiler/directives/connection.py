"""``@connection`` (v1): the items of another model, in four forms.

With ``fields`` the keys are named (connections_v1/by_fields). Without, they are made
up or named by ``keyField``, and two fields with one ``name`` are the two sides of a
relation (connections_v1/by_sides).

Source: graphql-connection-transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.connections_v1 import by_fields, by_sides
from amplikit.compiler.rejection import rejection
from amplikit.compiler.type_nodes import base_name
from amplikit.compiler.use import Directive
from amplikit.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["CONNECTION"]

SDL = """
directive @connection(
  name: String
  keyField: String
  sortField: String
  keyName: String
  limit: Int
  fields: [String!]
) on FIELD_DEFINITION
"""


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @connection."""
    if use.field is None:
        return
    name = base_name(use.field.type)
    if use.type_name not in draft.document.models:
        yield rejection(
            "needs-model",
            message=f"'{use.place}' has @connection, but '{use.type_name}' is no "
            "model.",
            hint=f"Add @model to '{use.type_name}', or remove @connection.",
            where=use.where,
            amplify="@connection must be on an @model object type field.",
        )
    elif name not in draft.document.models:
        known = name in draft.document.objects
        yield rejection(
            "relation-to-no-model",
            message=f"'{use.place}' has @connection, but '{name}' is no model.",
            hint=did_you_mean(name, draft.document.models).strip()
            or f"Add @model to '{name}', or remove @connection.",
            where=draft.document.places.of(use.field.type),
            amplify=f"Object type {name} must be annotated with @model."
            if known
            else f"Could not find an object type named {name}.",
        )
    elif use.texts("fields") is not None:
        yield from by_fields.problems(use, draft, use.field)
    else:
        yield from by_sides.problems(use, draft, use.field)


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Set the field's relation; add its key and index if they are made up."""
    if use.field is None:
        return draft
    if use.texts("fields") is not None:
        return by_fields.apply(use, draft, use.field)
    return by_sides.apply(use, draft, use.field)


CONNECTION = Directive("connection", SDL, check, apply)
