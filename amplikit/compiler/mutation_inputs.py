"""The inputs of the mutations: CreatePostInput, UpdatePostInput, DeletePostInput.

An input that the reader declares under a generated name is taken instead; what keys and
relations change in the generated ones is changed in it as well.

Source: graphql-dynamodb-transformer, graphql-key-transformer (v1);
amplify-graphql-model-transformer, amplify-graphql-index-transformer (v2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Transformer
from amplikit.compiler.added_fields import made_keys, timestamps_of
from amplikit.compiler.document import fields_of
from amplikit.compiler.naming import upper_first
from amplikit.compiler.sdl import Argument, Definition, argument_of
from amplikit.compiler.sync import VERSION
from amplikit.compiler.type_nodes import (
    SCALARS,
    base_name,
    is_list,
    nullable,
    type_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, TypeNode

    from amplikit.blueprint.api import Model
    from amplikit.compiler.draft import Draft

__all__ = ["mutation_inputs", "nested_inputs"]

_AUTOMATIC_TYPES = ("AWSDateTime", "String")
_KINDS = (OperationKind.CREATE, OperationKind.UPDATE, OperationKind.DELETE)


def mutation_inputs(draft: Draft, model: Model) -> Iterator[Definition]:
    """Yield the inputs of a model's mutations, and those the reader declared."""
    made = {operation.kind for operation in model.operations}
    for kind in _KINDS:
        name = f"{upper_first(kind)}{upper_first(model.name)}Input"
        own = draft.document.inputs.get(name)
        if kind not in made and own is None:
            continue
        if own is not None:
            inputs = {node.name.value: argument_of(node) for node in own.fields or ()}
        else:
            found = _generated(draft, model, kind)
            inputs = {argument.name: argument for argument in found}
            if model.synced:
                inputs[VERSION] = Argument(VERSION, "Int")
        inputs = _with_version(model, kind, inputs)
        if model.custom_key and _key_applies(draft, model, kind):
            inputs = _with_key(draft, model, kind, inputs)
        if kind is not OperationKind.DELETE:
            inputs = _with_made_keys(draft, model, kind, inputs)
        yield Definition(name, "input", inputs=tuple(inputs.values()))


def _generated(draft: Draft, model: Model, kind: OperationKind) -> Iterator[Argument]:
    first = draft.options.transformer is Transformer.V1
    if kind is OperationKind.DELETE:
        yield Argument("id", "ID!")
        return
    fields = tuple(_input_fields(draft, model))
    if all(node.name.value != "id" for node in fields):
        # Only v1 prints it first, and an update must name its item.
        yield Argument("id", "ID!" if kind is OperationKind.UPDATE else "ID")
    for node in fields:
        text = input_type(draft, node.type)
        if kind is OperationKind.UPDATE:
            required = node.name.value == "id"
            text = f"{nullable(text)}!" if required else nullable(text)
        elif _is_automatic(draft, model, node, first=first):
            text = nullable(text)
        yield Argument(node.name.value, text)


def _input_fields(draft: Draft, model: Model) -> Iterator[FieldDefinitionNode]:
    """Yield the declared fields that a mutation can set."""
    if draft.options.transformer is Transformer.V2:
        for node in draft.document.all_fields(model.name):
            if base_name(node.type) not in draft.models:
                yield node
        return
    for node in fields_of(draft.document.objects[model.name]):
        name = base_name(node.type)
        plain = name in draft.document.objects and name not in draft.models
        if name in SCALARS or draft.document.is_enum(name) or plain:
            yield node


def input_type(draft: Draft, node: TypeNode) -> str:
    """Return a type as an input has it: objects become their inputs."""
    name = base_name(node)
    text = type_text(node)
    if name in SCALARS or draft.document.is_enum(name):
        return text
    return text.replace(name, f"{upper_first(name)}Input")


def _is_automatic(
    draft: Draft, model: Model, node: FieldDefinitionNode, *, first: bool
) -> bool:
    """Whether a create may leave the field out because it is then filled in."""
    name, base = node.name.value, base_name(node.type)
    named = {
        *timestamps_of(draft, model.name),
        *(() if first else ("createdAt", "updatedAt")),
    }
    if name == "id":
        alone = not is_list(node.type)
        return (base == "ID" and alone) or (not first and base in {"ID", "String"})
    return name in named and base in _AUTOMATIC_TYPES


def _with_version(
    model: Model, kind: OperationKind, inputs: dict[str, Argument]
) -> dict[str, Argument]:
    """Ask for the expected version (v1 @versioned); nobody sets the first one."""
    if model.version is None:
        return inputs
    if kind is OperationKind.CREATE:
        return {k: kept for k, kept in inputs.items() if k != model.version.field}
    name = model.version.argument
    return {**inputs, name: Argument(name, "Int!")}


def _key_applies(draft: Draft, model: Model, kind: OperationKind) -> bool:
    """Whether a custom key changes an input that @model does not generate."""
    made = {operation.kind for operation in model.operations}
    if kind in made:
        return True
    first = draft.options.transformer is Transformer.V1
    return first and not draft.options.flag("skipOverrideMutationInputTypes")


def _with_key(
    draft: Draft, model: Model, kind: OperationKind, inputs: dict[str, Argument]
) -> dict[str, Argument]:
    declared = {node.name.value for node in draft.document.all_fields(model.name)}
    if kind is OperationKind.DELETE:
        key = {name: Argument(name, f"{model.key_type(name)}!") for name in model.key}
        rest = {
            name: argument
            for name, argument in inputs.items()
            if name not in key
            and not (name == "id" and argument.type.strip("[]!") == "ID")
        }
        return {**key, **rest}
    if "id" not in declared:
        inputs = {name: kept for name, kept in inputs.items() if name != "id"}
    if kind is OperationKind.CREATE:
        return inputs
    changed = {}
    for name, argument in inputs.items():
        if name in model.key:
            text = f"{nullable(argument.type)}!"
        else:
            text = nullable(argument.type) if name == "id" else argument.type
        changed[name] = replace(argument, type=text)
    return changed


def _with_made_keys(
    draft: Draft, model: Model, kind: OperationKind, inputs: dict[str, Argument]
) -> dict[str, Argument]:
    """Add the keys of relations that nobody declared."""
    for field in made_keys(draft, model):
        if field.name not in inputs:
            required = field.type.required and kind is OperationKind.CREATE
            text = field.type.name + ("!" if required else "")
            inputs = {**inputs, field.name: Argument(field.name, text)}
    return inputs


def nested_inputs(draft: Draft) -> Iterator[Definition]:
    """Yield the inputs of the object types that models hold: ``MetaInput`` of Meta."""
    first = draft.options.transformer is Transformer.V1
    seen: set[str] = set()
    for model in draft.models.values():
        for name in _held(draft, model.name, seen, first=first):
            yield Definition(
                f"{upper_first(name)}Input",
                "input",
                inputs=tuple(_nested_fields(draft, name, first=first)),
            )


def _held(draft: Draft, name: str, seen: set[str], *, first: bool) -> Iterator[str]:
    waiting = [name]
    while waiting:
        held = waiting.pop()
        fields = (
            fields_of(draft.document.objects[held])
            if first
            else draft.document.all_fields(held)
        )
        for node in fields:
            target = base_name(node.type)
            plain = target in draft.document.objects and target not in draft.models
            if plain and target not in seen:
                seen.add(target)
                yield target
                waiting.append(target)


def _nested_fields(draft: Draft, name: str, *, first: bool) -> Iterator[Argument]:
    for node in draft.document.all_fields(name):
        target = base_name(node.type)
        plain = target in draft.document.objects and target not in draft.models
        simple = target in SCALARS or draft.document.is_enum(target)
        if simple or plain or not first:
            yield Argument(node.name.value, input_type(draft, node.type))
