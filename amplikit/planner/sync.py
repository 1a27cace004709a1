"""Conflict detection: every request goes to a data source that keeps versions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import (
    DeleteItem,
    Function,
    GetItem,
    ListItems,
    Local,
    PutItem,
    Query,
    Remote,
    Resolver,
    Scan,
    Search,
    Synced,
    UpdateItem,
)
from amplikit.planner.reads import read_authorization, resolver

if TYPE_CHECKING:
    from amplikit.blueprint.conflicts import ConflictHandler
    from amplikit.blueprint.operations import Request
    from amplikit.planner.access import Access

__all__ = ["sync_resolver", "synced"]


def sync_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``syncXs``."""
    coordinate, request = f"Query.{field}", Synced(access.model.table, None)
    check = read_authorization(access, RuleOperation.SYNC)
    if access.api.transformer is Transformer.V1:
        return Resolver(coordinate, (Function(field, (), request, check),))
    return resolver(access, coordinate, check, request)


def synced(planned: Resolver, handler: ConflictHandler) -> Resolver:
    """Return a resolver of a synced model, its requests to the table marked.

    Only what writes to a version that it names can meet a conflict.
    """
    functions = tuple(
        replace(one, request=_marked(one.request, handler)) for one in planned.functions
    )
    return replace(planned, functions=functions)


def _marked(request: Request, handler: ConflictHandler) -> Request:
    match request:
        case UpdateItem() | DeleteItem():
            return Synced(request.table, request, handler)
        case GetItem() | Query() | Scan() | PutItem():
            return Synced(request.table, request)
        case ListItems():
            return Synced(request.scan.table, request)
        case Search() | Synced() | Local() | Remote():
            return request
        case _:
            assert_never(request)
