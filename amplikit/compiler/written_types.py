"""The reader's own types as they are printed: extensions joined, our directives gone.

What passes through is what AppSync knows: types, descriptions, ``@aws_...`` and
``@deprecated``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import (
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    print_ast,
)

from amplikit.compiler.filters import page_filter_name
from amplikit.compiler.root_fields import (
    PAGE_ARGUMENTS,
    SORT_DIRECTION_ARGUMENT,
    page_name,
)
from amplikit.compiler.sdl import (
    Argument,
    Definition,
    OutputField,
    argument_of,
    description_of,
)
from amplikit.compiler.type_nodes import type_text
from amplikit.compiler.vocabulary import SERVICE_DIRECTIVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        ConstDirectiveNode,
        EnumValueDefinitionNode,
        FieldDefinitionNode,
        TypeDefinitionNode,
    )

    from amplikit.blueprint.api import Field
    from amplikit.compiler.access import Access
    from amplikit.compiler.draft import Draft

__all__ = ["type_directives", "written_field", "written_type"]


def written_type(draft: Draft, access: Access, node: TypeDefinitionNode) -> Definition:
    """Return a type of the reader as AppSync gets it."""
    name = node.name.value
    description = description_of(node.description)
    extensions = draft.document.extensions.get(name, ())
    match node:
        case ObjectTypeDefinitionNode():
            return _object(draft, access, node)
        case InputObjectTypeDefinitionNode():
            written = [*(node.fields or ())]
            for extension in extensions:
                if isinstance(extension, InputObjectTypeExtensionNode):
                    written += extension.fields or ()
            inputs = tuple(argument_of(field) for field in written)
            return Definition(name, "input", inputs=inputs, description=description)
        case EnumTypeDefinitionNode():
            values = [*(node.values or ())]
            for extension in extensions:
                if isinstance(extension, EnumTypeExtensionNode):
                    values += extension.values or ()
            lines = tuple(line for value in values for line in _enum_value(value))
            return Definition(name, "enum", values=lines, description=description)
        case InterfaceTypeDefinitionNode():
            fields = [*(node.fields or ())]
            for extension in extensions:
                if isinstance(extension, InterfaceTypeExtensionNode):
                    fields += extension.fields or ()
            return Definition(
                name,
                "interface",
                tuple(written_field(draft, access, field, name) for field in fields),
                interfaces=tuple(map(print_ast, node.interfaces or ())),
                description=description,
            )
        case UnionTypeDefinitionNode():
            members = [*(node.types or ())]
            for extension in extensions:
                if isinstance(extension, UnionTypeExtensionNode):
                    members += extension.types or ()
            text = f"union {name} = {' | '.join(map(print_ast, members))}"
        case _:
            text = f"scalar {name}"
    verbatim = f"{description}\n{text}" if description else text
    return Definition(name, "", verbatim=verbatim)


def _enum_value(node: EnumValueDefinitionNode) -> Iterator[str]:
    if node.description:
        yield from print_ast(node.description).split("\n")
    yield " ".join([node.name.value, *service_directives(node.directives)])


def type_directives(draft: Draft, access: Access, name: str) -> tuple[str, ...]:
    """Return what stands on an object type: the reader's, then what rules add."""
    node = draft.document.objects.get(name)
    found = list(service_directives(node.directives)) if node else []
    for extension in draft.document.extensions.get(name, ()):
        found += service_directives(extension.directives)
    return _once((*found, *access.of(name)))


def written_field(
    draft: Draft, access: Access, node: FieldDefinitionNode, type_name: str
) -> OutputField:
    """Return a field of the reader as AppSync gets it."""
    name = node.name.value
    place = f"{type_name}.{name}"
    written = service_directives(node.directives)
    remade = draft.remade_fields.get(place) or OutputField(
        name,
        type_text(node.type),
        tuple(argument_of(argument) for argument in node.arguments or ()),
    )
    return replace(
        remade,
        directives=_once((*written, *access.of(place))),
        description=description_of(node.description),
    )


def service_directives(
    nodes: tuple[ConstDirectiveNode, ...] | None,
) -> Iterator[str]:
    """Yield the directives that are AppSync's, as text."""
    for node in nodes or ():
        if node.name.value in SERVICE_DIRECTIVES:
            yield print_ast(node)


def _once(directives: tuple[str, ...]) -> tuple[str, ...]:
    """Return each directive once: the reader's own arguments win."""
    found: dict[str, str] = {}
    for text in directives:
        found.setdefault(text.partition("(")[0], text)
    return tuple(found.values())


def _object(draft: Draft, access: Access, node: ObjectTypeDefinitionNode) -> Definition:
    name = node.name.value
    model = draft.models.get(name)
    fields = []
    for written in draft.document.all_fields(name):
        field = written_field(draft, access, written, name)
        known = model.field(field.name) if model else None
        if known and known.relation and known.relation.many:
            field = _connection_field(draft, name, known, field)
        elif known and not known.relation:
            field = replace(field, type=known.type.text)
        fields.append(field)
    fields += [
        OutputField(added.name, added.type.text)
        for added in (model.fields if model else ())
        if not added.declared and not added.hidden
    ]
    fields += [
        OutputField(added_name, "String")
        for added_name in draft.added_fields.get(name, ())
    ]
    return Definition(
        name,
        fields=tuple(fields),
        directives=type_directives(draft, access, name),
        interfaces=tuple(map(print_ast, draft.document.interfaces(name))),
        description=description_of(node.description),
    )


def _connection_field(
    draft: Draft, type_name: str, known: Field, field: OutputField
) -> OutputField:
    """Return a relation to many as a page of items, with the arguments of a query."""
    target = known.relation.target if known.relation else ""
    sort = draft.sort_arguments.get(f"{type_name}.{field.name}")
    return OutputField(
        field.name,
        page_name(target),
        (
            *((Argument(*sort),) if sort else ()),
            Argument("filter", page_filter_name(target)),
            SORT_DIRECTION_ARGUMENT,
            *PAGE_ARGUMENTS,
        ),
        field.directives,
    )
