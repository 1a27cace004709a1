"""Where nodes of a document stand: field path, types, enclosing node.

Only read when a document is invalid, so the walk may cost what it costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    Node,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)

if TYPE_CHECKING:
    from graphql import (
        DocumentNode,
        GraphQLArgument,
        GraphQLDirective,
        GraphQLField,
        GraphQLInputType,
        GraphQLNamedType,
        GraphQLOutputType,
    )

__all__ = ["Place", "Places"]


@dataclass(frozen=True, slots=True)
class Place:
    """What surrounds one node."""

    path: tuple[str, ...] = ()
    parent: Node | None = None
    parent_type: GraphQLNamedType | None = None
    type: GraphQLOutputType | None = None
    input_type: GraphQLInputType | None = None
    field: GraphQLField | None = None
    directive: GraphQLDirective | None = None
    argument: GraphQLArgument | None = None


@dataclass(slots=True)
class Places:
    """The places of every node of a document, found by the node itself."""

    schema: GraphQLSchema
    document: DocumentNode
    nodes: list[Node] = field(default_factory=list)
    _found: dict[int, Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        info = TypeInfo(self.schema)
        visit(self.document, TypeInfoVisitor(info, _Recorder(info, self)))

    def record(self, node: Node, place: Place) -> None:
        """Remember where a node stands."""
        self.nodes.append(node)
        self._found[id(node)] = place

    def of(self, node: Node) -> Place:
        """Return where a node of this document stands."""
        return self._found.get(id(node), Place())


class _Recorder(Visitor):
    def __init__(self, info: TypeInfo, places: Places) -> None:
        super().__init__()
        self._info = info
        self._places = places
        self._path: list[str] = []
        self._parents: list[Node] = []

    def enter(self, node: Node, *_: object) -> None:
        if isinstance(node, FieldNode | FragmentDefinitionNode):
            self._path.append(node.name.value)
        info = self._info
        place = Place(
            tuple(self._path),
            self._parents[-1] if self._parents else None,
            info.get_parent_type(),
            info.get_type(),
            info.get_input_type(),
            info.get_field_def(),
            info.get_directive(),
            info.get_argument(),
        )
        self._places.record(node, place)
        self._parents.append(node)

    def leave(self, node: Node, *_: object) -> None:
        self._parents.pop()
        if isinstance(node, FieldNode | FragmentDefinitionNode):
            self._path.pop()
