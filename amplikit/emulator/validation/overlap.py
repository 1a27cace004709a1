"""Fields of one response name must be the same field, in linear time.

graphql-core compares every pair, which a few thousand equal names turn into minutes.
Here the fields of a name are compared with the first one, and their selections are
merged and checked once: first for the shape of the answer, whatever the parent types,
then for name and arguments where two parents can be the same object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    print_ast,
    type_from_ast,
)

from amplikit.emulator import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import DocumentNode, GraphQLNamedType, GraphQLSchema

__all__ = ["Conflict", "conflicts"]


class Conflict(NamedTuple):
    """Two fields that cannot both stand under one response name."""

    first: FieldNode
    second: FieldNode
    text: str


class _Selected(NamedTuple):
    node: FieldNode
    parent: GraphQLNamedType | None
    definition: GraphQLField | None


_Groups = dict[str, list[_Selected]]


@dataclass(slots=True)
class _Search:
    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    found: list[Conflict] = field(default_factory=list)
    seen: set[tuple[bool, frozenset[int]]] = field(default_factory=set)

    def run(self, start: _Groups) -> None:
        waiting = [(True, start), (False, start)]
        while waiting:
            shape_only, groups = waiting.pop()
            members = frozenset(
                id(selected.node) for group in groups.values() for selected in group
            )
            if (shape_only, members) in self.seen:
                continue
            self.seen.add((shape_only, members))
            for name, group in groups.items():
                parts = [group] if shape_only else list(_same_parent(group))
                for part in parts:
                    self._compare(name, part, shape_only=shape_only)
                    waiting.append((shape_only, self._children(part)))

    def _compare(self, name: str, group: list[_Selected], *, shape_only: bool) -> None:
        reason = _shape_conflict if shape_only else _field_conflict
        for other in group[1:]:
            text = reason(name, group[0], other)
            if text:
                self.found.append(Conflict(group[0].node, other.node, text))
                return

    def _children(self, group: list[_Selected]) -> _Groups:
        children: _Groups = {}
        visited: set[str] = set()
        for node, _, definition in group:
            if node.selection_set and definition:
                parent = get_named_type(definition.type)
                self.collect(parent, node.selection_set, children, visited)
        return children

    def collect(
        self,
        parent: GraphQLNamedType | None,
        selections: SelectionSetNode,
        into: _Groups,
        visited: set[str],
    ) -> None:
        """Add every field of a selection set, through its fragments, to ``into``."""
        waiting = [(parent, selections)]
        while waiting:
            parent, selections = waiting.pop()
            for selection in selections.selections:
                if isinstance(selection, FieldNode):
                    name = (selection.alias or selection.name).value
                    selected = _Selected(
                        selection, parent, _definition(parent, selection)
                    )
                    into.setdefault(name, []).append(selected)
                    continue
                fragment: InlineFragmentNode | FragmentDefinitionNode
                if isinstance(selection, InlineFragmentNode):
                    fragment = selection
                elif isinstance(selection, FragmentSpreadNode):
                    spread = selection.name.value
                    if spread in visited or spread not in self.fragments:
                        continue
                    visited.add(spread)
                    fragment = self.fragments[spread]
                else:
                    continue
                condition = fragment.type_condition
                type_ = type_from_ast(self.schema, condition) if condition else parent
                waiting.append((type_, fragment.selection_set))


def conflicts(schema: GraphQLSchema, document: DocumentNode) -> list[Conflict]:
    """Return what cannot be merged; the document's fragments have no cycles."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    search = _Search(schema, fragments)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            groups: _Groups = {}
            root = schema.get_root_type(definition.operation)
            search.collect(root, definition.selection_set, groups, set())
            search.run(groups)
    return search.found


def _definition(
    parent: GraphQLNamedType | None, node: FieldNode
) -> GraphQLField | None:
    if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return None
    fields: dict[str, GraphQLField] = parent.fields
    return fields.get(node.name.value)


def _same_parent(group: Iterable[_Selected]) -> Iterator[list[_Selected]]:
    """Split by object type; a field of an abstract type belongs to every part."""
    abstract: list[_Selected] = []
    objects: dict[str, list[_Selected]] = {}
    for selected in group:
        if isinstance(selected.parent, GraphQLObjectType):
            objects.setdefault(selected.parent.name, []).append(selected)
        else:
            abstract.append(selected)
    if not objects:
        yield abstract
    for members in objects.values():
        yield [*abstract, *members]


def _shape_conflict(name: str, first: _Selected, other: _Selected) -> str | None:
    if first.definition is None or other.definition is None:
        return None
    if _same_shape(first.definition.type, other.definition.type):
        return None
    return wire.DIFFERING_TYPES % (
        name,
        first.definition.type,
        other.definition.type,
    )


def _field_conflict(name: str, first: _Selected, other: _Selected) -> str | None:
    if first.node.name.value != other.node.name.value:
        return wire.DIFFERENT_FIELDS % (
            name,
            first.node.name.value,
            other.node.name.value,
        )
    if _arguments(first.node) != _arguments(other.node):
        return wire.DIFFERING_ARGUMENTS % name
    return None


def _arguments(node: FieldNode) -> frozenset[tuple[str, str]]:
    return frozenset(
        (argument.name.value, print_ast(argument.value))
        for argument in node.arguments or ()
    )


def _same_shape(first: GraphQLOutputType, other: GraphQLOutputType) -> bool:
    while is_list_type(first) or is_non_null_type(first):
        if type(first) is not type(other):
            return False
        first, other = first.of_type, other.of_type  # type: ignore[union-attr]  # both are wrappers of one kind
    if is_list_type(other) or is_non_null_type(other):
        return False
    if is_leaf_type(first) or is_leaf_type(other):
        return first is other
    return is_composite_type(first) and is_composite_type(other)
