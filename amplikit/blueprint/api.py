"""What the developer meant, in GraphQL words: the compiler's result.

Everything implicit is spelled out here (default keys, timestamps, owner fields, names
of operations), so that whoever reads an ``Api`` never looks at a directive again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.blueprint.modes import AuthConfig, AuthMode
    from amplikit.blueprint.remote import RemoteCall
    from amplikit.errors import Where

__all__ = [
    "Api",
    "AuthRule",
    "CustomField",
    "Field",
    "Index",
    "Model",
    "ModelOperation",
    "OperationKind",
    "Provider",
    "Relation",
    "RuleOperation",
    "RuledField",
    "Strategy",
    "Transformer",
    "TypeRef",
    "Validation",
    "ValidationKind",
    "Version",
]


class Transformer(StrEnum):
    """The two published Amplify GraphQL transformers."""

    V1 = "v1"
    V2 = "v2"


class Strategy(StrEnum):
    """``allow:`` of an ``@auth`` rule."""

    OWNER = "owner"
    GROUPS = "groups"
    PRIVATE = "private"
    PUBLIC = "public"
    CUSTOM = "custom"


class Provider(StrEnum):
    """``provider:`` of an ``@auth`` rule."""

    API_KEY = "apiKey"
    IAM = "iam"
    IDENTITY_POOL = "identityPool"
    USER_POOLS = "userPools"
    OIDC = "oidc"
    FUNCTION = "function"


class RuleOperation(StrEnum):
    """What a rule may allow; ``read`` is written out by the compiler."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    GET = "get"
    LIST = "list"
    LISTEN = "listen"
    SYNC = "sync"
    SEARCH = "search"


class OperationKind(StrEnum):
    """The generated operations of a model."""

    GET = "get"
    LIST = "list"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ON_CREATE = "onCreate"
    ON_UPDATE = "onUpdate"
    ON_DELETE = "onDelete"
    SYNC = "sync"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class AuthRule:
    """One ``@auth`` rule with its defaults filled in.

    v1's index queries and relations are guarded by rules that were written with
    ``read``: those have all five read operations. The old argument ``queries`` gives
    GET and LIST alone. ``groups_field`` is None unless the rule is for dynamic groups.
    ``provider_written``: the schema names it, else the strategy has decided.
    """

    allow: Strategy
    provider: Provider
    operations: frozenset[RuleOperation]
    where: Where
    text: str
    owner_field: str = "owner"
    identity_claim: str | None = None
    groups: tuple[str, ...] = ()
    groups_field: str | None = None
    group_claim: str = "cognito:groups"
    provider_written: bool = True


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A field's type; ``text`` is its GraphQL spelling, ``name`` the innermost name."""

    name: str
    text: str
    is_list: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """How a field finds the items of another model.

    ``keys`` pairs an attribute of the target's key (or index) with the attribute of the
    source item that holds its value, partition key first. ``sort_field`` is the free
    sort key, which the field then takes as an argument; one of several fields is
    written as it is stored, ``status#createdAt``. ``index`` None is the table's key.
    """

    target: str
    many: bool
    keys: tuple[tuple[str, str], ...]
    index: str | None = None
    sort_field: str | None = None
    limit: int = 100


class ValidationKind(StrEnum):
    """``type:`` of ``@validate``."""

    GT = "gt"
    LT = "lt"
    GTE = "gte"
    LTE = "lte"
    MIN_LENGTH = "minLength"
    MAX_LENGTH = "maxLength"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class Validation:
    """What a field must be in the input of a create or update, and else the error."""

    kind: ValidationKind
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model's item.

    ``declared`` is false for what the transformer adds (id, timestamps, owner, foreign
    keys); ``hidden`` fields are stored and accepted in inputs but not on the type.
    ``rules`` is None without field-level ``@auth``. ``default`` is the text of a value
    that a create stores when it is given none. ``stored_as`` is the attribute's name
    where it is another than the field's. ``calls`` are what answers the field instead
    of the item, each given what the one before it answered.
    """

    name: str
    type: TypeRef
    where: Where
    declared: bool = True
    hidden: bool = False
    rules: tuple[AuthRule, ...] | None = None
    relation: Relation | None = None
    default: str | None = None
    validations: tuple[Validation, ...] = ()
    stored_as: str | None = None
    calls: tuple[RemoteCall, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field of a type that is no model, mostly a root type, with its calls.

    ``rules`` is None without ``@auth``.
    """

    type_name: str
    name: str
    calls: tuple[RemoteCall, ...]
    where: Where
    rules: tuple[AuthRule, ...] | None = None

    @property
    def coordinate(self) -> str:
        """Where it stands, e.g. ``Query.me``."""
        return f"{self.type_name}.{self.name}"


@dataclass(frozen=True, slots=True)
class RuledField:
    """A field of a type that is no model, with the rules that stand on it."""

    type_name: str
    name: str
    rules: tuple[AuthRule, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index, with the query field that reads it, if any.

    ``made``: a relation has made it, the schema does not declare it.
    """

    name: str
    fields: tuple[str, ...]
    where: Where
    query_field: str | None = None
    local: bool = False
    projection: str = "ALL"
    include: tuple[str, ...] = ()
    made: bool = False


@dataclass(frozen=True, slots=True)
class ModelOperation:
    """A generated root field, e.g. ``get`` as ``getPost``."""

    kind: OperationKind
    field: str


@dataclass(frozen=True, slots=True)
class Version:
    """The field that counts an item's updates, and the input that must equal it."""

    field: str
    argument: str


@dataclass(frozen=True, slots=True)
class Model:
    """One ``@model`` type. ``rules`` is None when the type has no ``@auth``.

    ``stored_as`` is the table's name where it is another than the model's. ``version``
    is v1's ``@versioned``. ``synced``: conflict detection is on, so the data source
    counts versions, keeps deleted items for a while and logs changes.
    """

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    where: Where
    indexes: tuple[Index, ...] = ()
    operations: tuple[ModelOperation, ...] = ()
    rules: tuple[AuthRule, ...] | None = None
    created_at: str | None = "createdAt"
    updated_at: str | None = "updatedAt"
    custom_key: bool = False
    public_subscriptions: bool = False
    stored_as: str | None = None
    version: Version | None = None
    synced: bool = False
    modes: tuple[AuthMode, ...] = ()

    @property
    def table(self) -> str:
        """The name of the table that holds the items."""
        return self.stored_as or self.name

    def field(self, name: str) -> Field | None:
        """Return the field of that name, if there is one."""
        return next((field for field in self.fields if field.name == name), None)

    def key_type(self, name: str) -> str:
        """Return the type of a field of a key: ``ID`` where nobody has declared it."""
        field = self.field(name)
        return field.type.name if field else "ID"


@dataclass(frozen=True, slots=True)
class Api:
    """A whole schema as it was meant; ``sdl`` is what AppSync would be given.

    ``open_types`` are those without a model that a model leads to and that both roles
    of the identity pool may therefore read, whoever the model's rules are for.
    """

    transformer: Transformer
    auth: AuthConfig
    models: tuple[Model, ...]
    sdl: str
    enums: frozenset[str] = frozenset()
    flags: tuple[tuple[str, bool], ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    ruled_fields: tuple[RuledField, ...] = ()
    open_types: tuple[str, ...] = ()

    def model(self, name: str) -> Model | None:
        """Return the model of that name, if there is one."""
        return next((model for model in self.models if model.name == name), None)

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a feature flag's value, or Amplify's default for it."""
        return dict(self.flags).get(name, default)
