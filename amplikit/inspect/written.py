"""What of an ``Api`` somebody wrote, and a few facts that many lint rules ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import role_names
from amplikit.blueprint.api import Strategy
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import MUTATION_OF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model

__all__ = [
    "RULE_FOR",
    "callers",
    "every_rule",
    "is_join",
    "listens",
    "owner_rules",
    "written_models",
]

RULE_FOR = {
    AuthMode.API_KEY: "{ allow: public, provider: apiKey }",
    AuthMode.IAM: "{ allow: private, provider: iam }",
    AuthMode.USER_POOLS: "{ allow: private, provider: userPools }",
    AuthMode.OIDC: "{ allow: owner, provider: oidc }",
    AuthMode.LAMBDA: "{ allow: custom, provider: function }",
}
"""A rule of ``@auth`` that lets callers of a mode in."""


def is_join(model: Model) -> bool:
    """Whether ``@manyToMany`` has made the model: all of it stands in one place."""
    return any(one.declared and one.where == model.where for one in model.fields)


def written_models(api: Api) -> Iterator[Model]:
    """Yield the models that the schema declares; a join repeats their rules."""
    return (model for model in api.models if not is_join(model))


def every_rule(model: Model) -> Iterator[AuthRule]:
    """Yield the rules of a model, then those of its fields."""
    yield from model.rules or ()
    for field in model.fields:
        yield from field.rules or ()


def owner_rules(model: Model) -> Iterator[AuthRule]:
    """Yield the rules of the type itself that are for owners."""
    return (rule for rule in model.rules or () if rule.allow is Strategy.OWNER)


def callers(rule: AuthRule, api: Api) -> frozenset[str]:
    """Return the roles of a v2 rule: one, or one a group."""
    sub_owners = api.flag("useSubUsernameForDefaultIdentityClaim", default=True)
    return frozenset(role_names(rule, sub_owners=sub_owners))


def listens(model: Model) -> bool:
    """Whether the model has subscriptions that its rules are asked for."""
    return not model.public_subscriptions and any(
        operation.kind in MUTATION_OF for operation in model.operations
    )
