"""One ``@auth`` rule as grants: a grant a rule, or one a static group.

Source: the templates of both transformers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import AuthRule, Strategy, Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, GroupText, OwnerIs, Who

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api, Model

__all__ = ["MISSING_CLAIM", "owner_claims", "rule_grants", "sub_owners"]

MISSING_CLAIM = "___xamznone____"
"""What v1 compares with when a claim is absent; every such caller shares it."""


def rule_grants(rule: AuthRule, model: Model | None, api: Api) -> tuple[Grant, ...]:
    """Return the grants of a rule, for every field and without filling in owners.

    ``model`` None: the rule is for a field of a type that is no model.
    """
    first = api.transformer is Transformer.V1
    base = Grant(
        where=rule.where,
        text=rule.text,
        mode=MODE_OF[rule.provider],
        who=_who(rule, api.transformer),
        group_claim=rule.group_claim,
        group_text=_group_text(rule, api.transformer),
    )
    match rule.allow:
        case Strategy.OWNER:
            owner = OwnerIs(
                attribute=rule.owner_field,
                claims=owner_claims(rule, api),
                is_list=_is_list(model, rule.owner_field),
                missing_claim=MISSING_CLAIM if first else None,
                as_stored=first,
            )
            return (replace(base, item=owner),)
        case Strategy.GROUPS if rule.groups_field is not None:
            group = GroupIs(
                rule.groups_field,
                rule.group_claim,
                is_list=_is_list(model, rule.groups_field),
                as_stored=first,
            )
            return (replace(base, item=group),)
        case Strategy.GROUPS:
            return tuple(replace(base, names=(name,)) for name in rule.groups)
        case _:
            return (base,)


def owner_claims(rule: AuthRule, api: Api) -> tuple[tuple[str, ...], ...]:
    """Return the claims that make an owner, each with its alternatives in order.

    Only v2 knows owners of several claims.
    """
    claim = rule.identity_claim or "username"
    if api.transformer is Transformer.V1:
        return (_alternatives(claim),)
    if rule.identity_claim is None and sub_owners(api):
        claim = "sub::username"
    return tuple(_alternatives(part) for part in claim.split("::"))


def sub_owners(api: Api) -> bool:
    """Whether owners are told apart by ``sub``, too, unless a rule says otherwise."""
    return api.flag("useSubUsernameForDefaultIdentityClaim", default=True)


def _alternatives(claim: str) -> tuple[str, ...]:
    """An access token's ``username`` is ``cognito:username`` in an id token."""
    return ("username", "cognito:username") if claim == "username" else (claim,)


def _who(rule: AuthRule, transformer: Transformer) -> Who:
    pool_role = transformer is Transformer.V2 and MODE_OF[rule.provider] is AuthMode.IAM
    match rule.allow:
        case Strategy.OWNER:
            return Who.ITEM
        case Strategy.GROUPS:
            return Who.GROUPS if rule.groups_field is None else Who.ITEM
        case Strategy.PRIVATE if pool_role:
            return Who.SIGNED_IN_ROLE
        case Strategy.PUBLIC if pool_role:
            return Who.GUEST_ROLE
        case _:
            return Who.ANY_OF_MODE


def _group_text(rule: AuthRule, transformer: Transformer) -> GroupText:
    if rule.allow is not Strategy.GROUPS:
        return GroupText.PARSED
    if transformer is Transformer.V1:
        # Cognito's own claim is taken for the list that it is.
        own = rule.group_claim == "cognito:groups"
        return GroupText.IGNORED if own else GroupText.PARSED
    return GroupText.PARSED if rule.groups_field is not None else GroupText.SEARCHED


def _is_list(model: Model | None, name: str) -> bool:
    field = model.field(name) if model else None
    return field is not None and field.type.is_list
