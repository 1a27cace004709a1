"""``@model`` of v1 where it names some operations: v1 makes these and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import ObjectValueNode

from amplikit.compiler.rewrite.edits import Edit, replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse

__all__ = ["model_edits"]

_NAMES = {
    "queries": ("get", "list"),
    "mutations": ("create", "update", "delete"),
    "subscriptions": ("onCreate", "onUpdate", "onDelete"),
}


def model_edits(use: DirectiveUse, options: CompileOptions) -> Iterator[Edit]:
    """Yield the edits that switch off in words what v1 leaves out in silence."""
    if not options.flag("shouldDeepMergeDirectiveConfigDefaults"):
        return
    for argument, names in _NAMES.items():
        value = use.value(argument)
        if not isinstance(value, ObjectValueNode):
            continue
        written = {node.name.value for node in value.fields or ()}
        if argument == "subscriptions" and written.isdisjoint(names):
            continue
        missing = [f"{name}: null" for name in names if name not in written]
        last = value.fields[-1] if value.fields else None
        if last is None:
            yield replacing(value, "null")
        elif missing and last.loc:
            end = last.loc.end
            yield Edit(end, end, "".join(f", {text}" for text in missing))
