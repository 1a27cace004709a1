"""Layer 3: the ``@auth`` rules of one operation against one caller.

Mirrors the authorization steps of both transformers' templates; what differs between
them stands in the operation (``unmatched``, ``missing``, the grants themselves).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, assert_never

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Authorize,
    Grant,
    GroupIs,
    Outcome,
    OwnerIs,
    RequireAuth,
    When,
    Who,
)
from amplikit.emulator import hints
from amplikit.emulator.calls import FieldError
from amplikit.emulator.grants import (
    groups_of,
    holds_for_caller,
    holds_for_item,
    is_group_text,
    item_condition,
    named_values,
    one_of,
    owner_identity,
)
from amplikit.emulator.listen import may_listen
from amplikit.emulator.trace import Decision
from amplikit.identity.caller import Caller, IamCaller
from amplikit.store.conditions import Or

if TYPE_CHECKING:
    from amplikit.emulator.calls import FieldCall
    from amplikit.emulator.run import Run
    from amplikit.errors import Where
    from amplikit.store.interface import AttributeValue, Item

__all__ = [
    "Verdict",
    "authorize",
    "explain_failed_condition",
    "guard_fields",
    "refuse_hidden",
    "require_auth",
    "unauthorized",
]


_PARTITION_AND_SORT = 2


class Verdict(Enum):
    """What the rules say of a caller."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NULL = "null"
    """Answer null without an error: v1's get of an item that is not there."""


def unauthorized(call: FieldCall) -> FieldError:
    """Return what ``util.unauthorized()`` makes of a field.

    Source: the service's field errors; the same text as a directive's refusal.
    """
    return FieldError(
        f"Not Authorized to access {call.field} on type {call.parent}", "Unauthorized"
    )


def authorize(operation: Authorize, run: Run) -> Verdict | FieldError:
    """Decide; a refusal is the error that ends the resolver."""
    if operation.given is not None and not _concerns(operation, run):
        return Verdict.ALLOWED
    run.authorized = True
    if (
        operation.when is When.FETCHED
        and operation.missing is Outcome.NULL
        and run.result is None
    ):
        return Verdict.NULL
    caller = run.call.caller
    grants = tuple(g for g in operation.grants if g.mode is caller.mode)
    if not grants and operation.unmatched is Outcome.ALLOW:
        _record(run, "allow", hint=hints.unprotected(operation, caller))
        return Verdict.ALLOWED
    beside = next((g for g in grants if _above_rules(g) and _in(g, run)), None)
    if beside is not None:
        run.allowed = None
        _record(run, "allow", rule=beside.where, hint=hints.beside_rules(beside))
        return Verdict.ALLOWED
    static = tuple(g for g in grants if _in(g, run))
    decided = _decide(operation, run, grants, static)
    if decided is not Verdict.DENIED:
        return decided
    return _refuse(operation, run, grants, _read_item(operation, run))


def require_auth(operation: RequireAuth, run: Run) -> FieldError | None:
    """Deny when no rule was asked at all (a v2 model without ``@auth``)."""
    caller = run.call.caller
    if run.authorized:
        return None
    if operation.sandbox and caller.mode is AuthMode.API_KEY:
        return None
    if (
        operation.iam_access
        and isinstance(caller, IamCaller)
        and caller.cognito_identity_id is None
    ):
        return None
    _record(run, "deny", hint=hints.WITHOUT_RULES)
    return unauthorized(run.call)


def guard_fields(run: Run) -> FieldError | None:
    """Refuse the fields that no matching grant covers; null needs ``delete``."""
    if run.allowed is None:
        return None
    denied = [name for name in run.input_fields if name not in run.allowed]
    if run.nullable is not None:
        denied += [
            name
            for name in run.input_fields
            if name not in denied
            and run.input.get(name) is None
            and name not in run.nullable
        ]
    if not denied:
        return None
    _record(run, "deny", values=(("fields", denied),), hint=hints.denied_fields(denied))
    return FieldError(f"Unauthorized on [{', '.join(denied)}]", "Unauthorized")


def _decide(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
) -> Verdict:
    match operation.when:
        case When.REQUEST:
            return _by_request(operation, run, grants, static)
        case When.WRITE:
            return _by_condition(operation, run, grants, static)
        case When.INPUT:
            return _by_input(operation, run, grants, static)
        case When.FETCHED | When.SOURCE:
            item = run.result if operation.when is When.FETCHED else run.call.source
            return _by_item(run, grants, static, item)
        case When.EACH:
            return _by_each(operation, run, grants, static)
        case When.SUBSCRIBE:
            if not may_listen(operation, run, grants, authorized=bool(static)):
                return Verdict.DENIED
            first = static or tuple(grant for grant in grants if grant.item)
            return _allow(run, first[0])
        case _:
            assert_never(operation.when)


def _by_request(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
) -> Verdict:
    if static:
        return _allow(run, static[0])
    caller = run.call.caller
    by_key = tuple(g for g in grants if g.item and g.item.attribute in operation.key)
    conditions = [
        (grant, condition)
        for grant in grants
        if grant not in by_key and not _unlisted(grant, caller)
        for condition in [item_condition(grant, caller)]
        if condition is not None
    ]
    narrowed = []
    for grant in by_key:
        mine = named_values(grant, caller)
        asked = _key_argument(grant, run)
        if asked is not None and asked in mine:
            values = ((grant.text, asked),)
            _record(run, "allow", rule=grant.where, values=values)
            return Verdict.ALLOWED
        if asked is None and mine:
            narrowed.append((grant, mine))
    if narrowed and _narrows(operation, run, narrowed, filtered=bool(conditions)):
        return _allow(run, narrowed[-1][0])
    if _may_filter_key(operation, run):
        conditions += [(grant, one_of(grant, mine)) for grant, mine in narrowed]
    if not conditions:
        return Verdict.DENIED
    run.pending = (*run.pending, Or(tuple(one for _, one in conditions)))
    run.undecided = (*run.undecided, (operation, tuple(one for one, _ in conditions)))
    _record(
        run,
        "allow",
        rule=conditions[0][0].where,
        values=tuple(_compared(grant, run, None) for grant, _ in conditions),
        hint=hints.BY_ITEMS,
    )
    return Verdict.ALLOWED


def _narrows(
    operation: Authorize,
    run: Run,
    narrowed: list[tuple[Grant, tuple[str, ...]]],
    *,
    filtered: bool,
) -> bool:
    """Ask for the caller's own items by the sort key, when nothing else filters."""
    if filtered or len(operation.key) != _PARTITION_AND_SORT:
        return False
    partition, sort = operation.key
    if run.arguments.get(partition) is None:
        return False
    for grant, mine in narrowed:
        if grant.item is not None and grant.item.attribute == sort:
            # Of a caller's several values, the templates take the last.
            run.arguments[sort] = {"eq": mine[-1]}
    return True


def _may_filter_key(operation: Authorize, run: Run) -> bool:
    """Whether a filter may read the key: no query may filter on its own."""
    parts_alone = len(operation.key) > _PARTITION_AND_SORT
    scanning = operation.scans and run.arguments.get(operation.key[0]) is None
    return scanning or parts_alone


def _unlisted(grant: Grant, caller: Caller) -> bool:
    """Whether the groups of a list field's filter are a text (v2 goes over a list)."""
    item = grant.item
    return (
        isinstance(item, GroupIs) and item.is_list and is_group_text(caller, item.claim)
    )


def _by_condition(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
) -> Verdict:
    if static:
        return _allow(run, static[0])
    conditions = tuple(
        condition
        for condition in (item_condition(grant, run.call.caller) for grant in grants)
        if condition is not None
    )
    if not conditions:
        return Verdict.DENIED
    run.pending = (*run.pending, Or(conditions))
    run.undecided = (*run.undecided, (operation, grants))
    return Verdict.ALLOWED


def _by_input(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
) -> Verdict:
    run.input_fields = tuple(run.input)
    covering = list(static)
    full = any(grant.fields is None for grant in static)
    for grant in grants:
        if grant.item is None:
            continue
        if not full and holds_for_item(grant, run.call.caller, run.input):
            covering.append(grant)
        full = full or any(one.fields is None for one in covering)
        if _fills(operation, grant, run, by_static=bool(static)):
            covering.append(grant)
            full = full or grant.fields is None
    return _covered(run, covering, checks_null=False)


def _fills(operation: Authorize, grant: Grant, run: Run, *, by_static: bool) -> bool:
    """Write the caller as owner when the input has no such key; null is a key."""
    if not grant.fill or not isinstance(grant.item, OwnerIs):
        return False
    if grant.item.attribute in run.input:
        return False
    if by_static and not operation.fill_when_static:
        return False
    identity = owner_identity(grant.item, run.call.caller)
    if identity is None:
        return False
    stored: AttributeValue = (
        [identity.stored] if grant.item.is_list else identity.stored
    )
    run.input[grant.item.attribute] = stored
    return True


def _by_item(
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
    item: object,
) -> Verdict:
    run.input_fields = tuple(run.input)
    found = item if isinstance(item, dict) else None
    caller = run.call.caller
    covering = [*static, *(g for g in grants if holds_for_item(g, caller, found))]
    return _covered(run, covering, checks_null=True)


def _covered(run: Run, covering: list[Grant], *, checks_null: bool) -> Verdict:
    """Unite what the matching grants cover, or deny when none matches."""
    if not covering:
        return Verdict.DENIED
    whole = [
        grant
        for grant in covering
        if grant.fields is None and (grant.null_fields is None or not checks_null)
    ]
    if whole:
        run.allowed = None
        return _allow(run, whole[0])
    everything = frozenset(run.input_fields)
    run.allowed = frozenset().union(
        *(everything if g.fields is None else g.fields for g in covering)
    )
    if checks_null:
        run.nullable = frozenset().union(
            *(everything if g.null_fields is None else g.null_fields for g in covering)
        )
    return _allow(run, covering[0])


def _by_each(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    static: tuple[Grant, ...],
) -> Verdict:
    if static:
        return _allow(run, static[0])
    page = run.result
    items = page.get("items") if isinstance(page, dict) else None
    if not isinstance(page, dict) or not isinstance(items, list):
        return Verdict.ALLOWED
    caller = run.call.caller
    kept = [
        item
        for item in items[: operation.item_cap]
        if isinstance(item, dict)
        and any(holds_for_item(grant, caller, item) for grant in grants)
    ]
    page["items"] = [*kept]
    run.dropped_by_auth(len(items) - len(kept))
    rule = grants[0] if grants else None
    _record(
        run,
        "allow",
        rule=rule.where if rule else None,
        values=tuple(_compared(grant, run, None) for grant in grants),
        hint=hints.BY_ITEMS,
    )
    return Verdict.ALLOWED


def _read_item(operation: Authorize, run: Run) -> object:
    match operation.when:
        case When.FETCHED:
            return run.result
        case When.INPUT:
            return run.input
        case When.SOURCE:
            return run.call.source
        case _:
            return Verdict.ALLOWED


def _concerns(operation: Authorize, run: Run) -> bool:
    if operation.given not in run.input:
        return False
    return not operation.given_null or run.input[operation.given] is None


def _above_rules(grant: Grant) -> bool:
    return grant.who in {Who.ADMIN_ROLE, Who.IAM_ACCESS}


def _in(grant: Grant, run: Run) -> bool:
    return holds_for_caller(grant, run.call.caller)


def _key_argument(grant: Grant, run: Run) -> object:
    """Return the owner or group that a key argument names."""
    if grant.item is None:
        return None
    asked = run.arguments.get(grant.item.attribute)
    return asked.get("eq", "") if isinstance(asked, dict) else asked


def _allow(run: Run, grant: Grant) -> Verdict:
    _record(run, "allow", rule=grant.where, values=(_compared(grant, run, None),))
    return Verdict.ALLOWED


def refuse_hidden(run: Run, item: Item | None) -> FieldError:
    """Refuse an item that is there, but that the pending grants hide (v2's get)."""
    for operation, grants in run.undecided:
        _refuse(operation, run, grants, item)
    return unauthorized(run.call)


def explain_failed_condition(run: Run, item: Item | None) -> None:
    """Record which check of a failed write condition was a rule's (v1)."""
    caller = run.call.caller
    for operation, grants in run.undecided:
        if item is None:
            continue
        if any(holds_for_item(grant, caller, item) for grant in grants):
            _allow(run, grants[0])
        else:
            _refuse(operation, run, grants, item)


def _refuse(
    operation: Authorize, run: Run, grants: tuple[Grant, ...], item: object
) -> FieldError:
    nearest = grants[0] if grants else next(iter(operation.grants), None)
    _record(
        run,
        "deny",
        rule=nearest.where if nearest else None,
        values=tuple(_compared(grant, run, item) for grant in grants),
        hint=hints.refused(operation, run.call.caller, grants),
    )
    return unauthorized(run.call)


def _compared(grant: Grant, run: Run, item: object) -> tuple[str, object]:
    """Return what a grant looked at: its text, and the two sides of the comparison."""
    caller = run.call.caller
    mine: object
    match grant.item:
        case OwnerIs():
            identity = owner_identity(grant.item, caller)
            mine = identity.stored if identity else None
        case GroupIs():
            mine = list(groups_of(caller, grant.item.claim))
        case None if grant.who is Who.GROUPS:
            mine = list(groups_of(caller, grant.group_claim))
        case _:
            mine = caller.label
    if grant.item is None or not isinstance(item, dict):
        return (grant.text, {"caller": mine})
    stored = item.get(grant.item.attribute)
    return (grant.text, {"caller": mine, grant.item.attribute: stored})


def _record(
    run: Run,
    verdict: Literal["allow", "deny"],
    *,
    rule: Where | None = None,
    values: tuple[tuple[str, object], ...] = (),
    hint: str = "",
) -> None:
    run.trace.decisions.append(
        Decision(run.call.path, "rule", verdict, rule, values, hint)
    )
