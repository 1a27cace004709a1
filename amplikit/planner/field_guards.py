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

__all__ = ["decide", "guard", "is_guarded"]


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
    )


def guard(access: Access, field: Field) -> Resolver:
    """Return the resolver that shows an item's own value to whom the rules let in."""
    before: tuple[Operation, ...] = (decide(access, field),)
    if access.redacts:
        mark = MUTATION_MARK[access.api.transformer]
        before += (ReturnIf(f"source.{mark}", Const(None), equals="Mutation"),)
    show = Function(field.name, before, Local(Ref(f"source.{field.name}")))
    return Resolver(f"{access.model.name}.{field.name}", (show,))
