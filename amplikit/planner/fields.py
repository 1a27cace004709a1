"""Resolvers of plain fields: owners as they are shown, and field-level rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Strategy, Transformer
from amplikit.blueprint.operations import (
    Authorize,
    Const,
    Function,
    Local,
    Outcome,
    OwnerProject,
    Ref,
    Resolver,
    ReturnIf,
    When,
)
from amplikit.planner.remote import remote_resolver
from amplikit.planner.rules import owner_claims
from amplikit.planner.writes import MUTATION_MARK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Field
    from amplikit.blueprint.operations import Operation
    from amplikit.planner.access import Access

__all__ = ["field_resolvers"]


def field_resolvers(access: Access) -> Iterator[Resolver]:
    """Return the resolvers that stand between an item and what a caller sees."""
    owners = _joined_owners(access)
    for field in access.model.fields:
        if field.hidden or field.relation is not None:
            continue
        if field.calls:
            check = (_decide(access, field),) if _guarded(access, field) else ()
            place = f"{access.model.name}.{field.name}"
            yield remote_resolver(access.api, place, field.calls, check)
        elif _guarded(access, field):
            yield _guard(access, field)
        elif field.name in owners:
            show = Function(field.name, (), Local(), (OwnerProject(field.name),))
            yield Resolver(f"{access.model.name}.{field.name}", (show,))


def _joined_owners(access: Access) -> frozenset[str]:
    """Return the owner fields that store more than the name (``sub::username``)."""
    if access.api.transformer is Transformer.V1:
        return frozenset()
    rules = [*(access.model.rules or ())]
    for field in access.model.fields:
        rules += field.rules or ()
    return frozenset(
        rule.owner_field
        for rule in rules
        if rule.allow is Strategy.OWNER and len(owner_claims(rule, access.api)) > 1
    )


def _guarded(access: Access, field: Field) -> bool:
    if access.api.transformer is Transformer.V2:
        return access.protected and access.readers_differ(field)
    return field.rules is not None and any(
        RuleOperation.GET in rule.operations for rule in field.rules
    )


def _decide(access: Access, field: Field) -> Authorize:
    first = access.api.transformer is Transformer.V1
    return Authorize(
        model=access.model.name,
        operation=f"read {field.name}",
        grants=access.field_grants(field, RuleOperation.GET),
        when=When.SOURCE,
        unmatched=Outcome.ALLOW if first else Outcome.DENY,
        written=access.field_written(field),
    )


def _guard(access: Access, field: Field) -> Resolver:
    decide = _decide(access, field)
    before: tuple[Operation, ...] = (decide,)
    if access.redacts:
        mark = MUTATION_MARK[access.api.transformer]
        before = (decide, ReturnIf(f"source.{mark}", Const(None), equals="Mutation"))
    show = Function(field.name, before, Local(Ref(f"source.{field.name}")))
    return Resolver(f"{access.model.name}.{field.name}", (show,))
