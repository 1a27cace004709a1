"""Resolvers of plain fields: owners as they are shown, and field-level rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Strategy, Transformer
from amplikit.blueprint.operations import (
    Function,
    Local,
    OwnerProject,
    Resolver,
)
from amplikit.planner.field_guards import decide, guard, is_guarded
from amplikit.planner.remote import remote_resolver
from amplikit.planner.rules import owner_claims

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.planner.access import Access

__all__ = ["field_resolvers"]


def field_resolvers(access: Access) -> Iterator[Resolver]:
    """Return the resolvers that stand between an item and what a caller sees."""
    owners = _joined_owners(access)
    for field in access.model.fields:
        if field.hidden or field.relation is not None:
            continue
        check = (decide(access, field),) if is_guarded(access, field) else ()
        if field.calls:
            place = f"{access.model.name}.{field.name}"
            yield remote_resolver(access.api, place, field.calls, check)
        elif field.name in owners:
            # The owner is shown even where a mutation leaves guarded fields out.
            show = Function(field.name, check, Local(), (OwnerProject(field.name),))
            yield Resolver(f"{access.model.name}.{field.name}", (show,))
        elif check:
            yield guard(access, field)


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
