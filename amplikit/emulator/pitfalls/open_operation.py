"""P20: v1 has let a caller in because no rule names the operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.resources import FieldRules
    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect"]

_WRITES = (RuleOperation.CREATE, RuleOperation.UPDATE, RuleOperation.DELETE)


def detect(asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for each root field that has an answer and no rule."""
    unnamed = asked.served.unnamed
    if not unnamed:
        return
    root = asked.operation.kind.value.capitalize()
    for node in asked.document.fields(asked.operation.node.selection_set):
        found = unnamed.get(f"{root}.{node.name.value}")
        key = (node.alias or node.name).value
        if found is None or asked.data.get(key) is None:
            continue
        yield pitfall(
            "operation-open",
            (key,),
            f"No rule of '{found.model}' names '{found.operation}': "
            f"{asked.caller.label} was let in unchecked, as everybody would be.",
            f"Name it in a rule: {{ allow: owner, operations: [{_with(found)}] }}",
        )


def _with(found: FieldRules) -> str:
    named = found.rules[0].operations
    shown = {"get": "read", "list": "read"}.get(found.operation, found.operation)
    written = [one.value for one in RuleOperation if one in named and one in _WRITES]
    return ", ".join([*written, shown])
