"""What the identity pool's roles, and the project's own, are granted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import (
    OperationKind,
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
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.api import Api, AuthRule, Model
    from amplikit.blueprint.config import Config

__all__ = ["roles", "root_fields"]

# By which operation of a field's rule v1 opens a root field, and which resolver it
# looks for: that of the update where it protects the delete.
_BY_FIELD = {
    OperationKind.GET: (RuleOperation.LISTEN, OperationKind.GET),
    OperationKind.LIST: (RuleOperation.LISTEN, OperationKind.LIST),
    OperationKind.CREATE: (RuleOperation.CREATE, OperationKind.CREATE),
    OperationKind.UPDATE: (RuleOperation.UPDATE, OperationKind.UPDATE),
    OperationKind.DELETE: (RuleOperation.DELETE, OperationKind.UPDATE),
}
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
    """Return the one statement of a role: nothing unless some rule is for it."""
    opened = {
        resource: None
        for model in api.models
        for resource in _of_model(api, model, strategies)
    }
    for field in api.ruled_fields:
        if _for_pool(field.rules, strategies):
            opened[f"types/{field.type_name}/fields/{field.name}"] = None
    if not opened:
        return ()
    # These are given to both roles, whether the model's rules are for them or not.
    opened |= dict.fromkeys(f"types/{name}/*" for name in api.open_types)
    return (PolicyStatement("Allow", (GRAPHQL_ACTION,), tuple(opened)),)


def _for_pool(
    rules: Iterable[AuthRule], strategies: frozenset[Strategy]
) -> tuple[AuthRule, ...]:
    return tuple(
        rule for rule in rules if rule.provider in _IAM and rule.allow in strategies
    )


def _of_model(api: Api, model: Model, strategies: frozenset[Strategy]) -> Iterator[str]:
    rules = _for_pool(model.rules or (), strategies)
    if rules:
        yield f"types/{model.name}/*"
    ruled = [
        (field, field.rules)
        for field in model.fields
        if field.rules and _for_pool(field.rules, strategies)
    ]
    for field, _ in ruled:
        yield f"types/{model.name}/fields/{field.name}"
    if api.transformer is Transformer.V2:
        # Every operation, as soon as one rule names IAM.
        opened = {one for one, _ in root_fields(model)} if rules or ruled else set()
    else:
        opened = _opened_by_model(model, rules)
        for _, found in ruled:
            opened |= _opened_by_field(api, model, found, strategies)
    for coordinate, operation in root_fields(model):
        listens = operation is RuleOperation.LISTEN
        if coordinate in opened and not (listens and model.public_subscriptions):
            parent, _, name = coordinate.partition(".")
            yield f"types/{parent}/fields/{name}"


def _opened_by_model(model: Model, rules: tuple[AuthRule, ...]) -> set[str]:
    """Return the root fields that a v1 model's rules name."""
    allowed = frozenset[RuleOperation]().union(*(rule.operations for rule in rules))
    lists = any(one.kind is OperationKind.LIST for one in model.operations)
    opened = set()
    for coordinate, operation in root_fields(model):
        indexed = operation is RuleOperation.LIST and coordinate not in _listed(model)
        # An index is read by rules that were written with `read`.
        needed = RuleOperation.LISTEN if indexed else operation
        if needed in allowed and (lists or not indexed):
            opened.add(coordinate)
    return opened


def _listed(model: Model) -> tuple[str, ...]:
    kinds = [one for one in model.operations if one.kind is OperationKind.LIST]
    return tuple(f"Query.{one.field}" for one in kinds)


def _opened_by_field(
    api: Api,
    model: Model,
    rules: tuple[AuthRule, ...],
    strategies: frozenset[Strategy],
) -> set[str]:
    """Return the root fields that the rules of a v1 model's field name."""
    made = {operation.kind: operation.field for operation in model.operations}
    opened = set()
    for kind in _BY_FIELD.keys() & made.keys():
        needed, resolver = _BY_FIELD[kind]
        naming = [rule for rule in rules if needed in rule.operations]
        # A create is opened only where the rules change the modes that are let in.
        unchanged = all(MODE_OF[rule.provider] is api.auth.default for rule in naming)
        if (
            _for_pool(naming, strategies)
            and resolver in made
            and not (kind is OperationKind.CREATE and unchanged)
        ):
            opened.add(f"{ROOT_OF[kind]}.{made[kind]}")
    return opened
