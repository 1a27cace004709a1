"""Decisions of writes: on the input, on the item that is there, or as a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.grants import holds_for_item, owner_identity
from amplikit.blueprint.operations import OwnerIs
from amplikit.emulator.rules.grants import item_condition
from amplikit.emulator.rules.verdict import Case, Verdict, allow
from amplikit.store.conditions import Or

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue, Item

__all__ = ["by_condition", "by_input", "by_item"]


def by_condition(case: Case) -> Verdict:
    """Leave an owner's or group's check to the write's condition (v1)."""
    operation, run, grants = case.operation, case.run, case.grants
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


def by_input(case: Case) -> Verdict:
    """Decide by the input, and fill in the owner."""
    operation, run = case.operation, case.run
    grants, static = case.grants, case.static
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
    return _covered(operation, run, covering, run.input, checks_null=False)


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


def by_item(case: Case, item: object) -> Verdict:
    """Decide by an item that has been read."""
    run, grants, static = case.run, case.grants, case.static
    run.input_fields = tuple(run.input)
    found = item if isinstance(item, dict) else None
    caller = run.call.caller
    covering = [*static, *(g for g in grants if holds_for_item(g, caller, found))]
    return _covered(case.operation, run, covering, found, checks_null=True)


def _covered(
    operation: Authorize,
    run: Run,
    covering: list[Grant],
    item: Item | None,
    *,
    checks_null: bool,
) -> Verdict:
    """Unite what the matching grants cover, or deny when none matches."""
    if not covering:
        return Verdict.DENIED
    run.covering = item
    whole = [
        grant
        for grant in covering
        if grant.fields is None and (grant.null_fields is None or not checks_null)
    ]
    if whole:
        run.allowed = None
        return allow(operation, run, whole[0], item)
    everything = frozenset(run.input_fields)
    run.allowed = frozenset().union(
        *(everything if g.fields is None else g.fields for g in covering)
    )
    if checks_null:
        run.nullable = frozenset().union(
            *(everything if g.null_fields is None else g.null_fields for g in covering)
        )
    return allow(operation, run, covering[0], item)
