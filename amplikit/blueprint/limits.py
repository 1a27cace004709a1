"""What an API allows a query, beyond the quotas that hold for every API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MAX_QUERY_DEPTH", "MAX_RESOLVER_COUNT", "NO_LIMITS", "ApiLimits"]

MAX_QUERY_DEPTH: Final = 75
MAX_RESOLVER_COUNT: Final = 10_000


@dataclass(frozen=True, slots=True)
class ApiLimits:
    """AppSync's three settings, named as CloudFormation names them; 0 is no limit.

    ``query_depth`` counts the levels of fields, scalars too, and ``resolver_count`` the
    resolvers that a request runs. Without ``introspection``, nobody may ask for the
    schema. Source: AppSync developer guide, "Configuring GraphQL run complexity, query
    depth, and introspection".
    """

    query_depth: int = 0
    resolver_count: int = 0
    introspection: bool = True


NO_LIMITS: Final = ApiLimits()
