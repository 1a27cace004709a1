"""get, list and index queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import (
    AllOf,
    Authorize,
    CallerFilter,
    Const,
    First,
    Function,
    GetItem,
    ListItems,
    Outcome,
    Pending,
    Predicate,
    Query,
    Ref,
    Resolver,
    Scan,
    When,
)
from amplikit.planner.keys import (
    composite_checks,
    key_values,
    sort_checks,
    sort_condition,
)
from amplikit.planner.renames import rename_asked, rename_result

if TYPE_CHECKING:
    from amplikit.blueprint.api import Index, Model
    from amplikit.blueprint.operations import Operation, Request, Value
    from amplikit.planner.access import Access

__all__ = [
    "DEFAULT_LIMIT",
    "NEXT_TOKEN",
    "get_resolver",
    "index_resolver",
    "list_resolver",
    "page_limit",
    "read_authorization",
    "resolver",
    "user_filter",
]

DEFAULT_LIMIT = 100
"""Items read when no limit is given. Source: every list template, both transformers."""

NEXT_TOKEN = Ref("args.nextToken")


def get_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``getX``."""
    model = access.model
    if access.api.transformer is Transformer.V1:
        request: Request = GetItem(model.table, key_values(model, "args"))
        after = read_authorization(access, RuleOperation.GET)
        return Resolver(f"Query.{field}", (Function(field, (), request, after),))
    partition, *rest = key_values(model, "args")
    request = Query(
        model.table,
        index=None,
        partition=partition,
        fixed=rest[0] if rest else None,
        where=Pending(),
        limit=Const(None),
        single=True,
    )
    before = read_authorization(access, RuleOperation.GET, key=model.key)
    return resolver(access, f"Query.{field}", before, request, renames=True)


def list_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``listXs``: a scan, or a query when the key is given."""
    model = access.model
    where = user_filter(access)
    scan = Scan(model.table, where, page_limit(), NEXT_TOKEN)
    request: Request = scan
    checks: tuple[Operation, ...] = ()
    if model.custom_key:
        checks = (
            *sort_checks(model.key, listing=True),
            *composite_checks(model, model.key),
        )
        request = ListItems(_query(model, None, model.key, where), scan)
    coordinate = f"Query.{field}"
    if access.api.transformer is Transformer.V1:
        after = read_authorization(access, RuleOperation.LIST)
        return Resolver(coordinate, (Function(field, checks, request, after),))
    before = read_authorization(access, RuleOperation.LIST, key=model.key, scans=True)
    return resolver(access, coordinate, (*checks, *before), request, renames=True)


def index_resolver(access: Access, index: Index, field: str) -> Resolver:
    """Return the resolver of an index's query field."""
    model = access.model
    request = _query(model, index.name, index.fields, user_filter(access))
    checks: tuple[Operation, ...] = (
        *sort_checks(index.fields, listing=False),
        *composite_checks(model, index.fields),
    )
    coordinate = f"Query.{field}"
    if access.api.transformer is Transformer.V1:
        after = read_authorization(access, RuleOperation.LIST)
        return Resolver(coordinate, (Function(field, checks, request, after),))
    before = read_authorization(access, RuleOperation.LIST, key=index.fields)
    return resolver(access, coordinate, before, request, checks=checks)


def resolver(
    access: Access,
    coordinate: str,
    authorization: tuple[Operation, ...],
    request: Request,
    *,
    checks: tuple[Operation, ...] = (),
    renames: bool = False,
) -> Resolver:
    """Return a v2 pipeline: authorize, require that it happened, then the data.

    ``renames``: what is stored under an old name is found and shown (not by indexes).
    """
    asked = rename_asked(access) if renames else ()
    before = (*authorization, access.required(), *checks, *asked)
    name = coordinate.partition(".")[2]
    after = rename_result(access) if renames else ()
    return Resolver(coordinate, (Function(name, before, request, after),))


def read_authorization(
    access: Access,
    operation: RuleOperation,
    *,
    key: tuple[str, ...] = (),
    scans: bool = False,
    single: bool | None = None,
) -> tuple[Operation, ...]:
    """Return the check of a read: v1 after the fetch, v2 as a filter before it.

    ``single`` says whether one item or a page is read; by default ``get`` reads one.
    ``key`` and ``scans``: see ``Authorize``.
    """
    if not access.protected:
        return ()
    one = operation is RuleOperation.GET if single is None else single
    first = access.api.transformer is Transformer.V1
    return (
        Authorize(
            model=access.model.name,
            operation=operation.value,
            grants=access.grants(operation),
            when=_when(access, operation, one=one),
            unmatched=Outcome.ALLOW if first else Outcome.DENY,
            missing=Outcome.NULL if first else Outcome.DENY,
            key=key,
            scans=scans,
            written=access.written,
        ),
    )


def _when(access: Access, operation: RuleOperation, *, one: bool) -> When:
    if access.api.transformer is Transformer.V1:
        return When.FETCHED if one else When.EACH
    return When.SEARCH if operation is RuleOperation.SEARCH else When.REQUEST


def user_filter(access: Access) -> Predicate:
    """Return the filter of a page: the caller's, and v2's pending grants."""
    asked = CallerFilter("args.filter")
    if access.api.transformer is Transformer.V1:
        return asked
    return AllOf((Pending(), asked))


def page_limit(limit: int = DEFAULT_LIMIT) -> Value:
    """Return how many items a page reads: what the caller says, or the default."""
    return First((Ref("args.limit"), Const(limit)))


def _query(
    model: Model, index: str | None, fields: tuple[str, ...], where: Predicate
) -> Query:
    return Query(
        model.table,
        index=index,
        partition=(fields[0], Ref(f"args.{fields[0]}")),
        sort=sort_condition(model, fields[1:]),
        where=where,
        descending=Ref("args.sortDirection"),
        limit=page_limit(),
        next_token=NEXT_TOKEN,
    )
