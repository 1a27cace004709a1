"""A request that has been answered: its document, its schema, and its trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)

from amplikit.blueprint.api import Strategy, Transformer
from amplikit.blueprint.operations import Authorize, When, Who

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLNamedType, GraphQLSchema, SelectionSetNode

    from amplikit.blueprint.resources import Blueprint, FieldRules
    from amplikit.emulator.documents import Document, Operation
    from amplikit.emulator.trace import Path, Trace
    from amplikit.identity.caller import Caller, UserPoolCaller

    GroupsNow = Callable[[UserPoolCaller], tuple[str, ...] | None]

__all__ = ["Asked", "GroupsNow", "Place", "Served"]

_PROTECTED = frozenset({"create", "update", "delete", "get", "list"})
"""v1 guards other operations by the rules that name reading."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a path of the response stands for in the document and in the schema."""

    parent: GraphQLObjectType | GraphQLInterfaceType
    name: str
    definition: GraphQLField
    nodes: tuple[FieldNode, ...]

    @property
    def key(self) -> str:
        """The field's name in the response."""
        return (self.nodes[0].alias or self.nodes[0].name).value

    @property
    def type(self) -> GraphQLNamedType:
        """The field's type, without lists and bangs."""
        return get_named_type(self.definition.type)

    @property
    def element(self) -> GraphQLNamedType:
        """The type of the items, where the field is a connection; else its type."""
        type_ = self.type
        items = type_.fields.get("items") if _has_fields(type_) else None
        return get_named_type(items.type) if items is not None else type_


@dataclass(frozen=True, slots=True)
class Served:
    """What all requests to one API have in common.

    ``subscribers`` are the subscription fields of each mutation; ``groups_now`` returns
    a user's groups as the directory has them, None where there is no such user.
    ``owners`` are the fields in which some model looks for its owner.
    ``unnamed`` are v1's root fields that no rule names, ``decisive`` the fields by
    which alone some listeners of a subscription field may, or want to, be found.
    """

    blueprint: Blueprint
    schema: GraphQLSchema
    subscribers: Mapping[str, tuple[str, ...]]
    groups_now: GroupsNow
    owners: frozenset[str]
    unnamed: Mapping[str, FieldRules]
    decisive: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(
        cls,
        blueprint: Blueprint,
        schema: GraphQLSchema,
        subscribers: Mapping[str, tuple[str, ...]],
        groups_now: GroupsNow,
    ) -> Served:
        """Return it with what follows from the blueprint."""
        owners = frozenset(
            rule.owner_field
            for one in blueprint.field_rules
            for rule in one.rules
            if rule.allow is Strategy.OWNER
        )
        unnamed = {
            one.coordinate: one
            for one in blueprint.field_rules
            if blueprint.transformer is Transformer.V1
            and one.operation in _PROTECTED
            and one.rules
            and not any(one.operation in rule.operations for rule in one.rules)
        }
        decisive = _compared(schema, subscribers) | {
            resolver.coordinate.removeprefix("Subscription."): _by_items(operation)
            for resolver in blueprint.resolvers
            for function in resolver.functions
            for operation in (*function.before, *function.after)
            if isinstance(operation, Authorize) and operation.when is When.SUBSCRIBE
        }
        known = (blueprint, schema, subscribers, groups_now)
        return cls(*known, owners, unnamed, decisive)

    def type_text(self, type_name: str, field: str, default: str = "String") -> str:
        """Return a field's type as it is written, without a bang at its end."""
        type_ = self.schema.get_type(type_name)
        found = type_.fields.get(field) if _has_fields(type_) else None
        return str(found.type).removesuffix("!") if found is not None else default


def _compared(
    schema: GraphQLSchema, subscribers: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the fields that each subscription compares with its arguments."""
    root = schema.subscription_type
    names = {name for listening in subscribers.values() for name in listening}
    return {
        name: tuple(
            argument
            for argument in definition.args
            if argument in getattr(get_named_type(definition.type), "fields", {})
        )
        for name, definition in (root.fields if root else {}).items()
        if name in names
    }


def _by_items(operation: Authorize) -> tuple[str, ...]:
    open_modes = {g.mode for g in operation.grants if g.who is Who.ANY_OF_MODE}
    fields = (
        grant.item.attribute
        for grant in operation.grants
        if grant.item is not None and grant.mode not in open_modes
    )
    return tuple(dict.fromkeys(fields))


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom, what, and how it was answered; ``data`` is the answer."""

    served: Served
    document: Document
    operation: Operation
    caller: Caller
    trace: Trace
    data: Mapping[str, object]

    @property
    def blueprint(self) -> Blueprint:
        """The API, as planned."""
        return self.served.blueprint

    @property
    def schema(self) -> GraphQLSchema:
        """The API, as printed."""
        return self.served.schema

    def place(self, path: Path) -> Place | None:
        """Return what stands at a path; None where the document has no such field."""
        type_: GraphQLNamedType | None = self.schema.get_root_type(self.operation.kind)
        selections: tuple[SelectionSetNode, ...] = (self.operation.node.selection_set,)
        place: Place | None = None
        for key in path:
            if isinstance(key, int):
                continue
            if not _has_fields(type_):
                return None
            nodes = tuple(
                node
                for one in selections
                for node in self.document.fields(one)
                if (node.alias or node.name).value == key
            )
            definition = type_.fields.get(nodes[0].name.value) if nodes else None
            if definition is None:
                return None
            place = Place(type_, nodes[0].name.value, definition, nodes)
            type_ = place.type
            selections = tuple(n.selection_set for n in nodes if n.selection_set)
        return place

    def selects(self, place: Place, name: str) -> bool:
        """Whether the document asks for a field of what stands there."""
        return any(
            field.name.value == name
            for node in place.nodes
            if node.selection_set
            for field in self.document.fields(node.selection_set)
        )


def _has_fields(
    type_: object,
) -> TypeGuard[GraphQLObjectType | GraphQLInterfaceType]:
    return isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
