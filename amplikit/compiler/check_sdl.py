"""What AppSync would refuse of the printed schema.

The transformers print some schemas that cannot be deployed (docs/differences.md); here
they are problems with a remedy. Looked at on the values, not on text: parsing the
printed schema again would cost more than printing it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import OperationType, ScalarTypeDefinitionNode

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.operation_kinds import ROOT_OF
from amplikit.compiler.check_interfaces import interface_problems
from amplikit.compiler.directives.model import duplicate_operation
from amplikit.compiler.endless_inputs import endless_inputs
from amplikit.compiler.filters import has_condition, has_filter, has_list
from amplikit.compiler.naming import is_name, upper_first
from amplikit.compiler.rejection import invalid_name
from amplikit.compiler.search import is_searched, search_problems
from amplikit.compiler.sort_keys import composite_prefix
from amplikit.compiler.sync import sync_name_problems
from amplikit.compiler.type_nodes import BUILT_IN_SCALARS, SCALARS, base_name
from amplikit.compiler.vocabulary import AWS_SCALARS
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.sdl import Definition
    from amplikit.errors import Where

__all__ = ["refused", "root_problems"]


def root_problems(draft: Draft) -> Iterator[Problem]:
    """Yield root types under other names: AppSync is given no ``schema { }``."""
    for operation in OperationType:
        wanted = operation.value.capitalize()
        name = draft.document.roots.get(operation, wanted)
        node = draft.document.types.get(name)
        if name != wanted:
            yield Problem(
                "root-type-renamed",
                f"The {operation.value} type is called '{name}', but the printed "
                "schema cannot say so.",
                f"Rename '{name}' to '{wanted}' and remove 'schema {{ ... }}'.",
                draft.document.places.of(node) if node else None,
            )


def refused(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield why AppSync, or the transformer itself, refuses the printed schema."""
    yield from _operator_names(draft)
    yield from sync_name_problems(draft)
    yield from search_problems(draft)
    yield from _no_query(draft, definitions)
    yield from _invalid_names(draft, definitions)
    yield from _repeated_fields(draft, definitions)
    yield from _repeated_arguments(draft, definitions)
    yield from _missing_inputs(draft, definitions)
    yield from _unprinted_types(draft, definitions)
    yield from _wrong_kinds(draft, definitions)
    yield from endless_inputs(draft, definitions)
    yield from interface_problems(draft, definitions)


def _operator_names(draft: Draft) -> Iterator[Problem]:
    """Yield fields that are called like the operators that join filters."""
    for model in draft.models.values():
        listed, changed = has_filter(draft, model), has_condition(model)
        end = "FilterInput" if has_list(model) else "ConditionInput"
        for name in ("and", "or", "not"):
            field = model.field(name)
            comparable = field is not None and (
                field.type.name in SCALARS or draft.document.is_enum(field.type.name)
            )
            used = listed or changed or is_searched(model)
            if field is None or not comparable or not used:
                continue
            text = f"type Model{upper_first(model.name)}{end} has already a field with "
            # A page that an index or a relation lists is not looked at by v2.
            second = draft.options.transformer is Transformer.V2
            fails = second and (has_list(model) or changed)
            amplify = AmplifyError("Error", f"{text}name {name}") if fails else None
            yield Problem(
                "reserved-field-name",
                f"'{model.name}.{name}' is called like an operator of filters.",
                "Rename the field.",
                field.where,
                amplify=amplify,
            )


def _no_query(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    if any(definition.name == "Query" for definition in definitions):
        return
    first = next(iter(draft.document.types.values()), None)
    yield Problem(
        "no-query",
        "The schema has no query, and AppSync refuses it.",
        "Add @model to a type, or write a type Query.",
        draft.document.places.of(first.name) if first else None,
    )


def _invalid_names(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield names that arguments of directives give, and GraphQL does not have."""
    found: dict[str, Where | None] = {}
    for definition in definitions:
        names = [definition.name, *(value.name for value in definition.inputs)]
        for field in definition.fields:
            names += (field.name, *(argument.name for argument in field.arguments))
        for name in names:
            if not is_name(name):
                shown, where = _giver(draft, definition.name, name)
                found.setdefault(shown, where)
    for name, where in found.items():
        yield invalid_name(name, where)


def _giver(draft: Draft, definition: str, name: str) -> tuple[str, Where | None]:
    """Return what a name that was made is made of, and where that is written."""
    for model in draft.models.values():
        for index in model.indexes:
            if name.startswith(composite_prefix(model.name, index.name)):
                return index.name, index.where
        field = model.field(name)
        if field is not None:
            return name, field.where
    node = draft.document.types.get(definition)
    return name, draft.document.places.of(node.name) if node else None


def _repeated_fields(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield fields that stand twice, mostly because a generated one has their name."""
    for definition in definitions:
        seen: set[str] = set()
        for field in definition.fields:
            if field.name in seen:
                where = _place_of(draft, definition.name, field.name)
                problem = duplicate_operation(definition.name, field.name, where)
                first = draft.options.transformer is Transformer.V1
                if first and _is_index_query(draft, field.name):
                    problem = replace(problem, amplify=None)
                yield problem
            seen.add(field.name)


def _is_index_query(draft: Draft, name: str) -> bool:
    return any(
        index.query_field == name
        for model in draft.models.values()
        for index in model.indexes
    )


def _place_of(draft: Draft, type_name: str, name: str) -> Where | None:
    """Return where a field of a root type comes from: declared or generated."""
    for node in draft.document.all_fields(type_name):
        if node.name.value == name:
            return draft.document.places.of(node)
    places = [
        model.where
        for model in draft.models.values()
        for operation in model.operations
        if operation.field == name and ROOT_OF[operation.kind] == type_name
    ]
    places += [
        index.where
        for model in draft.models.values()
        for index in model.indexes
        if index.query_field == name
    ]
    return places[-1] if places else None


def _repeated_arguments(
    draft: Draft, definitions: list[Definition]
) -> Iterator[Problem]:
    """Yield fields of keys that are named twice, or like an argument of every query."""
    for definition in definitions:
        values = [value.name for value in definition.inputs]
        for name in dict.fromkeys(values):
            if values.count(name) > 1:
                yield Problem(
                    "argument-clash",
                    f"'{definition.name}' would have two fields called '{name}'.",
                    f"Name '{name}' once in the key.",
                    _giver(draft, definition.name, definition.name)[1],
                )
        for field in definition.fields:
            names = [argument.name for argument in field.arguments]
            for name in dict.fromkeys(names):
                if names.count(name) > 1:
                    yield Problem(
                        "argument-clash",
                        f"'{definition.name}.{field.name}' would have two arguments "
                        f"called '{name}'.",
                        f"Rename the field '{name}', or take it out of the key.",
                        _place_of(draft, definition.name, field.name),
                    )


def _missing_inputs(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield fields of models that no mutation could set: their type has no input."""
    known = {*BUILT_IN_SCALARS, *AWS_SCALARS}
    known |= {definition.name for definition in definitions}
    missing = {
        value.type.strip("[]!")
        for definition in definitions
        for value in definition.inputs
        if value.type.strip("[]!") not in known
    }
    for type_name in draft.document.objects:
        for node in draft.document.all_fields(type_name):
            held = base_name(node.type)
            if f"{upper_first(held)}Input" in missing:
                yield Problem(
                    "field-without-input",
                    f"'{type_name}.{node.name.value}' is of type '{held}', for which "
                    "there is no input, and AppSync refuses the schema.",
                    f"Declare 'input {upper_first(held)}Input', or use an object type "
                    "or AWSJSON.",
                    draft.document.places.of(node),
                )
    for definition in definitions:
        if definition.keyword == "input" and not definition.inputs:
            held = definition.name.removesuffix("Input")
            declared = draft.document.types.get(held)
            yield Problem(
                "empty-input",
                f"'{definition.name}' would have no fields, and AppSync refuses it.",
                f"Give '{held}' a field that is a scalar.",
                draft.document.places.of(declared) if declared else None,
            )


def _unprinted_types(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield fields of types that belong to the directives, which AppSync never sees."""
    known = {*BUILT_IN_SCALARS, *AWS_SCALARS, *draft.document.types}
    known |= {definition.name for definition in definitions}
    printed = {definition.name for definition in definitions}
    for name, node in draft.document.types.items():
        if name not in printed:
            continue
        for field in getattr(node, "fields", None) or ():
            held = base_name(field.type)
            if held not in known:
                yield Problem(
                    "type-of-directives",
                    f"'{name}.{field.name.value}' is of type '{held}', which is for "
                    "the arguments of directives alone; AppSync does not know it.",
                    f"Remove '{name}.{field.name.value}'; 'AMPLIFY' is for "
                    "transformer v2."
                    if name == "AMPLIFY"
                    else "Use a type of your own.",
                    draft.document.places.of(field),
                )


def _wrong_kinds(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield types of the reader that stand where an input is generated."""
    outputs = {
        definition.name for definition in definitions if definition.keyword != "input"
    } - draft.document.enums
    wanted = {
        value.type.strip("[]!")
        for definition in definitions
        for values in (
            definition.inputs,
            *(field.arguments for field in definition.fields),
        )
        for value in values
    }
    for name in sorted(wanted & outputs):
        node = draft.document.types.get(name)
        if node is None or isinstance(node, ScalarTypeDefinitionNode):
            continue
        yield Problem(
            "duplicate-definition",
            f"'{name}' is the name of an input that is generated.",
            "Rename the type, or make it an input.",
            draft.document.places.of(node.name),
        )
