"""A printed schema and its tables without order, so that two can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import parse, print_ast

from amplikit.compiler.vocabulary import AWS_SCALARS, SERVICE_SDL

if TYPE_CHECKING:
    from graphql.language import DefinitionNode, Node

SERVICE = "\n".join(f"scalar {name}" for name in AWS_SCALARS) + SERVICE_SDL.replace(
    "directive @deprecated(reason: String)\n"
    "  on FIELD_DEFINITION | INPUT_FIELD_DEFINITION | ENUM | ENUM_VALUE\n",
    "",
)
"""What AppSync has besides, for a printed schema to be built with."""

# Only recent releases print it, and nothing uses it.
IGNORED = frozenset({"AmplifyAIConversationTurnErrorInput"})


def as_sets(sdl: str) -> dict[str, tuple[object, ...]]:
    """Return each definition with its directives, interfaces and parts as sets."""
    found = {}
    for definition in parse(sdl, no_location=True).definitions:
        name = definition.name.value
        if name not in IGNORED:
            found[name] = _definition(definition)
    return found


def _definition(node: DefinitionNode) -> tuple[object, ...]:
    parts = [
        *(getattr(node, "fields", None) or ()),
        *(getattr(node, "values", None) or ()),
    ]
    return (
        node.kind,
        _printed(getattr(node, "directives", None)),
        _printed(getattr(node, "interfaces", None)),
        _printed(getattr(node, "types", None)),
        _text(getattr(node, "description", None)),
        frozenset(_part(part) for part in parts),
    )


def _part(node: Node) -> tuple[object, ...]:
    return (
        node.name.value,
        _text(getattr(node, "type", None)),
        _text(getattr(node, "default_value", None)),
        _text(getattr(node, "description", None)),
        _printed(node.directives),
        frozenset(_part(argument) for argument in getattr(node, "arguments", ()) or ()),
    )


def _printed(nodes: tuple[Node, ...] | None) -> frozenset[str]:
    return frozenset(print_ast(node) for node in nodes or ())


def _text(node: Node | None) -> str | None:
    return None if node is None else print_ast(node)


def by_name(tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the tables by name, each with what has no order in order."""
    sortable = ("attributes", "gsis", "lsis")
    return {
        table["name"]: table
        | {
            name: sorted(table[name], key=lambda one: str(one["name"]))
            for name in sortable
        }
        for table in tables
    }
