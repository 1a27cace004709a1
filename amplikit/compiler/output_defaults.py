"""Default values of arguments whose type is no input: nothing can be such a value.

Source: valueFromAST of graphql-js 15, on which both transformers stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from amplikit.compiler.parts import parts
from amplikit.compiler.rejection import rejection
from amplikit.compiler.type_nodes import base_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.document import Document
    from amplikit.errors import Problem

__all__ = ["default_problems"]

_OUTPUTS = (
    ObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    UnionTypeDefinitionNode,
)


def default_problems(document: Document) -> Iterator[Problem]:
    """Yield defaults of output types, or of inputs that hold one."""
    every = (part for node in document.definitions for part in parts(node))
    for node in every:
        if not isinstance(node, InputValueDefinitionNode) or not node.default_value:
            continue
        output = _output(document, base_name(node.type))
        if output is not None:
            name = node.name.value
            yield rejection(
                "schema-invalid",
                message=f"'{name}' has a default, but '{output}' is no input.",
                hint=f"Declare an input for '{output}', and use it here.",
                where=document.places.of(node),
                amplify=f"Unexpected input type: {output}",
                kind="Error",
            )


def _output(document: Document, name: str) -> str | None:
    """Return the output type that a type is or, as an input, holds."""
    waiting, seen = [name], {name}
    while waiting:
        held = waiting.pop()
        if isinstance(document.types.get(held), _OUTPUTS):
            return held
        node = document.inputs.get(held)
        for field in (node.fields if node else None) or ():
            inner = base_name(field.type)
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return None
