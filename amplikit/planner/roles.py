"""What the identity pool's roles, and the project's own, are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import (
    Provider,
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.operation_kinds import ROOT_OF, RULE_OPERATION_OF
from amplikit.blueprint.resources import (
    GRAPHQL_ACTION,
    PolicyStatement,
    Role,
    RoleKind,
    guest_role,
    signed_in_role,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model
    from amplikit.blueprint.config import Config

__all__ = ["roles", "root_fields"]

_IAM = frozenset({Provider.IAM, Provider.IDENTITY_POOL})


def roles(api: Api, config: Config) -> tuple[Role, ...]:
    """Return the signed-in and guest roles of the identity pool, then the project's.

    A ``public`` rule with IAM opens its fields to signed-in callers' policy, too.
    Source: AuthRolePolicy and UnauthRolePolicy of the transformers' output.
    """
    signed_in = _statement(api, frozenset({Strategy.PRIVATE, Strategy.PUBLIC}))
    guest = _statement(api, frozenset({Strategy.PUBLIC}))
    return (
        Role(
            signed_in_role(config.name), RoleKind.IDENTITY_POOL_AUTHENTICATED, signed_in
        ),
        Role(guest_role(config.name), RoleKind.IDENTITY_POOL_UNAUTHENTICATED, guest),
        *(Role(role.name, RoleKind.FUNCTION, role.statements) for role in config.roles),
    )


def root_fields(model: Model) -> Iterator[tuple[str, RuleOperation]]:
    """Return every root field of a model with the operation that rules know it by."""
    for operation in model.operations:
        coordinate = f"{ROOT_OF[operation.kind]}.{operation.field}"
        yield coordinate, RULE_OPERATION_OF[operation.kind]
    for index in model.indexes:
        if index.query_field is not None:
            yield f"Query.{index.query_field}", RuleOperation.LIST


def _statement(
    api: Api, strategies: frozenset[Strategy]
) -> tuple[PolicyStatement, ...]:
    resources = [
        resource
        for model in api.models
        for resource in _resources(api, model, strategies)
    ]
    resources += [
        f"types/{field.type_name}/fields/{field.name}"
        for field in api.custom_fields
        if any(
            rule.provider in _IAM and rule.allow in strategies
            for rule in field.rules or ()
        )
    ]
    if not resources:
        return ()
    return (PolicyStatement("Allow", (GRAPHQL_ACTION,), tuple(resources)),)


def _resources(
    api: Api, model: Model, strategies: frozenset[Strategy]
) -> Iterator[str]:
    def opens(rule: AuthRule) -> bool:
        return rule.provider in _IAM and rule.allow in strategies

    rules = [rule for rule in model.rules or () if opens(rule)]
    if not rules:
        return
    yield f"types/{model.name}/*"
    for coordinate, operation in root_fields(model):
        # v2 grants every operation as soon as one rule names IAM.
        everything = api.transformer is Transformer.V2
        if everything or any(operation in rule.operations for rule in rules):
            parent, _, field = coordinate.partition(".")
            yield f"types/{parent}/fields/{field}"
