"""A mode that may call a field, and may read nothing of what the field answers.

The transformers write the directives of a model's own nested types; those of the types
that custom queries and mutations return are the schema's affair.
Source: amplify-cli issues 3064 and 4090 (P33).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode

from amplikit.blueprint.field_access import MODE_DIRECTIVES
from amplikit.errors import Problem
from amplikit.inspect.printed import field_modes, object_types
from amplikit.inspect.written import RULE_FOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ObjectTypeDefinitionNode, TypeNode

    from amplikit.blueprint.api import Api
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.modes import AuthMode
    from amplikit.errors import Where

_ROOTS = ("Query", "Mutation", "Subscription")


class _Schema(NamedTuple):
    types: dict[str, ObjectTypeDefinitionNode]
    modes: dict[str, frozenset[AuthMode]]


def check(api: Api, config: Config) -> Iterator[Problem]:
    """Yield one warning a type that callers of a field before it may not read."""
    del config
    types = {node.name.value: node for node in object_types(api.sdl)}
    schema = _Schema(types, field_modes(types.values(), api.auth))
    told: set[str] = set()
    for coordinate, where in _begins(api, schema):
        for name, place, missing in _closed(api, schema, coordinate):
            if name in told:
                continue
            told.add(name)
            shown = ", ".join(sorted(mode.value for mode in missing))
            yield Problem(
                code="type-not-reachable",
                message=(
                    f"'{place}' lets {shown} through, and its type '{name}' does not: "
                    "all of its fields are refused."
                ),
                hint=(
                    f"Write 'type {name} {_directives(schema, name, missing)}'."
                    if api.model(name) is None
                    else f"Give '{name}' a rule: '{RULE_FOR[min(missing)]}'."
                ),
                where=where,
                severity="warning",
            )


def _begins(api: Api, schema: _Schema) -> Iterator[tuple[str, Where | None]]:
    """Yield the fields that the schema itself declares: custom ones, and models'."""
    made = {one.field for model in api.models for one in model.operations}
    made |= {i.query_field for m in api.models for i in m.indexes if i.query_field}
    places = {one.coordinate: one.where for one in api.custom_fields}
    for root in _ROOTS:
        node = schema.types.get(root)
        for field in (node.fields if node else None) or ():
            if field.name.value not in made:
                coordinate = f"{root}.{field.name.value}"
                yield coordinate, places.get(coordinate)
    for model in api.models:
        for known in model.fields:
            coordinate = f"{model.name}.{known.name}"
            if known.relation is None and coordinate in schema.modes:
                yield coordinate, known.where


def _closed(
    api: Api, schema: _Schema, coordinate: str
) -> Iterator[tuple[str, str, frozenset[AuthMode]]]:
    """Yield types below a field, the field before them, and the modes they refuse."""
    waiting = [(coordinate, schema.modes[coordinate])]
    seen: set[tuple[str, frozenset[AuthMode]]] = set()
    while waiting:
        place, callers = waiting.pop()
        name = _base(_type_of(schema, place))
        node = schema.types.get(name)
        if node is None or (name, callers) in seen:
            continue
        seen.add((name, callers))
        fields = [f"{name}.{field.name.value}" for field in node.fields or ()]
        let_in = frozenset(mode for one in fields for mode in schema.modes[one])
        if not callers <= let_in:
            yield name, place, callers - let_in
        if api.model(name) is None:
            waiting += [(one, callers & schema.modes[one]) for one in fields]


def _type_of(schema: _Schema, coordinate: str) -> TypeNode:
    type_name, _, name = coordinate.partition(".")
    fields = schema.types[type_name].fields or ()
    return next(field.type for field in fields if field.name.value == name)


def _base(node: TypeNode) -> str:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    return node.name.value if isinstance(node, NamedTypeNode) else ""


def _directives(schema: _Schema, name: str, missing: frozenset[AuthMode]) -> str:
    fields = schema.types[name].fields or ()
    modes = missing.union(*(schema.modes[f"{name}.{one.name.value}"] for one in fields))
    return " ".join(
        f"@{text}" for text, mode in MODE_DIRECTIVES.items() if mode in modes
    )
