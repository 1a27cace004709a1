"""What the rules say of a caller, and the record of how they came to say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.grants import groups_of, holds_for_item, owner_identity
from amplikit.blueprint.operations import GroupIs, OwnerIs, Who
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.pitfalls.facts import ConditionFailure, Refusal
from amplikit.emulator.rules import hints
from amplikit.emulator.trace import Decision

if TYPE_CHECKING:
    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.calls import FieldCall
    from amplikit.emulator.run import Run
    from amplikit.errors import Where
    from amplikit.store.interface import Item

__all__ = [
    "Case",
    "Verdict",
    "allow",
    "compared",
    "explain_failed_condition",
    "record",
    "refuse",
    "refuse_hidden",
    "unauthorized",
]


class Verdict(Enum):
    """What the rules say of a caller."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NULL = "null"
    """Answer null without an error: v1's get of an item that is not there."""


@dataclass(frozen=True, slots=True)
class Case:
    """One operation asked by one caller.

    ``grants`` are those of the caller's mode; ``static`` those among them that let the
    caller in without looking at an item.
    """

    operation: Authorize
    run: Run
    grants: tuple[Grant, ...]
    static: tuple[Grant, ...]


def unauthorized(call: FieldCall) -> FieldError:
    """Return what ``util.unauthorized()`` makes of a field.

    Source: the service's field errors; the same text as a directive's refusal.
    """
    message = wire.NOT_AUTHORIZED_FIELD % (call.field, call.parent)
    return FieldError(message, wire.UNAUTHORIZED)


def allow(run: Run, grant: Grant) -> Verdict:
    """Let the caller in by a grant."""
    record(run, "allow", rule=grant.where, values=(compared(grant, run, None),))
    return Verdict.ALLOWED


def refuse(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    item: object,
    *,
    hidden: bool = False,
) -> FieldError:
    """Refuse the caller; ``item`` is what the grants looked at, if anything.

    ``hidden``: there is an item, but a filter has kept it from being seen.
    """
    path = run.call.path
    run.trace.facts.append(Refusal(path, operation, grants, item, run.input, hidden))
    advice = hints.refused(operation, run, grants, item)
    record(
        run,
        "deny",
        rule=advice.rule,
        values=tuple(compared(grant, run, item) for grant in grants),
        hint=advice.hint,
    )
    return unauthorized(run.call)


def refuse_hidden(run: Run, item: Item | None) -> FieldError:
    """Refuse an item that is there, but that the pending grants hide (v2's get)."""
    for operation, grants in run.undecided:
        refuse(operation, run, grants, item, hidden=True)
    return unauthorized(run.call)


def explain_failed_condition(run: Run, item: Item | None) -> None:
    """Record why a write's condition failed: no item, or a rule's check (v1)."""
    caller = run.call.caller
    refused = False
    for operation, grants in run.undecided if item is not None else ():
        holding = next((g for g in grants if holds_for_item(g, caller, item)), None)
        if holding is not None:
            allow(run, holding)
        else:
            refused = True
            refuse(operation, run, grants, item)
    found = item is not None
    run.trace.facts.append(ConditionFailure(run.call.path, found, refused))


def compared(grant: Grant, run: Run, item: object) -> tuple[str, object]:
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


def record(
    run: Run,
    verdict: Literal["allow", "deny"],
    *,
    rule: Where | None = None,
    values: tuple[tuple[str, object], ...] = (),
    hint: str = "",
) -> None:
    """Write a decision into the request's trace."""
    run.trace.decisions.append(
        Decision(run.call.path, "rule", verdict, rule, values, hint)
    )
