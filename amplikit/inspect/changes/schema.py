"""What appears in a printed schema, vanishes from it, or has another type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DefinitionNode

__all__ = ["SchemaChange", "schema_changes"]


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A type, field, argument or value; None where it is not there.

    ``coordinate`` is GraphQL's: ``Query.getPost(id:)``. A type is its own kind of
    definition: ``input``.
    """

    coordinate: str
    before: str | None
    after: str | None


def schema_changes(before: str, after: str) -> Iterator[SchemaChange]:
    """Yield the differences of two schemas; what is in a new type is not listed."""
    old, new = _coordinates(before), _coordinates(after)
    for coordinate in sorted(old.keys() | new.keys()):
        parent = coordinate[: coordinate.rfind("(" if "(" in coordinate else ".")]
        listed = parent in coordinate and "." in coordinate
        if listed and (parent in old) != (parent in new):
            continue
        if old.get(coordinate) != new.get(coordinate):
            change = old.get(coordinate), new.get(coordinate)
            yield SchemaChange(coordinate, *change)


def _coordinates(sdl: str) -> dict[str, str]:
    return {
        coordinate: text
        for node in parse(sdl).definitions
        for coordinate, text in _of_definition(node)
    }


def _of_definition(node: DefinitionNode) -> Iterator[tuple[str, str]]:
    match node:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            name = node.name.value
            known = isinstance(node, ObjectTypeDefinitionNode)
            yield name, "type" if known else "interface"
            for field in node.fields or ():
                place = f"{name}.{field.name.value}"
                yield place, print_ast(field.type)
                for argument in field.arguments or ():
                    place_of = f"{place}({argument.name.value}:)"
                    yield place_of, print_ast(argument.type)
        case InputObjectTypeDefinitionNode():
            yield node.name.value, "input"
            for member in node.fields or ():
                place = f"{node.name.value}.{member.name.value}"
                yield place, print_ast(member.type)
        case EnumTypeDefinitionNode():
            yield node.name.value, "enum"
            for value in node.values or ():
                yield f"{node.name.value}.{value.name.value}", "value"
        case UnionTypeDefinitionNode():
            types = sorted(one.name.value for one in node.types or ())
            yield node.name.value, " | ".join(types)
        case _:
            return
