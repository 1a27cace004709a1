"""The schema as it was written: an index over the parsed definitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import TYPE_CHECKING, TypeVar, cast

from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    OperationType,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
)

from amplikit.compiler.type_nodes import base_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphql import (
        ConstDirectiveNode,
        DefinitionNode,
        DocumentNode,
        FieldDefinitionNode,
        NamedTypeNode,
    )

    from amplikit.compiler.read import Places

__all__ = ["Document", "fields_of", "find_directive", "find_field", "remembered"]

_Fact = TypeVar("_Fact")

_ROOTS = {
    OperationType.QUERY: "Query",
    OperationType.MUTATION: "Mutation",
    OperationType.SUBSCRIPTION: "Subscription",
}


def fields_of(
    definition: ObjectTypeDefinitionNode | ObjectTypeExtensionNode,
) -> tuple[FieldDefinitionNode, ...]:
    """Return the declared fields of an object type, in order."""
    return definition.fields or ()


def find_field(
    definition: ObjectTypeDefinitionNode | ObjectTypeExtensionNode, name: str
) -> FieldDefinitionNode | None:
    """Return the declared field of that name, if there is one."""
    found = (node for node in fields_of(definition) if node.name.value == name)
    return next(found, None)


def find_directive(
    node: TypeDefinitionNode | FieldDefinitionNode, *names: str
) -> ConstDirectiveNode | None:
    """Return the first directive of one of these names, if there is one."""
    found = (use for use in node.directives or () if use.name.value in names)
    return next(found, None)


@dataclass(frozen=True, eq=False)
class Document:
    """All files together; extensions are kept apart from what they extend.

    ``facts`` belongs to ``remembered``.
    """

    node: DocumentNode
    places: Places
    facts: dict[object, object] = field(default_factory=dict, repr=False)

    @property
    def definitions(self) -> tuple[DefinitionNode, ...]:
        """Every definition, in the order of the text."""
        return tuple(self.node.definitions)

    @cached_property
    def types(self) -> dict[str, TypeDefinitionNode]:
        """The declared types by name."""
        return {
            node.name.value: node
            for node in self.definitions
            if isinstance(node, TypeDefinitionNode)
        }

    @cached_property
    def objects(self) -> dict[str, ObjectTypeDefinitionNode]:
        """The declared object types by name."""
        return {
            name: node
            for name, node in self.types.items()
            if isinstance(node, ObjectTypeDefinitionNode)
        }

    @cached_property
    def inputs(self) -> dict[str, InputObjectTypeDefinitionNode]:
        """The declared input types by name."""
        return {
            name: node
            for name, node in self.types.items()
            if isinstance(node, InputObjectTypeDefinitionNode)
        }

    @cached_property
    def enums(self) -> frozenset[str]:
        """The names of the declared enums."""
        return frozenset(
            name
            for name, node in self.types.items()
            if isinstance(node, EnumTypeDefinitionNode)
        )

    @cached_property
    def models(self) -> dict[str, ObjectTypeDefinitionNode]:
        """The object types with @model by name."""
        return {
            name: node
            for name, node in self.objects.items()
            if find_directive(node, "model")
        }

    @cached_property
    def extensions(self) -> dict[str, tuple[TypeExtensionNode, ...]]:
        """The extensions of each type by its name."""
        found: dict[str, tuple[TypeExtensionNode, ...]] = {}
        for node in self.definitions:
            if isinstance(node, TypeExtensionNode):
                name = node.name.value
                found[name] = (*found.get(name, ()), node)
        return found

    @cached_property
    def roots(self) -> dict[OperationType, str]:
        """The names of the root types; ``schema { }`` may rename them."""
        return _ROOTS | (self.written_roots or {})

    @cached_property
    def written_roots(self) -> dict[OperationType, str] | None:
        """What ``schema { }`` says, None if there is none."""
        for node in self.definitions:
            if isinstance(node, SchemaDefinitionNode):
                return {
                    operation.operation: operation.type.name.value
                    for operation in node.operation_types or ()
                }
        return None

    def is_root(self, name: str) -> bool:
        """Whether the name is that of a root type."""
        return name in self.roots.values()

    def all_fields(self, name: str) -> Iterator[FieldDefinitionNode]:
        """Yield the fields of an object type, those of its extensions last."""
        yield from fields_of(self.objects[name]) if name in self.objects else ()
        for extension in self.extensions.get(name, ()):
            if isinstance(extension, ObjectTypeExtensionNode):
                yield from fields_of(extension)

    def is_enum(self, name: str) -> bool:
        """Whether the name is that of a declared enum."""
        return name in self.enums

    def target(self, node: FieldDefinitionNode) -> ObjectTypeDefinitionNode | None:
        """Return the object type that a field holds, if it holds one."""
        return self.objects.get(base_name(node.type))

    def interfaces(self, name: str) -> tuple[NamedTypeNode, ...]:
        """Return what an object type implements, extensions included."""
        found = (self.objects[name].interfaces or ()) if name in self.objects else ()
        for extension in self.extensions.get(name, ()):
            if isinstance(extension, ObjectTypeExtensionNode):
                found = (*found, *(extension.interfaces or ()))
        return tuple(found)


def remembered(find: Callable[[Document], _Fact]) -> Callable[[Document], _Fact]:
    """Make a function find a fact of each document once, however often it is asked."""

    @wraps(find)
    def asked(document: Document) -> _Fact:
        if find not in document.facts:
            document.facts[find] = find(document)
        # What stands under a function is what that function returned.
        return cast("_Fact", document.facts[find])

    return asked
