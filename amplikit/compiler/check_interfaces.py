"""Whether the printed types are what their interfaces demand.

What the reader declares has been looked at as GraphQL; this is about what directives
add and change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import InterfaceTypeDefinitionNode

from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.sdl import Definition

__all__ = ["interface_problems"]


def interface_problems(
    draft: Draft, definitions: list[Definition]
) -> Iterator[Problem]:
    """Yield fields that are printed otherwise than an interface demands."""
    yield from _pages_in_interfaces(draft)
    yield from _remade_in_interfaces(draft)
    yield from _generated_for_interfaces(draft, definitions)


def _generated_for_interfaces(
    draft: Draft, definitions: list[Definition]
) -> Iterator[Problem]:
    """Yield what interfaces demand of models and nobody, or another type, provides."""
    printed = {definition.name: definition for definition in definitions}
    for name in filter(printed.__contains__, draft.models):
        declared = {node.name.value for node in draft.document.all_fields(name)}
        made = {field.name: field.type for field in printed[name].fields}
        for interface in printed[name].interfaces:
            demanded = printed[interface].fields if interface in printed else ()
            for field in demanded:
                wanted = field.type
                if field.name in declared:
                    continue
                given = made.get(field.name)
                if given is None:
                    fact = f"expected but {name} does not provide it."
                elif wanted not in {given, given.removesuffix("!")}:
                    place = f"{name}.{field.name}"
                    fact = f"expects type {wanted} but {place} is type {given}."
                elif field.arguments:
                    fact = f"expects arguments, which {name}.{field.name} has not."
                else:
                    continue
                yield Problem(
                    "schema-invalid",
                    f"Interface field {interface}.{field.name} {fact}",
                    "Correct the definition: AppSync refuses it.",
                    draft.model(name).where,
                )


def _remade_in_interfaces(draft: Draft) -> Iterator[Problem]:
    """Yield fields whose new arguments are not those of the interface."""
    for place, remade in draft.remade_fields.items():
        type_name, _, name = place.partition(".")
        for named in draft.document.interfaces(type_name):
            interface = draft.document.types.get(named.name.value)
            if not isinstance(interface, InterfaceTypeDefinitionNode):
                continue
            needed = any(argument.type.endswith("!") for argument in remade.arguments)
            written = next(
                node
                for node in draft.document.all_fields(type_name)
                if node.name.value == name
            )
            for node in interface.fields or ():
                if node.name.value == name and (node.arguments or needed):
                    yield Problem(
                        "arguments-in-interface",
                        f"'{place}' gets other arguments than '{named.name.value}' "
                        "demands, and AppSync refuses the schema.",
                        "Take the field out of the interface.",
                        draft.document.places.of(written),
                    )


def _pages_in_interfaces(draft: Draft) -> Iterator[Problem]:
    """Yield lists that an interface demands and a relation turns into pages."""
    for model in draft.models.values():
        demanded: set[str] = set()
        for named in draft.document.interfaces(model.name):
            interface = draft.document.types.get(named.name.value)
            if isinstance(interface, InterfaceTypeDefinitionNode):
                demanded |= {node.name.value for node in interface.fields or ()}
        for field in model.fields:
            many = field.relation is not None and field.relation.many
            if many and field.name in demanded:
                yield Problem(
                    "relation-in-interface",
                    f"'{model.name}.{field.name}' becomes a page of items, which is "
                    "not what the interface says.",
                    "Take the field out of the interface.",
                    field.where,
                )
