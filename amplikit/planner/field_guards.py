"""What the rules of a field demand of who reads it, relations included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import (
    Authorize,
    Const,
    Function,
    Local,
    Outcome,
    Ref,
    Resolver,
    ReturnIf,
    When,
)
from amplikit.planner.writes import MUTATION_MARK

if TYPE_CHECKING:
    from amplikit.blueprint.api import Field
    from amplikit.blueprint.operations import Operation
    from amplikit.planner.access import Access

__all__ = ["decide", "guard", "is_guarded", "left_out"]


def is_guarded(access: Access, field: Field) -> bool:
    """Whether who reads the model may yet not read this field of it."""
    if access.api.transformer is Transformer.V2:
        return access.protected and access.readers_differ(field)
    return field.rules is not None and any(
        RuleOperation.GET in rule.operations for rule in field.rules
    )


def decide(access: Access, field: Field) -> Authorize:
    """Return the check of a field's own rules, against the item that holds it."""
    first = access.api.transformer is Transformer.V1
    return Authorize(
        model=access.model.name,
        operation=f"read {field.name}",
        grants=access.field_grants(field, RuleOperation.GET),
        when=When.SOURCE,
        unmatched=Outcome.ALLOW if first else Outcome.DENY,
        written=access.field_written(field),
    )


def guard(access: Access, field: Field) -> Resolver:
    """Return the resolver that shows an item's own value to whom the rules let in.

    A mutation's answer leaves it out, as subscribers would see it; not so for admin
    roles in v2, whose template returns before that is asked.
    """
    before: tuple[Operation, ...] = (decide(access, field),)
    if access.redacts:
        before += (left_out(access, Const(None), spares_above=True),)
    show = Function(field.name, before, Local(Ref(f"source.{field.name}")))
    return Resolver(f"{access.model.name}.{field.name}", (show,))


def left_out(access: Access, absent: Const, *, spares_above: bool) -> ReturnIf:
    """Return the check that leaves a field out of a mutation's answer."""
    mark = MUTATION_MARK[access.api.transformer]
    return ReturnIf(
        f"source.{mark}", absent, equals="Mutation", spares_above=spares_above
    )
