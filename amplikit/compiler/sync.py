"""Conflict detection, DataStore's side of an API: what it adds to every model.

Source: graphql-dynamodb-transformer, graphql-connection-transformer (v1);
amplify-graphql-model-transformer, amplify-graphql-relational-transformer (v2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Field, OperationKind, Transformer, TypeRef
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.compiler.document import find_directive
from amplikit.compiler.naming import pascal_case
from amplikit.compiler.rejection import rejection
from amplikit.compiler.type_nodes import base_name
from amplikit.compiler.use import uses
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Model
    from amplikit.compiler.draft import Draft
    from amplikit.errors import Where

__all__ = [
    "DELETED",
    "SYNC_FIELDS",
    "VERSION",
    "sync_fields",
    "sync_name_problems",
    "sync_problems",
]

VERSION = "_version"
DELETED = "_deleted"
_TYPES = {
    VERSION: TypeRef("Int", "Int!", required=True),
    DELETED: TypeRef("Boolean", "Boolean"),
    "_lastChangedAt": TypeRef("AWSTimestamp", "AWSTimestamp!", required=True),
}
SYNC_FIELDS = tuple(_TYPES)


def sync_fields(where: Where) -> tuple[Field, ...]:
    """Return the fields that every item has."""
    return tuple(
        Field(name, type_ref, where, declared=False)
        for name, type_ref in _TYPES.items()
    )


def sync_problems(draft: Draft) -> Iterator[Problem]:
    """Yield relations that go both ways, which DataStore cannot follow (v2)."""
    if not draft.options.synced or draft.options.transformer is Transformer.V1:
        return
    for name in ("hasMany", "hasOne"):
        for use in uses(draft.document, name):
            if use.field is None:
                continue
            related = base_name(use.field.type)
            answers = any(
                base_name(field.type) == use.type_name
                and find_directive(field, "hasOne", "hasMany")
                for field in draft.document.all_fields(related)
            )
            if related != use.type_name and answers:
                yield rejection(
                    "relation-both-ways",
                    message=f"'{use.type_name}' and '{related}' each have the other, "
                    "and conflict detection is on.",
                    hint="Use @belongsTo on one side.",
                    where=use.where,
                    amplify=f"{use.type_name} and {related} cannot refer to each other "
                    "via @hasOne or @hasMany when DataStore is in use. Use @belongsTo "
                    "instead. See https://docs.amplify.aws/cli/graphql/data-modeling/"
                    "#belongs-to-relationship",
                )


def sync_name_problems(draft: Draft) -> Iterator[Problem]:
    """Yield fields of the reader that have a name of conflict detection's."""
    for model in draft.models.values():
        for name in SYNC_FIELDS if model.synced else ():
            field = model.field(name)
            if field is None or not field.declared:
                continue
            text = f"type {_first_holder(model, name)} has already a field with name "
            second = draft.options.transformer is Transformer.V2
            yield Problem(
                "reserved-field-name",
                f"'{model.name}.{name}' is a field that conflict detection adds.",
                "Rename the field.",
                field.where,
                amplify=AmplifyError("Error", text + name) if second else None,
            )


def _first_holder(model: Model, name: str) -> str:
    """Return the first type to which v2 adds the field."""
    made = {operation.kind for operation in model.operations}
    if name == VERSION and OperationKind.CREATE in made:
        return pascal_case("Create", model.name, "Input")
    if name == VERSION and OperationKind.UPDATE in made:
        return pascal_case("Update", model.name, "Input")
    if name == DELETED and not made.isdisjoint(
        {OperationKind.LIST, OperationKind.SYNC}
    ):
        return pascal_case("Model", model.name, "FilterInput")
    if name == DELETED and not made.isdisjoint(MUTATION_OF.values()):
        return pascal_case("Model", model.name, "ConditionInput")
    return model.name
