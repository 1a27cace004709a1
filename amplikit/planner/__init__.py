"""From what was meant to what must exist: ``plan(api, config)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.api import OperationKind, Transformer
from amplikit.blueprint.resources import Blueprint, FieldRules
from amplikit.planner.access import Access
from amplikit.planner.fields import field_resolvers
from amplikit.planner.reads import get_resolver, index_resolver, list_resolver
from amplikit.planner.relations import relation_resolver
from amplikit.planner.remote import custom_resolver, data_sources
from amplikit.planner.roles import roles, root_fields
from amplikit.planner.search import search_resolver
from amplikit.planner.subscriptions import subscription_resolver
from amplikit.planner.sync import sync_resolver, synced
from amplikit.planner.tables import change_log, table
from amplikit.planner.writes import (
    create_resolver,
    delete_resolver,
    update_resolver,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, ModelOperation
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.operations import Resolver
    from amplikit.blueprint.resources import Table

__all__ = ["plan"]


def plan(api: Api, config: Config) -> Blueprint:
    """Return the blueprint of a schema under a configuration."""
    access = {model.name: Access(api, config, model) for model in api.models}
    return Blueprint(
        name=config.name,
        transformer=api.transformer,
        auth=api.auth,
        sdl=api.sdl,
        tables=tuple(_tables(api)),
        resolvers=(
            *(
                synced(resolver, config.conflicts.handler(model.name))
                if model.synced
                else resolver
                for model in api.models
                for resolver in _resolvers(access[model.name], access)
            ),
            *(custom_resolver(api, config, field) for field in api.custom_fields),
        ),
        roles=roles(api, config),
        field_rules=(
            *(
                rules
                for model in api.models
                for rules in _field_rules(access[model.name])
            ),
            *(
                FieldRules(
                    field.coordinate, field.type_name, "call", field.rules, field.where
                )
                for field in api.custom_fields
                if field.rules is not None
            ),
        ),
        admin_role_names=config.admin_role_names,
        iam_access=config.iam_access,
        data_sources=tuple(data_sources(api)),
        limits=config.limits,
    )


def _tables(api: Api) -> Iterator[Table]:
    yield from map(table, api.models)
    second = api.transformer is Transformer.V2
    if any(model.synced for model in api.models) or (
        second and dict(api.flags).get("ResolverConfig")
    ):
        yield change_log()


def _resolvers(access: Access, others: dict[str, Access]) -> Iterator[Resolver]:
    for operation in access.model.operations:
        resolver = _operation(access, operation)
        if resolver is not None:
            yield resolver
    for index in access.model.indexes:
        if index.query_field is not None:
            yield index_resolver(access, index, index.query_field)
    for field in access.model.fields:
        if field.relation is not None:
            child = others[field.relation.target]
            yield relation_resolver(access, child, field, field.relation)
    yield from field_resolvers(access)


def _operation(access: Access, operation: ModelOperation) -> Resolver | None:
    match operation.kind:
        case OperationKind.GET:
            return get_resolver(access, operation.field)
        case OperationKind.LIST:
            return list_resolver(access, operation.field)
        case OperationKind.CREATE:
            return create_resolver(access, operation.field)
        case OperationKind.UPDATE:
            return update_resolver(access, operation.field)
        case OperationKind.DELETE:
            return delete_resolver(access, operation.field)
        case (
            OperationKind.ON_CREATE | OperationKind.ON_UPDATE | OperationKind.ON_DELETE
        ):
            return subscription_resolver(access, operation.field)
        case OperationKind.SYNC:
            return sync_resolver(access, operation.field)
        case OperationKind.SEARCH:
            return search_resolver(access, operation.field)
        case _:
            assert_never(operation.kind)


def _field_rules(access: Access) -> Iterator[FieldRules]:
    model = access.model
    rules = model.rules or ()
    for coordinate, operation in root_fields(model):
        yield FieldRules(coordinate, model.name, operation.value, rules, model.where)
    yield FieldRules(model.name, model.name, "read", rules, model.where)
