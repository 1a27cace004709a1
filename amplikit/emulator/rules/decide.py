"""Layer 3: the ``@auth`` rules of one operation against one caller.

Mirrors the authorization steps of both transformers' templates; what differs between
them stands in the operation (``unmatched``, ``missing``, the grants themselves).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.denials import ByField, Unruled
from amplikit.blueprint.grants import (
    above_rules,
    holds_for_caller,
    passes_without_rules,
)
from amplikit.blueprint.operations import (
    Authorize,
    Grant,
    Outcome,
    RequireAuth,
    When,
)
from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.pitfalls.facts import FieldsRefused, Listening
from amplikit.emulator.rules import hints
from amplikit.emulator.rules.listen import may_listen
from amplikit.emulator.rules.reads import by_each, by_request, by_search
from amplikit.emulator.rules.verdict import (
    Case,
    Looked,
    Verdict,
    allow,
    record,
    refuse,
    unauthorized,
)
from amplikit.emulator.rules.writes import by_condition, by_input, by_item

if TYPE_CHECKING:
    from amplikit.emulator.run import Run
    from amplikit.errors import Where

__all__ = ["authorize", "guard_fields", "require_auth"]

_BY_STATIC_ALONE = frozenset({When.REQUEST, When.SEARCH, When.WRITE, When.EACH})
"""Where a static grant leaves nothing to look at."""


def authorize(operation: Authorize, run: Run) -> Verdict | FieldError:
    """Decide; a refusal is the error that ends the resolver."""
    if operation.given is not None and not _concerns(operation, run):
        return Verdict.ALLOWED
    run.authorized = True
    if operation.given is None:
        run.rules = operation
    if (
        operation.when is When.FETCHED
        and operation.missing is Outcome.NULL
        and run.result is None
    ):
        return Verdict.NULL
    caller = run.call.caller
    grants = tuple(g for g in operation.grants if g.mode is caller.mode)
    if not grants and operation.unmatched is Outcome.ALLOW:
        advice = hints.Advice(None, hints.unprotected(operation, caller))
        record(run, "allow", advice, looked=Looked(operation))
        return Verdict.ALLOWED
    beside = next((g for g in grants if above_rules(g) and _in(g, run)), None)
    if beside is not None:
        run.allowed = None
        run.above_rules = True
        advice = hints.Advice(beside.where, hints.beside_rules(beside))
        record(run, "allow", advice, looked=Looked(operation))
        return Verdict.ALLOWED
    static = tuple(g for g in grants if _in(g, run))
    decided = _decide(Case(operation, run, grants, static))
    if decided is not Verdict.DENIED:
        return decided
    return refuse(operation, run, grants, _read_item(operation, run))


def require_auth(operation: RequireAuth, run: Run) -> FieldError | None:
    """Deny when no rule was asked at all (a v2 model without ``@auth``)."""
    if run.authorized or passes_without_rules(operation, run.call.caller):
        return None
    record(run, "deny", hints.Advice(None, hints.WITHOUT_RULES), cause=Unruled())
    return unauthorized(run.call)


def guard_fields(run: Run) -> FieldError | None:
    """Refuse the fields that no matching grant covers; null needs ``delete``."""
    if run.allowed is None:
        return None
    denied = [name for name in run.input_fields if name not in run.allowed]
    nulls: list[str] = []
    if run.nullable is not None:
        nulls = [
            name
            for name in run.input_fields
            if name not in denied
            and run.input.get(name) is None
            and name not in run.nullable
        ]
        denied += nulls
    if not denied:
        return None
    run.trace.facts.append(FieldsRefused(run.call.path, tuple(nulls)))
    advice = hints.Advice(_admitting(run), hints.denied_fields(denied))
    looked = Looked(run.rules, run.covering) if run.rules else None
    cause = ByField(run.rules, tuple(denied), tuple(nulls), run.covering)
    record(run, "deny", advice, (("fields", denied),), looked, cause)
    return FieldError(f"Unauthorized on [{', '.join(denied)}]", wire.UNAUTHORIZED)


def _decide(case: Case) -> Verdict:
    when, static = case.operation.when, case.static
    if static and when in _BY_STATIC_ALONE:
        return allow(case.operation, case.run, static[0])
    match when:
        case When.REQUEST:
            return by_request(case)
        case When.SEARCH:
            return by_search(case)
        case When.WRITE:
            return by_condition(case)
        case When.INPUT:
            return by_input(case)
        case When.FETCHED:
            return by_item(case, case.run.result)
        case When.SOURCE:
            return by_item(case, case.run.call.source)
        case When.EACH:
            return by_each(case)
        case When.SUBSCRIBE:
            if not may_listen(case):
                return Verdict.DENIED
            items = tuple(grant for grant in case.grants if grant.item)
            grant = (*static, *items)[0]
            arguments = case.run.arguments
            given = {} if arguments.get("filter") else arguments
            fact = Listening(case.run.call.path, case.operation, grant, given)
            case.run.trace.facts.append(fact)
            return allow(case.operation, case.run, grant)
        case _:
            assert_never(when)


def _admitting(run: Run) -> Where | None:
    """Return the rule that let the caller in, so far as it covers the fields."""
    decisions = reversed(run.trace.decisions)
    return next(
        (
            one.rule
            for one in decisions
            if (one.path, one.layer, one.verdict) == (run.call.path, "rule", "allow")
        ),
        None,
    )


def _read_item(operation: Authorize, run: Run) -> object:
    match operation.when:
        case When.FETCHED:
            return run.result
        case When.INPUT:
            return run.input
        case When.SOURCE:
            return run.call.source
        case _:
            return None


def _concerns(operation: Authorize, run: Run) -> bool:
    if operation.given not in run.input:
        return False
    return not operation.given_null or run.input[operation.given] is None


def _in(grant: Grant, run: Run) -> bool:
    return holds_for_caller(grant, run.call.caller)
