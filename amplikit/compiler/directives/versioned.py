"""``@versioned`` (v1): an item counts its updates, and a writer names the last count.

Source: graphql-versioned-transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Field, TypeRef, Version
from amplikit.compiler.document import fields_of
from amplikit.compiler.naming import is_name
from amplikit.compiler.rejection import invalid_name, rejection
from amplikit.compiler.type_nodes import base_name, is_list, type_ref
from amplikit.compiler.use import Directive
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["VERSIONED"]

SDL = """
directive @versioned(
  versionField: String = "version"
  versionInput: String = "expectedVersion"
) on OBJECT
"""

_COUNTERS = ("Int", "BigInt")


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @versioned."""
    if use.type_name not in draft.document.models:
        yield rejection(
            "needs-model",
            message=f"'{use.type_name}' has @versioned but is no model.",
            hint="Add @model to the type, or remove @versioned.",
            where=use.where,
            amplify="Types annotated with @versioned must also be annotated with "
            "@model.",
        )
        return
    version = _version(use)
    for argument in ("versionField", "versionInput"):
        name = version.field if argument == "versionField" else version.argument
        if use.is_null(argument):
            yield rejection(
                "version-name-null",
                message=f"'{argument}' is null.",
                hint="Write a name, or leave the argument out.",
                where=use.where_of(argument),
                amplify="Cannot read properties of null (reading 'length')",
                kind="TypeError",
            )
        elif not is_name(name):
            yield invalid_name(name, use.where_of(argument))
    yield from _check_names(use, draft, version)
    field = _declared(use, draft, version.field)
    if field is not None and base_name(field.type) not in _COUNTERS:
        yield rejection(
            "version-not-a-number",
            message=f"'{use.type_name}.{version.field}' counts versions and is no Int.",
            hint="Make it 'Int!'.",
            where=draft.document.places.of(field),
            amplify=f'The versionField "{version.field}" is required to be of type '
            '"Int" or "BigInt".',
            kind="TransformerContractError",
        )
    elif field is not None and is_list(field.type):
        yield Problem(
            "version-not-a-number",
            f"'{use.type_name}.{version.field}' counts versions and is a list.",
            "Make it 'Int!'.",
            draft.document.places.of(field),
        )


def _version(use: DirectiveUse) -> Version:
    field, argument = use.text("versionField"), use.text("versionInput")
    return Version(
        "version" if field is None else field,
        "expectedVersion" if argument is None else argument,
    )


def _declared(use: DirectiveUse, draft: Draft, name: str) -> FieldDefinitionNode | None:
    fields = draft.document.all_fields(use.type_name)
    return next((node for node in fields if node.name.value == name), None)


def _check_names(
    use: DirectiveUse, draft: Draft, version: Version
) -> Iterator[Problem]:
    names = [node.name.value for node in fields_of(use.type)]
    if names == [version.field] == ["id"] and not draft.options.synced:
        # The transformer's own line breaks stand in its message.
        gap = " " * 21
        yield rejection(
            "version-only",
            message=f"'{use.type_name}' has no field but its version.",
            hint="Declare another field.",
            where=use.where,
            amplify=f'After stripping away version field "id",{gap}the create input '
            f'for type "{use.type_name}" cannot be created{gap}with 0 fields. Add '
            f'another field to type "{use.type_name}" to continue.',
        )
    if version.argument == "id" or _declared(use, draft, version.argument):
        yield Problem(
            "version-input-taken",
            f"'{use.type_name}' has a field '{version.argument}', which is also the "
            "input for the expected version.",
            "Give versionInput another name.",
            use.where_of("versionInput"),
        )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Make the model's version a required field, and keep its names."""
    version = _version(use)
    model = draft.model(use.type_name)
    known = model.field(version.field)
    if known is None:
        # v1 does not see the fields of extensions before.
        written = _declared(use, draft, version.field)
        counter = type_ref(written.type) if written else TypeRef("Int", "Int")
        known = Field(version.field, counter, use.where, declared=written is not None)
    if not known.type.required:
        required = replace(known.type, text=f"{known.type.text}!", required=True)
        known = replace(known, type=required)
    draft = draft.with_model(replace(model, version=version))
    return draft.with_field(use.type_name, known)


VERSIONED = Directive("versioned", SDL, check, apply)
