"""Generated inputs that need themselves: they are printed, and AppSync refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.naming import upper_first
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.sdl import Definition

__all__ = ["endless_inputs"]


def endless_inputs(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield required fields by which a generated input would have to hold itself."""
    inputs = {made.name for made in definitions if made.keyword == "input"}
    held: dict[str, list[tuple[str, str]]] = {}
    for made in definitions:
        for value in made.inputs:
            inner = value.type.removesuffix("!")
            if inner != value.type and inner in inputs:
                held.setdefault(made.name, []).append((value.name, inner))
    types = {f"{upper_first(name)}Input": name for name in draft.document.objects}
    for name, fields in held.items():
        type_name = types.get(name, name)
        for field, inner in fields:
            if _leads_to(name, inner, held):
                declared = draft.document.all_fields(type_name)
                node = next((one for one in declared if one.name.value == field), None)
                yield Problem(
                    "endless-input",
                    f"'{type_name}.{field}' is required, and so '{name}' would have to "
                    "hold itself.",
                    "Make the field nullable, or a list.",
                    draft.document.places.of(node) if node else None,
                )


def _leads_to(name: str, begin: str, held: dict[str, list[tuple[str, str]]]) -> bool:
    waiting, seen = [begin], {begin}
    while waiting:
        for _, inner in held.get(waiting.pop(), ()):
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)
    return name in seen
