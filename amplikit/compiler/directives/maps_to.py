"""``@mapsTo`` (v2): the name that a model had when its table was made.

The table, the indexes of its relations and their made-up keys keep the old names in
storage.

Source: amplify-graphql-name-mapping-transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.compiler.rejection import rejection
from amplikit.compiler.stored_names import original_name
from amplikit.compiler.use import Directive
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["MAPS_TO"]

SDL = "directive @mapsTo(name: String!) on OBJECT"


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @mapsTo."""
    name, written = use.type_name, use.text("name") or ""
    models = draft.document.models
    if name not in models:
        yield rejection(
            "needs-model",
            message=f"'{name}' has @mapsTo, but is no model.",
            hint="Add @model to the type, or remove @mapsTo.",
            where=use.where,
            amplify=f"@mapsTo is not supported on type {name}. It can only be used on "
            "a @model type.",
        )
    begin = f'Cannot apply @mapsTo with name "{written}" on type "{name}" because '
    if written in models:
        yield rejection(
            "maps-to-model",
            message=f"'{name}' maps to '{written}', which is a model of its own.",
            hint="Map to the name of a model that is gone.",
            where=use.where_of("name"),
            amplify=f'{begin}"{written}" model already exists in the schema.',
        )
        return
    for other in models:
        if other != name and original_name(draft.document, other) == written:
            yield rejection(
                "maps-to-model",
                message=f"'{other}' maps to '{written}', too.",
                hint="Let only one model map to a name.",
                where=use.where_of("name"),
                amplify=f'{begin}"{other}" model already has the same name mapping.',
            )
            return
    if any(
        node.name.value == "manyToMany"
        for field in draft.document.all_fields(name)
        for node in field.directives or ()
    ):
        yield Problem(
            "directive-not-supported-yet",
            f"'{name}' has both @mapsTo and @manyToMany, and this version of amplikit "
            "cannot keep the joining model's old names.",
            "Remove @mapsTo, or write the joining model yourself.",
            use.where,
        )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Give the model its table's name."""
    model = draft.model(use.type_name)
    return draft.with_model(replace(model, stored_as=use.text("name")))


MAPS_TO = Directive("mapsTo", SDL, check, apply)
