"""Decisions of reads: as a filter before the read (v2), or item by item after (v1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.grants import holds_for_item, is_group_text, named_values
from amplikit.blueprint.operations import GroupIs
from amplikit.emulator.rules import hints
from amplikit.emulator.rules.grants import item_condition, one_of
from amplikit.emulator.rules.verdict import (
    Case,
    Looked,
    Verdict,
    allow,
    record,
    told,
)
from amplikit.store.conditions import Or

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.run import Run
    from amplikit.identity.caller import Caller

__all__ = ["by_each", "by_request", "by_search"]

_PARTITION_AND_SORT = 2


def by_request(case: Case) -> Verdict:
    """Decide before the read; what is left to the items becomes its filter."""
    operation, run, grants = case.operation, case.run, case.grants
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
            named = ((grant.text, asked),)
            record(run, "allow", hints.Advice(grant.where), named, Looked(operation))
            return Verdict.ALLOWED
        if asked is None and mine:
            narrowed.append((grant, mine))
    if narrowed and _narrows(operation, run, narrowed, filtered=bool(conditions)):
        return allow(operation, run, narrowed[-1][0])
    if _may_filter_key(operation, run):
        conditions += [(grant, one_of(grant, mine)) for grant, mine in narrowed]
    if not conditions:
        return Verdict.DENIED
    run.pending = (*run.pending, Or(tuple(one for _, one in conditions)))
    run.undecided = (*run.undecided, (operation, tuple(one for one, _ in conditions)))
    values = tuple(told(grant, run, None) for grant, _ in conditions)
    advice = hints.Advice(conditions[0][0].where, hints.BY_ITEMS)
    record(run, "allow", advice, values, Looked(operation))
    return Verdict.ALLOWED


def by_search(case: Case) -> Verdict:
    """Decide before a search, which finds nothing for an owner who lacks a claim."""
    caller = case.run.call.caller
    known = tuple(grant for grant in case.grants if named_values(grant, caller))
    return by_request(replace(case, grants=known))


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


def _key_argument(grant: Grant, run: Run) -> object:
    """Return the owner or group that a key argument names."""
    if grant.item is None:
        return None
    asked = run.arguments.get(grant.item.attribute)
    return asked.get("eq", "") if isinstance(asked, dict) else asked


def by_each(case: Case) -> Verdict:
    """Drop the items of a page that no grant covers."""
    operation, run, grants = case.operation, case.run, case.grants
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
    values = tuple(told(grant, run, None) for grant in grants)
    advice = hints.Advice(rule.where if rule else None, hints.BY_ITEMS)
    record(run, "allow", advice, values, Looked(operation))
    return Verdict.ALLOWED
