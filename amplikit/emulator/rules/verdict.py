"""What the rules say of a caller, and the record of how they came to say it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from amplikit.blueprint.denials import ByRule, Denial
from amplikit.blueprint.grants import holds_for_item
from amplikit.blueprint.operations import When
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.pitfalls.facts import ConditionFailure, Refusal
from amplikit.emulator.rules import hints
from amplikit.emulator.rules.considered import compared, considered
from amplikit.emulator.trace import Considered, Decision

if TYPE_CHECKING:
    from amplikit.blueprint.denials import Cause
    from amplikit.blueprint.operations import Authorize, Grant
    from amplikit.emulator.calls import FieldCall
    from amplikit.emulator.rules.hints import Advice
    from amplikit.emulator.run import Run
    from amplikit.store.interface import Item

__all__ = [
    "Case",
    "Looked",
    "Verdict",
    "allow",
    "explain_failed_condition",
    "explain_passed_condition",
    "record",
    "refuse",
    "refuse_hidden",
    "told",
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


@dataclass(frozen=True, slots=True)
class Looked:
    """A check, and what its grants looked at, if at anything."""

    check: Authorize
    item: object = None


def unauthorized(call: FieldCall) -> FieldError:
    """Return what ``util.unauthorized()`` makes of a field.

    Source: the service's field errors; the same text as a directive's refusal.
    """
    message = wire.NOT_AUTHORIZED_FIELD % (call.field, call.parent)
    return FieldError(message, wire.UNAUTHORIZED)


def allow(operation: Authorize, run: Run, grant: Grant, item: object = None) -> Verdict:
    """Let the caller in by a grant; ``item`` is what it looked at, if anything."""
    values = (told(grant, run, item),)
    looked = Looked(operation, item)
    record(run, "allow", hints.Advice(grant.where), values, looked)
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
    found = item if isinstance(item, dict) else None
    wanted = operation.when is When.FETCHED or hidden
    absent = wanted and found is None and any(grant.item for grant in grants)
    values = tuple(told(grant, run, item) for grant in grants)
    cause = ByRule(operation, found, absent=absent)
    record(run, "deny", advice, values, Looked(operation, item), cause)
    return unauthorized(run.call)


def refuse_hidden(run: Run, item: Item | None) -> FieldError:
    """Refuse an item that is there, but that the pending grants hide (v2's get)."""
    for operation, grants in run.undecided:
        refuse(operation, run, grants, item, hidden=True)
    return unauthorized(run.call)


def explain_passed_condition(run: Run, item: Item | None) -> None:
    """Record which rules let a write's condition hold (v1), for the item before it."""
    caller = run.call.caller
    for operation, grants in run.undecided:
        holding = next((g for g in grants if holds_for_item(g, caller, item)), None)
        if holding is not None:
            allow(operation, run, holding, item)


def explain_failed_condition(run: Run, item: Item | None) -> None:
    """Record why a write's condition failed: no item, or a rule's check (v1)."""
    caller = run.call.caller
    refused = False
    for operation, grants in run.undecided if item is not None else ():
        holding = next((g for g in grants if holds_for_item(g, caller, item)), None)
        if holding is not None:
            allow(operation, run, holding, item)
        else:
            refused = True
            refuse(operation, run, grants, item)
    found = item is not None
    run.trace.facts.append(ConditionFailure(run.call.path, found, refused))


def told(grant: Grant, run: Run, item: object) -> tuple[str, object]:
    """Return what a grant looked at: its text, and the two sides of the comparison."""
    return (grant.text, dict(compared(grant, run.call.caller, item)))


def record(
    run: Run,
    verdict: Literal["allow", "deny"],
    advice: Advice,
    values: tuple[tuple[str, object], ...] = (),
    looked: Looked | None = None,
    cause: Cause | None = None,
) -> None:
    """Write a decision into the request's trace.

    ``looked``: who has decided, and by what; ``cause`` is that of a refusal.
    """
    call = run.call
    rules: tuple[Considered, ...] = ()
    if looked is not None and run.trace.explained:
        rules = tuple(considered(looked.check, call.caller, looked.item))
    denial = None
    if cause is not None:
        denial = Denial(f"{call.parent}.{call.field}", call.caller, cause)
    rule, hint = advice.rule, advice.hint
    run.trace.decisions.append(
        Decision(call.path, "rule", verdict, rule, values, hint, rules, denial)
    )
