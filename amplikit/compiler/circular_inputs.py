"""Inputs that need themselves: the transformers print them, AppSync refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.sdl import Definition

__all__ = ["circular_inputs"]


def circular_inputs(draft: Draft, definitions: list[Definition]) -> Iterator[Problem]:
    """Yield a problem for each input of which no value ever ends."""
    needed = {
        definition.name: {
            value.type[:-1] for value in definition.inputs if value.type.endswith("!")
        }
        for definition in definitions
        if definition.keyword == "input"
    }
    for name in needed:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            found = needed.get(waiting.pop(), set()) - seen
            seen |= found
            waiting += found
        if name in seen:
            held = name.removesuffix("Input")
            declared = draft.document.types.get(held)
            yield Problem(
                "circular-input",
                f"'{name}' requires itself, and AppSync refuses it.",
                f"Make a field optional on the way from '{held}' back to it.",
                draft.document.places.of(declared) if declared else None,
            )
