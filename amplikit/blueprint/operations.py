"""A resolver as data: ordered operations, a tiny expression language, and grants.

The interpreter runs these values, the deploy printer writes them as APPSYNC_JS, and the
access matrix evaluates them with the item unknown; none of them adds a rule of its own.
Order is data: no backend may sort or merge operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.conflicts import AUTOMERGE, ConflictHandler, Resolution

if TYPE_CHECKING:
    from amplikit.blueprint.api import AuthRule, Validation
    from amplikit.blueprint.modes import AuthMode
    from amplikit.blueprint.remote import RemoteCall
    from amplikit.errors import Where

__all__ = [
    "AllOf",
    "AnyOf",
    "Authorize",
    "CallerFilter",
    "Check",
    "CheckSortKey",
    "CheckVersion",
    "Compare",
    "Const",
    "Defaults",
    "DeleteItem",
    "Exists",
    "FieldGuard",
    "First",
    "Function",
    "GetItem",
    "Grant",
    "GroupIs",
    "GroupText",
    "Join",
    "KeyCondition",
    "ListItems",
    "Local",
    "Made",
    "Mark",
    "Operation",
    "Outcome",
    "OwnerIs",
    "OwnerProject",
    "Partial",
    "Pending",
    "Predicate",
    "PutItem",
    "Query",
    "Ref",
    "Remote",
    "Rename",
    "Request",
    "RequireAuth",
    "Resolver",
    "ReturnIf",
    "Scan",
    "Search",
    "SubscriptionFilter",
    "Synced",
    "TableRequest",
    "UpdateItem",
    "Validate",
    "Value",
    "When",
    "Who",
    "Written",
    "waits",
]


# Values and predicates: the only expressions.


@dataclass(frozen=True, slots=True)
class Const:
    """A literal."""

    value: object


@dataclass(frozen=True, slots=True)
class Ref:
    """A dotted path: ``args.input.id``, ``source.id``, ``result.x``, ``values.id``.

    ``values`` are what a write stores: the input over its defaults.
    """

    path: str


@dataclass(frozen=True, slots=True)
class Join:
    """Parts as text with a separator: ``#`` for composite keys, ``::`` for owners."""

    parts: tuple[Value, ...]
    separator: str


@dataclass(frozen=True, slots=True)
class Made:
    """A value made at run time: ``now`` (ISO 8601, milliseconds, Z) or ``uuid``."""

    kind: Literal["now", "uuid"]


@dataclass(frozen=True, slots=True)
class First:
    """The first of several values that is not null."""

    of: tuple[Value, ...]


Value = Const | Ref | Join | Made | First


@dataclass(frozen=True, slots=True)
class Compare:
    """``attribute`` against a value, by an operator of AppSync filters."""

    attribute: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Exists:
    """``attribute_exists`` or, with ``wanted`` false, ``attribute_not_exists``."""

    attribute: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class CallerFilter:
    """The caller's own ``filter`` or ``condition`` argument, merged as it is."""

    path: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds."""

    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All hold; an empty one is no predicate at all."""

    of: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """What an earlier ``Authorize`` of this resolver left to the items to decide."""


Predicate = Compare | Exists | CallerFilter | AnyOf | AllOf | Pending


# Grants: one per @auth rule and provider, already merged.


class Who(StrEnum):
    """Which callers of a mode a grant is for."""

    ANY_OF_MODE = "any"
    GROUPS = "groups"
    SIGNED_IN_ROLE = "auth"
    GUEST_ROLE = "unauth"
    ITEM = "item"
    """Decided by the item: see ``Grant.item``."""
    ADMIN_ROLE = "admin"
    """A role whose ARN contains one of ``names``; no rule applies to it (v2)."""
    IAM_ACCESS = "iam"
    """Any IAM caller that does not come from an identity pool (v2)."""


@dataclass(frozen=True, slots=True)
class OwnerIs:
    """The caller's claim stands in an attribute of the item.

    ``claims`` joined by ``::`` is the value that is stored. With two claims, an item
    that holds only one of them is the caller's too. ``missing_claim`` takes the place
    of an absent claim (v1); None: the grant is skipped (v2).

    ``is_list`` is the declared type. A test of an item goes by what is stored when
    ``as_stored`` (v1); a condition always goes by the declared type.
    """

    attribute: str
    claims: tuple[tuple[str, ...], ...]
    is_list: bool
    missing_claim: str | None
    as_stored: bool = False


class GroupText(StrEnum):
    """What a group claim counts for that is a text instead of a list."""

    IGNORED = "ignored"
    """For nothing (v1, ``cognito:groups``)."""
    PARSED = "parsed"
    """For a JSON list, or else for one group."""
    SEARCHED = "searched"
    """For every group whose name it contains (v2, static groups)."""


@dataclass(frozen=True, slots=True)
class GroupIs:
    """One of the caller's groups stands in an attribute of the item.

    ``is_list`` and ``as_stored``: see ``OwnerIs``.
    """

    attribute: str
    claim: str
    is_list: bool
    as_stored: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do an operation, in one mode; ``where`` is the rule in the schema.

    ``where`` is None for what the configuration grants. ``fields`` None means every
    field; ``null_fields`` are those that may be set to null. ``fill`` says whether an
    absent owner is set to the caller on create. ``names`` are groups or admin roles.
    """

    where: Where | None
    text: str
    mode: AuthMode
    who: Who
    names: tuple[str, ...] = ()
    group_claim: str = "cognito:groups"
    group_text: GroupText = GroupText.PARSED
    item: OwnerIs | GroupIs | None = None
    fields: frozenset[str] | None = None
    null_fields: frozenset[str] | None = None
    fill: bool = False


class When(StrEnum):
    """What an item test reads."""

    REQUEST = "request"
    """Nothing: an undecided grant becomes ``Pending`` (v2 get, list, query)."""
    SEARCH = "search"
    """Nothing, as ``REQUEST``; but an owner needs every claim (v2 search)."""
    INPUT = "input"
    """``args.input``, and then fills in the owner (create)."""
    WRITE = "write"
    """Nothing: undecided grants become the write condition (v1 update, delete)."""
    FETCHED = "fetched"
    """``result`` of this function (v2 update and delete, v1 get)."""
    EACH = "each"
    """Every element of ``result.items``; refused ones are dropped (v1 list, query)."""
    SOURCE = "source"
    """``source`` (field resolvers)."""
    SUBSCRIBE = "subscribe"
    """The owner argument, or else the grant becomes a filter on events."""


class Outcome(StrEnum):
    """What happens where no grant says otherwise."""

    DENY = "deny"
    ALLOW = "allow"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Partial:
    """A grant that falls short of ``fields``, because their own rules leave it out.

    ``where`` is the first of these rules.
    """

    grant: Grant
    fields: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Written:
    """A rule of the schema, and the field that it stands on, if it is on one."""

    rule: AuthRule
    field: str | None = None


# Operations inside a function.


@dataclass(frozen=True, slots=True)
class Authorize:
    """Decide by the grants of ``operation``.

    ``unmatched`` is for a caller whose mode has no grant here (v1: allow).
    ``missing`` is for ``FETCHED`` without an item (v1 get: null).
    ``owner_arguments`` are the owner attributes that an argument may name.
    ``key`` are the fields whose values arguments name under ``REQUEST``, the partition
    key first; ``scans`` says that the partition key may be left out.
    ``fill_when_static``: a caller let in by a static grant becomes the owner, too.
    ``item_cap`` is the ceiling of AppSync's ``#foreach`` under ``EACH``. ``partial``
    decides nothing: it says why a role has no grant (v2's delete needs every field).
    Nor does ``written``: all rules that there are, those without a grant here, too.
    ``model`` names whose rules these are. With ``given`` the check is for inputs that
    hold this field, with ``given_null`` only for those that set it to null (v1).
    """

    model: str
    operation: str
    grants: tuple[Grant, ...]
    when: When
    unmatched: Outcome = Outcome.DENY
    missing: Outcome = Outcome.DENY
    owner_arguments: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()
    scans: bool = False
    fill_when_static: bool = True
    given: str | None = None
    given_null: bool = False
    item_cap: int = 1000
    partial: tuple[Partial, ...] = ()
    written: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class RequireAuth:
    """Deny when no ``Authorize`` ran (a v2 model without ``@auth``).

    ``sandbox`` lets API keys in; ``iam_access`` lets IAM callers in that do not come
    from an identity pool.
    """

    sandbox: bool = False
    iam_access: bool = False


@dataclass(frozen=True, slots=True)
class FieldGuard:
    """Refuse the fields of ``args.input`` that no matching grant covers."""


@dataclass(frozen=True, slots=True)
class Check:
    """Refuse argument ``given`` while one of ``without`` is null; () refuses it."""

    given: str
    without: tuple[str, ...]
    message: str
    error_type: str


@dataclass(frozen=True, slots=True)
class CheckSortKey:
    """Refuse a composite sort-key argument that no query can be made of."""

    key: KeyCondition


@dataclass(frozen=True, slots=True)
class CheckVersion:
    """Take ``argument`` out of the input; the item's ``attribute`` must equal it.

    The condition is ``Pending`` for the write. ``counts``: the input then sets the
    attribute to one more.
    """

    attribute: str
    argument: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Defaults:
    """Fill in values.

    ``to`` is ``input``, ``stash`` (merged under the input), or ``over`` (written over
    what the input says).
    """

    values: tuple[tuple[str, Value], ...]
    to: Literal["input", "stash", "over"]


@dataclass(frozen=True, slots=True)
class CompositeKey:
    """Store parts of an input joined by ``#`` as one attribute.

    ``sees_defaults``: parts may come from ``stash.defaults``. A part that is missing
    while another is given is refused with ``on_partial`` (``{}`` is the part's name).
    """

    attribute: str
    parts: tuple[str, ...]
    sees_defaults: bool
    on_partial: str


@dataclass(frozen=True, slots=True)
class ReturnIf:
    """Answer ``value`` at once when the path is ``equals``.

    None: when it is null or, with ``blank``, an empty text. ``spares_above`` leaves out
    callers whom the configuration let in above all rules.
    """

    path: str
    value: Value
    equals: object = None
    blank: bool = True
    spares_above: bool = False


@dataclass(frozen=True, slots=True)
class OwnerProject:
    """Answer the source's owner without what stands before the last separator."""

    attribute: str
    separator: str = "::"


@dataclass(frozen=True, slots=True)
class Mark:
    """Put a hidden value on the result, or on its items, unless it is null."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Rename:
    """Give fields other names, absent ones becoming null, wherever ``path`` leads.

    ``args.input``; ``result``, which may be a page; ``args.filter`` and
    ``args.condition``, in which only what is there is renamed, at any depth.
    """

    path: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Validate:
    """Refuse an input whose ``field`` is there and fails the validation (v2)."""

    field: str
    validation: Validation


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """Filter events by ``args.filter``, where the pending grants stand, too."""


# Requests: exactly one per function.


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """A sort-key argument such as ``createdAt: {beginsWith: ...}``.

    ``attribute`` is what is stored; ``parts`` name the members of a composite key, in
    order, and are empty for a single sort key.
    """

    attribute: str
    argument: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GetItem:
    """Read one item by its key."""

    table: str
    key: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Read one partition of a table or index.

    ``partition`` pairs attribute and value. ``fixed`` gives the whole sort key by
    equality. ``single`` makes it v2's get: the one item, null when there is none, and
    Unauthorized when it is there but the filter dropped it.
    """

    table: str
    index: str | None
    partition: tuple[str, Value]
    fixed: tuple[str, Value] | None = None
    sort: KeyCondition | None = None
    where: Predicate | None = None
    limit: Value = Const(100)
    descending: Value = Const(value=False)
    next_token: Value = Const(None)
    single: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """Read a table in hash order."""

    table: str
    where: Predicate | None = None
    limit: Value = Const(100)
    next_token: Value = Const(None)


@dataclass(frozen=True, slots=True)
class ListItems:
    """A list field: a query when ``partition`` is given, else a scan."""

    query: Query
    scan: Scan


@dataclass(frozen=True, slots=True)
class PutItem:
    """Write a whole item; ``typename`` is stored with it.

    ``sparse`` are attributes that are left out instead of stored as null: partition
    keys of indexes, where null has no place (v2).
    """

    table: str
    key: tuple[tuple[str, Value], ...]
    condition: Predicate
    typename: str
    sparse: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class UpdateItem:
    """Change the given attributes; null removes one.

    ``null_is_error`` are fields that may not be set to null (v1). ``typename`` is
    stored when set.
    """

    table: str
    key: tuple[tuple[str, Value], ...]
    condition: Predicate
    null_is_error: frozenset[str] = frozenset()
    typename: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteItem:
    """Delete by key and return what was there."""

    table: str
    key: tuple[tuple[str, Value], ...]
    condition: Predicate


@dataclass(frozen=True, slots=True)
class Local:
    """The NONE data source: hands its payload on."""

    payload: Value = Const(None)


@dataclass(frozen=True, slots=True)
class Remote:
    """Ask what lies outside of the tables: a function, an endpoint, an AI service."""

    call: RemoteCall


@dataclass(frozen=True, slots=True)
class Search:
    """The OpenSearch data source: the items of a table, by the query's arguments."""

    table: str


TableRequest = GetItem | Query | Scan | ListItems | PutItem | UpdateItem | DeleteItem


@dataclass(frozen=True, slots=True)
class Synced:
    """A request to a table whose data source detects conflicts.

    It counts versions, keeps deleted items for a while and logs changes; ``request`` is
    None for the query that reads the log. ``handler`` resolves a conflict.
    """

    table: str
    request: TableRequest | None
    handler: ConflictHandler = AUTOMERGE


Operation = (
    Authorize
    | RequireAuth
    | FieldGuard
    | Check
    | CheckSortKey
    | CheckVersion
    | Defaults
    | CompositeKey
    | ReturnIf
    | OwnerProject
    | Mark
    | Rename
    | Validate
    | SubscriptionFilter
)
Request = TableRequest | Search | Synced | Local | Remote


def waits(request: Request) -> bool:
    """Whether a request may have to wait for something outside of the tables."""
    match request:
        case Remote():
            return True
        case Synced(handler=handler):
            return handler.resolution is Resolution.LAMBDA
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Function:
    """One step of a resolver: operations, one request, operations."""

    name: str
    before: tuple[Operation, ...]
    request: Request
    after: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolver:
    """What answers a field, e.g. ``Query.getPost``; one function makes it UNIT."""

    coordinate: str
    functions: tuple[Function, ...]
