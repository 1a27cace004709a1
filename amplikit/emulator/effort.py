"""How long an operation may take, judged once from its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    InlineFragmentNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import (
        DocumentNode,
        FragmentDefinitionNode,
        GraphQLNamedType,
        GraphQLOutputType,
        GraphQLSchema,
        OperationDefinitionNode,
        SelectionSetNode,
    )

__all__ = ["LONG", "Effort", "asks_outside", "effort"]

_QUICK_SELECTIONS: Final = 100
_QUICK_ROOTS: Final = 4
_INTROSPECTION: Final = ("__schema", "__type")


class Effort(NamedTuple):
    """Whether an operation is over in a moment, and whether it asks for the schema.

    Quick is what selects a few root fields, few fields in all and no list of objects.
    """

    is_quick: bool
    introspects: bool


LONG: Final = Effort(is_quick=False, introspects=True)


def effort(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> Effort:
    """Return what a valid operation takes."""
    root: GraphQLNamedType | None = schema.get_root_type(operation.operation)
    waiting: list[tuple[GraphQLNamedType | None, SelectionSetNode]] = [
        (root, operation.selection_set)
    ]
    selected = roots = 0
    has_list = False
    while waiting:
        parent, selections = waiting.pop()
        for selection in selections.selections:
            selected += 1
            if selected > _QUICK_SELECTIONS:
                return LONG
            if isinstance(selection, FieldNode):
                if selection.name.value in _INTROSPECTION:
                    return LONG
                type_ = _type(parent, selection)
                named = get_named_type(type_) if type_ else None
                roots += parent is root
                has_list |= is_composite_type(named) and _is_list(type_)
                if selection.selection_set:
                    waiting.append((named, selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments[selection.name.value]
                named = schema.get_type(fragment.type_condition.name.value)
                waiting.append((named, fragment.selection_set))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                named = schema.get_type(condition.name.value) if condition else parent
                waiting.append((named, selection.selection_set))
    return Effort(not has_list and roots <= _QUICK_ROOTS, introspects=False)


def asks_outside(
    schema: GraphQLSchema, syntax: DocumentNode, waiting: frozenset[str]
) -> bool:
    """Whether a valid document selects one of the fields ``waiting``."""
    if not waiting:
        return False
    types = TypeInfo(schema)
    search = _Search(types, waiting)
    visit(syntax, TypeInfoVisitor(types, search))
    return search.found


class _Search(Visitor):
    """Looks for fields by type and name; behind an interface, by name alone."""

    def __init__(self, types: TypeInfo, waiting: frozenset[str]) -> None:
        super().__init__()
        self._types = types
        self._waiting = waiting
        self._names = {one.partition(".")[2] for one in waiting}
        self.found = False

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Look at one field."""
        parent, name = self._types.get_parent_type(), node.name.value
        if isinstance(parent, GraphQLObjectType):
            self.found |= f"{parent.name}.{name}" in self._waiting
        else:
            self.found |= name in self._names


def _type(parent: GraphQLNamedType | None, node: FieldNode) -> GraphQLOutputType | None:
    if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return None
    definition = parent.fields.get(node.name.value)
    return definition.type if definition else None


def _is_list(type_: GraphQLOutputType | None) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)
