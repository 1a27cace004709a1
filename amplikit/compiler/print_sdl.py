"""From a finished draft to the schema that AppSync is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import InputObjectTypeDefinitionNode, OperationType

from amplikit.blueprint.api import Transformer
from amplikit.compiler.access_v1 import access_v1
from amplikit.compiler.access_v2 import access_v2
from amplikit.compiler.filters import (
    enum_comparisons,
    has_condition,
    has_filter,
    has_list,
    is_paged,
    is_sorted,
    model_filters,
)
from amplikit.compiler.helper_inputs import (
    SORT_DIRECTION,
    comparison_inputs,
    composite_inputs,
    key_condition_input,
    subscription_comparison_inputs,
)
from amplikit.compiler.mutation_inputs import mutation_inputs, nested_inputs
from amplikit.compiler.root_fields import connection_name, page_name, root_fields
from amplikit.compiler.sdl import Argument, Definition, OutputField, description_of
from amplikit.compiler.search import search_definitions
from amplikit.compiler.sort_keys import composite_prefix, key_condition
from amplikit.compiler.type_nodes import SCALARS
from amplikit.compiler.written_types import (
    type_directives,
    written_field,
    written_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Model
    from amplikit.compiler.access import Access
    from amplikit.compiler.draft import Draft

__all__ = ["access_of", "sdl_definitions"]


def access_of(draft: Draft) -> Access:
    """Return who is let in where, as the transformer prints it."""
    first = draft.options.transformer is Transformer.V1
    return access_v1(draft) if first else access_v2(draft)


def sdl_definitions(draft: Draft, access: Access) -> list[Definition]:
    """Return every definition of the printed schema, the reader's own first.

    A type that the reader declares under a generated name stands in its place.
    """
    first = draft.options.transformer is Transformer.V1
    completed = {made.name: made for made in _completed(draft)}
    found = []
    for name, node in draft.document.types.items():
        if draft.document.is_root(name) or (name == "AMPLIFY" and not first):
            continue
        replaced = name in completed and isinstance(node, InputObjectTypeDefinitionNode)
        found.append(completed[name] if replaced else written_type(draft, access, node))
    generated: dict[str, Definition] = {}
    for definition in (*_generated(draft, access), *completed.values()):
        if definition.name not in draft.document.types:
            generated.setdefault(definition.name, definition)
    found += generated.values()
    found += _roots(draft, access)
    return found


def _completed(draft: Draft) -> Iterator[Definition]:
    """Yield the inputs that hold what the reader declared under their names."""
    for model in draft.models.values():
        yield from mutation_inputs(draft, model)
        yield from model_filters(draft, model)


def _generated(draft: Draft, access: Access) -> Iterator[Definition]:
    models = draft.models.values()
    first = draft.options.transformer is Transformer.V1
    compared = any(has_filter(draft, model) or has_condition(model) for model in models)
    if compared or not first:
        yield from comparison_inputs()
    if not first:
        yield from subscription_comparison_inputs()
    if not first or any(is_sorted(draft, model) for model in models):
        yield SORT_DIRECTION
    yield from nested_inputs(draft)
    yield from draft.inputs
    for model in models:
        yield from enum_comparisons(draft, model)
        if has_list(model):
            name = connection_name(draft, model.name)
            yield _connection(access, model, name, synced=model.synced)
        if is_paged(draft, model):
            synced = model.synced and first
            yield _connection(access, model, page_name(model.name), synced=synced)
        yield from _key_inputs(model)
    yield from search_definitions(draft, access)
    for _, type_name in draft.sort_arguments.values():
        if not type_name.endswith("CompositeKeyConditionInput"):
            yield key_condition_input(type_name)


def _connection(access: Access, model: Model, name: str, *, synced: bool) -> Definition:
    fields = [
        OutputField("items", f"[{model.name}]!"),
        OutputField("nextToken", "String"),
    ]
    if synced:
        fields.append(OutputField("startedAt", "AWSTimestamp"))
    return Definition(name, fields=tuple(fields), directives=access.of(name))


def _key_inputs(model: Model) -> Iterator[Definition]:
    """Yield the conditions on the sort keys that the reader declared."""
    keys: list[tuple[str | None, tuple[str, ...]]] = []
    if model.custom_key:
        keys.append((None, model.key))
    keys += [(index.name, index.fields) for index in model.indexes if not index.made]
    for name, fields in keys:
        types = [(part, model.key_type(part)) for part in fields[1:]]
        if len(types) == 1:
            yield key_condition_input(key_condition(types[0][1]))
        elif types:
            yield from composite_inputs(
                composite_prefix(model.name, name), _composite_parts(types)
            )


def _composite_parts(types: list[tuple[str, str]]) -> tuple[Argument, ...]:
    """Return the parts of a sort key; only the last is compared as its scalar."""
    last = types[-1][0]
    return tuple(
        Argument(name, SCALARS.get(base, base) if name == last else base)
        for name, base in types
    )


def _roots(draft: Draft, access: Access) -> Iterator[Definition]:
    """Yield the root types: the reader's fields first, then the generated ones."""
    generated: dict[str, list[OutputField]] = {}
    for model in draft.models.values():
        for root, made in root_fields(draft, model):
            found = (*made.directives, *access.of(f"{root}.{made.name}"))
            generated.setdefault(root, []).append(replace(made, directives=found))
    for operation in (
        OperationType.QUERY,
        OperationType.MUTATION,
        OperationType.SUBSCRIPTION,
    ):
        name = draft.document.roots[operation]
        fields = [
            written_field(draft, access, field, name)
            for field in draft.document.all_fields(name)
        ]
        added = generated.get(operation.value.capitalize(), ())
        fields += added
        node = draft.document.objects.get(name)
        written = draft.document.written_roots
        # What `schema { }` does not name is left out, unless something is generated.
        named = written is None or operation in written
        if fields and (named or added):
            yield Definition(
                name,
                fields=tuple(fields),
                directives=type_directives(draft, access, name),
                description=description_of(node.description) if node else "",
            )
