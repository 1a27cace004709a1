"""The search query, which OpenSearch answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import Function, Resolver, Search
from amplikit.planner.reads import read_authorization, resolver

if TYPE_CHECKING:
    from amplikit.planner.access import Access

__all__ = ["search_resolver"]


def search_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``searchXs``."""
    coordinate, request = f"Query.{field}", Search(access.model.table)
    check = read_authorization(access, RuleOperation.SEARCH)
    if access.api.transformer is Transformer.V1:
        return Resolver(coordinate, (Function(field, (), request, check),))
    return resolver(access, coordinate, check, request)
