"""What a mutation publishes: its root field's response, by schema names.

Subscribers see what the mutating client selected, nothing else. Aliases are undone,
because subscriptions and filters speak of fields.
Source: AppSync developer guide, "Subscription fields".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLObjectType, get_named_type

from amplikit.emulator.scalars import ReadyJson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import GraphQLNamedType, GraphQLSchema, SelectionSetNode

    from amplikit.emulator.documents import Document, Operation

__all__ = ["Event", "events"]

Event = tuple[str, "Mapping[str, object]"]
_JSON = "AWSJSON"


def events(
    schema: GraphQLSchema,
    document: Document,
    operation: Operation,
    data: Mapping[str, object],
) -> Iterator[Event]:
    """Yield the mutation field and the object of each root field that has one."""
    root = schema.mutation_type
    for node in document.fields(operation.node.selection_set):
        value = data.get((node.alias or node.name).value)
        definition = root.fields.get(node.name.value) if root else None
        if isinstance(value, dict) and definition and node.selection_set:
            type_ = get_named_type(definition.type)
            yield (
                node.name.value,
                _by_name(schema, document, type_, node.selection_set, value),
            )


def _by_name(
    schema: GraphQLSchema,
    document: Document,
    type_: GraphQLNamedType,
    selections: SelectionSetNode,
    value: Mapping[str, object],
) -> dict[str, object]:
    named: dict[str, object] = {}
    if not isinstance(type_, GraphQLObjectType):
        return named
    for node in document.fields(selections):
        alias = (node.alias or node.name).value
        definition = type_.fields.get(node.name.value)
        if alias not in value or definition is None:
            continue
        found = value[alias]
        inner = get_named_type(definition.type)
        if node.selection_set:
            found = _nested(schema, document, inner, node.selection_set, found)
        elif inner.name == _JSON:
            found = _ready(found)
        before = named.get(node.name.value)
        if isinstance(before, dict) and isinstance(found, dict):
            found = before | found
        named[node.name.value] = found
    return named


def _nested(
    schema: GraphQLSchema,
    document: Document,
    type_: GraphQLNamedType,
    selections: SelectionSetNode,
    value: object,
) -> object:
    if isinstance(value, list):
        return [
            _nested(schema, document, type_, selections, element) for element in value
        ]
    if isinstance(value, dict):
        return _by_name(schema, document, type_, selections, value)
    return value


def _ready(value: object) -> object:
    if isinstance(value, list):
        return [_ready(element) for element in value]
    return ReadyJson(value) if isinstance(value, str) else value
