"""P31: a field's own rules leave ``delete`` out, and deleting needs every field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.grants import holds_for_caller, holds_for_item
from amplikit.emulator.pitfalls.codes import pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.emulator.pitfalls.asked import Asked
    from amplikit.emulator.pitfalls.facts import FieldsRefused, Refusal
    from amplikit.emulator.trace import Pitfall

__all__ = ["detect_delete", "detect_null"]

_REMEDY = "Add delete to the operations of the rules on %s."


def detect_delete(refusal: Refusal, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for who may delete everything but some fields."""
    item = refusal.item if isinstance(refusal.item, dict) else None
    for short in refusal.operation.partial:
        if holds_for_caller(short.grant, asked.caller) or holds_for_item(
            short.grant, asked.caller, item
        ):
            names = ", ".join(f"'{name}'" for name in short.fields)
            yield pitfall(
                "field-rule-without-delete",
                refusal.path,
                f"{short.grant.text} allows delete, but the rules of {names} "
                f"({short.where}) do not: deleting needs every field.",
                _REMEDY % names,
            )
            return


def detect_null(fact: FieldsRefused, asked: Asked) -> Iterator[Pitfall]:
    """Yield a pitfall for fields that may be written, but not be set to null."""
    del asked
    if fact.nulls:
        names = ", ".join(f"'{name}'" for name in fact.nulls)
        yield pitfall(
            "field-rule-without-delete",
            fact.path,
            f"{names} may be updated, but null is given, and setting null is deleting: "
            "the rule lacks it.",
            _REMEDY % names,
        )
