"""The printed schema as values: what the parts of it are, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import print_ast

from amplikit.compiler.type_nodes import type_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import InputValueDefinitionNode, StringValueNode

__all__ = ["Argument", "Definition", "OutputField", "argument_of", "print_definitions"]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument, or a field of an input. ``rest`` follows the type as written."""

    name: str
    type: str
    rest: str = ""
    description: str = ""

    def text(self) -> str:
        """Return it as it stands in SDL, without its description."""
        return f"{self.name}: {self.type}{self.rest}"


@dataclass(frozen=True, slots=True)
class OutputField:
    """A field of an object type."""

    name: str
    type: str
    arguments: tuple[Argument, ...] = ()
    directives: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A type; ``verbatim`` is the text of those that only pass through."""

    name: str
    keyword: str = "type"
    fields: tuple[OutputField, ...] = ()
    inputs: tuple[Argument, ...] = ()
    values: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    description: str = ""
    verbatim: str = ""


def argument_of(node: InputValueDefinitionNode) -> Argument:
    """Return an argument, or a field of an input, that the reader wrote."""
    rest = f" = {print_ast(node.default_value)}" if node.default_value else ""
    for directive in node.directives or ():
        rest += f" {print_ast(directive)}"
    return Argument(
        node.name.value, type_text(node.type), rest, description_of(node.description)
    )


def description_of(node: StringValueNode | None) -> str:
    """Return a description as it is printed, quotes included."""
    return print_ast(node) if node else ""


def print_definitions(definitions: Iterable[Definition]) -> str:
    """Return SDL: one definition after the other, in the order given."""
    return "\n\n".join(_definition(definition) for definition in definitions) + "\n"


def _definition(definition: Definition) -> str:
    if definition.verbatim:
        return definition.verbatim
    head = f"{definition.keyword} {definition.name}"
    if definition.interfaces:
        head += f" implements {' & '.join(definition.interfaces)}"
    head = " ".join([head, *definition.directives])
    lines = [line for field in definition.fields for line in _field(field)]
    for value in definition.inputs:
        lines += _described(value.description, [value.text()])
    lines += definition.values
    body = "\n".join(f"  {line}" for line in lines)
    return "\n".join(_described(definition.description, [f"{head} {{\n{body}\n}}"]))


def _field(field: OutputField) -> list[str]:
    described = any(argument.description for argument in field.arguments)
    if described:
        inner = [
            f"  {line}"
            for argument in field.arguments
            for line in _described(argument.description, [argument.text()])
        ]
        lines = [f"{field.name}(", *inner, f"): {field.type}"]
    else:
        written = ", ".join(argument.text() for argument in field.arguments)
        lines = [f"{field.name}({written}): {field.type}"]
        if not field.arguments:
            lines = [f"{field.name}: {field.type}"]
    lines[-1] = " ".join([lines[-1], *field.directives])
    return _described(field.description, lines)


def _described(description: str, lines: list[str]) -> list[str]:
    return [*description.split("\n"), *lines] if description else lines
