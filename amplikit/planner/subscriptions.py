"""Subscription fields: who may listen, and to which events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import (
    Authorize,
    Function,
    Local,
    Outcome,
    OwnerIs,
    Resolver,
    SubscriptionFilter,
    When,
    Who,
)

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Grant, Operation
    from amplikit.planner.access import Access

__all__ = ["subscription_resolver"]


def subscription_resolver(access: Access, field: str) -> Resolver | None:
    """Return the resolver that runs once, when a subscription starts.

    None: nothing is checked beyond the mode (v1: ``level: public``, and models whose
    listeners no owner or static group rule restricts).
    """
    coordinate = f"Subscription.{field}"
    public = access.model.public_subscriptions
    if access.api.transformer is Transformer.V1:
        return None if public else _first(access, coordinate)
    before: tuple[Operation, ...] = () if public else (access.required(),)
    if access.protected and not public:
        grants = access.grants(RuleOperation.LISTEN)
        before = (_authorize(access, grants), *before)
    shown = (SubscriptionFilter(),)
    data = Function(field, before, Local(), shown)
    return Resolver(coordinate, (data,))


def _first(access: Access, coordinate: str) -> Resolver | None:
    if not access.protected:
        return None
    grants = tuple(
        grant
        for grant in access.grants(RuleOperation.LISTEN)
        if grant.who in {Who.ANY_OF_MODE, Who.GROUPS} or isinstance(grant.item, OwnerIs)
    )
    if all(grant.who is Who.ANY_OF_MODE for grant in grants):
        return None
    field = coordinate.partition(".")[2]
    check = _authorize(access, grants, unmatched=Outcome.ALLOW)
    return Resolver(coordinate, (Function(field, (), Local(), (check,)),))


def _authorize(
    access: Access,
    grants: tuple[Grant, ...],
    unmatched: Outcome = Outcome.DENY,
) -> Authorize:
    owners = frozenset(
        grant.item.attribute
        for grant in grants
        if isinstance(grant.item, OwnerIs)
        and not (grant.item.is_list and access.api.transformer is Transformer.V2)
    )
    return Authorize(
        model=access.model.name,
        operation=RuleOperation.LISTEN.value,
        grants=grants,
        when=When.SUBSCRIBE,
        unmatched=unmatched,
        owner_arguments=owners,
        written=access.written,
    )
