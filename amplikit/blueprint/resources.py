"""What must exist, in AWS words: the planner's result."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.limits import NO_LIMITS, ApiLimits

if TYPE_CHECKING:
    from amplikit.blueprint.api import AuthRule, Transformer
    from amplikit.blueprint.modes import AuthConfig
    from amplikit.blueprint.operations import Resolver
    from amplikit.blueprint.remote import DataSourceKind, RemoteCall
    from amplikit.errors import Where

__all__ = [
    "GRAPHQL_ACTION",
    "Attribute",
    "AttributeType",
    "Blueprint",
    "DataSource",
    "FieldRules",
    "PolicyStatement",
    "Role",
    "RoleKind",
    "Table",
    "TableIndex",
    "guest_role",
    "signed_in_role",
]

GRAPHQL_ACTION = "appsync:GraphQL"
"""The one IAM action of AppSync's data plane."""


class AttributeType(StrEnum):
    """DynamoDB's types of key attributes."""

    STRING = "S"
    NUMBER = "N"
    BINARY = "B"


@dataclass(frozen=True, slots=True)
class Attribute:
    """A key attribute."""

    name: str
    type: AttributeType


@dataclass(frozen=True, slots=True)
class TableIndex:
    """A secondary index; ``local`` ones share the table's partition key."""

    name: str
    partition_key: Attribute
    sort_key: Attribute | None
    local: bool = False
    projection: str = "ALL"
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table; ``name`` is the model's."""

    name: str
    partition_key: Attribute
    sort_key: Attribute | None = None
    indexes: tuple[TableIndex, ...] = ()
    ttl: str | None = None

    def index(self, name: str) -> TableIndex | None:
        """Return the index of that name, if there is one."""
        return next((index for index in self.indexes if index.name == name), None)


@dataclass(frozen=True, slots=True)
class DataSource:
    """What answers fields besides the tables; ``call`` is the first use of it."""

    name: str
    kind: DataSourceKind
    call: RemoteCall


class RoleKind(StrEnum):
    """Who may assume a role."""

    IDENTITY_POOL_AUTHENTICATED = "authenticated"
    IDENTITY_POOL_UNAUTHENTICATED = "unauthenticated"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """An IAM statement.

    Resources of this API are written relative to its ARN: ``*``,
    ``types/Query/fields/getPost``, ``types/Post/*``. Anything that starts with
    ``arn:`` is taken as it is. ``where`` is the place in the configuration, if it is
    written there.
    """

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role and what it is granted."""

    name: str
    kind: RoleKind
    policy: tuple[PolicyStatement, ...]


def signed_in_role(api: str) -> str:
    """Return the name of the identity pool's role for users."""
    return f"{api}-authRole"


def guest_role(api: str) -> str:
    """Return the name of the identity pool's role for guests."""
    return f"{api}-unauthRole"


@dataclass(frozen=True, slots=True)
class FieldRules:
    """Where the access to a field or type was written, for explanations only."""

    coordinate: str
    model: str
    operation: str
    rules: tuple[AuthRule, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Everything a backend needs; the same value is run, deployed and explained."""

    name: str
    transformer: Transformer
    auth: AuthConfig
    sdl: str
    tables: tuple[Table, ...]
    resolvers: tuple[Resolver, ...]
    roles: tuple[Role, ...]
    field_rules: tuple[FieldRules, ...]
    admin_role_names: tuple[str, ...] = ()
    iam_access: bool = False
    data_sources: tuple[DataSource, ...] = ()
    limits: ApiLimits = NO_LIMITS

    def table(self, name: str) -> Table:
        """Return the table of that name; the planner guarantees it."""
        return next(table for table in self.tables if table.name == name)
