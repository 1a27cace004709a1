"""A directive where it was written, and what a directive's file provides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import (
    InterfaceTypeDefinitionNode,
    ListValueNode,
    NullValueNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    value_from_ast_untyped,
)

from amplikit.compiler.document import remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphql import (
        ConstDirectiveNode,
        FieldDefinitionNode,
        ValueNode,
    )

    from amplikit.compiler.document import Document
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions
    from amplikit.errors import Problem, Where

__all__ = ["Directive", "DirectiveUse", "interface_fields", "uses"]


@dataclass(frozen=True, eq=False)
class DirectiveUse:
    """One directive on a type, or on a field of it."""

    node: ConstDirectiveNode
    type: ObjectTypeDefinitionNode | ObjectTypeExtensionNode
    field: FieldDefinitionNode | None
    where: Where
    document: Document

    @property
    def name(self) -> str:
        """The directive's name without ``@``."""
        return self.node.name.value

    @property
    def type_name(self) -> str:
        """The name of the type it stands on or in."""
        return self.type.name.value

    @property
    def place(self) -> str:
        """The coordinate it stands on: ``Post`` or ``Post.title``."""
        if self.field is None:
            return self.type_name
        return f"{self.type_name}.{self.field.name.value}"

    def value(self, name: str) -> ValueNode | None:
        """Return an argument's value as it was written, None when it was left out."""
        for argument in self.node.arguments or ():
            if argument.name.value == name:
                return argument.value
        return None

    def where_of(self, name: str) -> Where:
        """Return the place of an argument's value, or of the directive."""
        value = self.value(name)
        return self.document.places.of(value) if value else self.where

    def where_of_item(self, name: str, number: int) -> Where:
        """Return the place of one item of an argument that is a list."""
        value = self.value(name)
        items = value.values if isinstance(value, ListValueNode) else ()
        if number < len(items):
            return self.document.places.of(items[number])
        return self.where_of(name)

    def is_null(self, name: str) -> bool:
        """Whether the argument is written as ``null``."""
        return isinstance(self.value(name), NullValueNode)

    def argument(self, name: str) -> object:
        """Return an argument's plain value, None when it is null or left out."""
        value = self.value(name)
        return None if value is None else value_from_ast_untyped(value)

    def text(self, name: str) -> str | None:
        """Return an argument that is a string."""
        value = self.argument(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        """Return an argument that is a whole number."""
        value = self.argument(name)
        return value if isinstance(value, int) else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return an argument that is a list of strings; one alone makes a list."""
        value = self.argument(name)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            return None
        return tuple(item for item in value if isinstance(item, str))

    def mapping(self, name: str) -> Mapping[str, object] | None:
        """Return an argument that is an input object."""
        value = self.argument(name)
        return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Directive:
    """What the compiler knows of a directive.

    ``check`` yields every problem and never raises; ``apply`` is called only when no
    check of any directive found an error. ``expand`` comes before the first ``apply``:
    it writes out what the directive is short for.
    """

    name: str
    sdl: str
    check: Callable[[DirectiveUse, Draft], Iterator[Problem]]
    apply: Callable[[DirectiveUse, Draft], Draft]
    expand: Callable[[Document, CompileOptions], Document] | None = None


def uses(document: Document, name: str) -> tuple[DirectiveUse, ...]:
    """Return where a directive stands on object types and their fields, in order."""
    return tuple(_by_name(document).get(name, ()))


@remembered
def _by_name(document: Document) -> dict[str, list[DirectiveUse]]:
    found: dict[str, list[DirectiveUse]] = {}
    for definition in document.definitions:
        if not isinstance(
            definition, ObjectTypeDefinitionNode | ObjectTypeExtensionNode
        ):
            continue
        for field in (None, *(definition.fields or ())):
            for node in (definition if field is None else field).directives or ():
                where = document.places.of(node)
                use = DirectiveUse(node, definition, field, where, document)
                found.setdefault(use.name, []).append(use)
    return found


def interface_fields(
    document: Document, name: str
) -> Iterator[tuple[InterfaceTypeDefinitionNode, FieldDefinitionNode, Where]]:
    """Yield where a directive stands on a field of an interface."""
    for definition in document.definitions:
        if not isinstance(definition, InterfaceTypeDefinitionNode):
            continue
        for field in definition.fields or ():
            for node in field.directives or ():
                if node.name.value == name:
                    yield definition, field, document.places.of(node)
