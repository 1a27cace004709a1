"""What a mutation publishes: its root fields' responses, by schema names.

Subscribers see what the mutating client selected, nothing else. Aliases are undone,
because subscriptions and filters speak of fields.
Source: AppSync developer guide, "Subscription fields".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    get_named_type,
)

from amplikit.emulator.scalars import ReadyJson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphql import GraphQLNamedType, GraphQLSchema, SelectionSetNode

    from amplikit.emulator.documents import Document, Operation

__all__ = ["Event", "events"]

Event = tuple[str, object]
"""A mutation field and its value: in most APIs an object."""

_JSON = "AWSJSON"
_Selected = tuple["GraphQLNamedType | None", FieldNode]


def events(
    schema: GraphQLSchema,
    document: Document,
    operation: Operation,
    data: Mapping[str, object],
) -> Iterator[Event]:
    """Yield the mutation field and the value of each root field that has one."""
    reading = _Reading(schema, document)
    roots = reading.by_key(schema.mutation_type, (operation.node.selection_set,))
    for key, selected in roots.items():
        if data.get(key) is not None:
            yield selected[0][1].name.value, reading.value(selected, data[key])


class _Reading:
    """The reading of one response beside the document that asked for it."""

    def __init__(self, schema: GraphQLSchema, document: Document) -> None:
        self._schema = schema
        self._document = document

    def by_key(
        self, type_: GraphQLNamedType | None, sets: Iterable[SelectionSetNode]
    ) -> dict[str, list[_Selected]]:
        """Return the fields by their names in the response, with their parents."""
        found: dict[str, list[_Selected]] = {}
        waiting = [(type_, one) for one in sets]
        while waiting:
            parent, selections = waiting.pop(0)
            for node in selections.selections:
                match node:
                    case FieldNode():
                        key = (node.alias or node.name).value
                        found.setdefault(key, []).append((parent, node))
                    case FragmentSpreadNode(name=name):
                        fragment = self._document.fragments[name.value]
                        inner = self._schema.get_type(
                            fragment.type_condition.name.value
                        )
                        waiting.append((inner, fragment.selection_set))
                    case InlineFragmentNode(type_condition=condition):
                        inner = (
                            self._schema.get_type(condition.name.value)
                            if condition
                            else parent
                        )
                        waiting.append((inner, node.selection_set))
        return found

    def type_of(self, selected: _Selected) -> GraphQLNamedType | None:
        """Return the type of a field, without lists and bangs."""
        parent, node = selected
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            definition = parent.fields.get(node.name.value)
            return get_named_type(definition.type) if definition else None
        return None

    def _fields_of(
        self,
        type_: GraphQLNamedType | None,
        selected: list[_Selected],
        value: Mapping[str, object],
    ) -> dict[str, object]:
        """Return an object of the response by the names of its fields."""
        sets = [node.selection_set for _, node in selected if node.selection_set]
        named: dict[str, object] = {}
        for key, fields in self.by_key(type_, sets).items():
            if key in value:
                name = fields[0][1].name.value
                shown = self.value(fields, value[key])
                named[name] = _joined(named[name], shown) if name in named else shown
        return named

    def value(self, fields: list[_Selected], value: object) -> object:
        """Return a value of the response by the names of its fields."""
        type_ = next((t for t in map(self.type_of, fields) if t is not None), None)
        match value:
            case list():
                return [self.value(fields, element) for element in value]
            case dict():
                return self._fields_of(type_, fields, value)
            case str() if type_ is not None and type_.name == _JSON:
                return ReadyJson(value)
            case _:
                return value


def _joined(first: object, second: object) -> object:
    """Return what two aliases show of one field."""
    match first, second:
        case dict(), dict():
            joined = {**first, **second}
            for name in first.keys() & second.keys():
                joined[name] = _joined(first[name], second[name])
            return joined
        case list(), list() if len(first) == len(second):
            return [_joined(*pair) for pair in zip(first, second, strict=True)]
        case _:
            return second
