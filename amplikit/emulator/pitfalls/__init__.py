"""Known traps, found in what has happened while a request was answered.

One detector a file. Each looks at one kind of fact, and only at facts that the
resolvers have noted anyway, so a request that meets no trap pays for no detector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from graphql import OperationType

from amplikit.blueprint.modes import AuthMode
from amplikit.emulator.pitfalls import (
    absent_item,
    admin_role,
    composite_key,
    existence,
    field_rule,
    filtered_page,
    full_last_page,
    iam_roles,
    ne_missing,
    near_miss,
    nested_cut,
    nested_type,
    no_group,
    null_or_missing,
    open_operation,
    orphan,
    owner_changed,
    owner_null,
    owner_pages,
    ownerless,
    page_cut,
    public_rule,
    read_listens,
    redacted,
    shown_owner,
    sort_direction,
    sparse_index,
    stale_groups,
    subscriber_missed,
)
from amplikit.emulator.pitfalls.facts import (
    ArgumentRefused,
    ConditionFailure,
    Fact,
    FieldsRefused,
    Filtered,
    KeyPartly,
    Listening,
    Orphan,
    OwnerAsked,
    Redacted,
    Refusal,
    WriteRefused,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amplikit.emulator.documents import Document, Operation
    from amplikit.emulator.pitfalls.asked import Asked, Served
    from amplikit.emulator.trace import Decision, Pitfall, Read, Trace
    from amplikit.identity.caller import Caller

__all__ = ["detect", "detect_invalid", "may_have_met"]

ON_READ: tuple[Callable[[Read, Asked], Iterator[Pitfall]], ...] = (
    owner_pages.detect,
    filtered_page.detect,
    full_last_page.detect,
    page_cut.detect,
    nested_cut.detect,
)
ON_FILTERED: tuple[Callable[[Filtered, Asked], Iterator[Pitfall]], ...] = (
    ne_missing.detect,
    null_or_missing.detect,
    near_miss.detect,
    shown_owner.detect_filter,
)
ON_WRITTEN: tuple[Callable[[Written, Asked], Iterator[Pitfall]], ...] = (
    sparse_index.detect_absent,
    owner_changed.detect,
    ownerless.detect,
)
ON_REFUSAL: tuple[Callable[[Refusal, Asked], Iterator[Pitfall]], ...] = (
    owner_null.detect,
    existence.detect,
    absent_item.detect_by_rule,
    no_group.detect,
    iam_roles.detect,
    public_rule.detect_by_rule,
    field_rule.detect_delete,
    stale_groups.detect_added,
)
ON_DENIAL: tuple[Callable[[Decision, Asked], Iterator[Pitfall]], ...] = (
    public_rule.detect_by_directive,
    nested_type.detect,
)
ON_REQUEST: tuple[Callable[[Asked], Iterator[Pitfall]], ...] = (
    open_operation.detect,
    admin_role.detect,
    subscriber_missed.detect,
)
_ADMITTED = ("rule", "allow")


def detect(asked: Asked) -> None:
    """Write the pitfalls of an answered request into its trace.

    Without ``may_have_met`` there are none.
    One of a kind is told for each field of the document, however many items met it.
    """
    trace = asked.trace
    known = {(one.code, _without_positions(one)) for one in trace.pitfalls}
    for found in _detect(asked):
        key = found.code, _without_positions(found)
        if key not in known:
            known.add(key)
            trace.pitfalls.append(found)


def may_have_met(
    served: Served, operation: Operation, caller: Caller, trace: Trace
) -> bool:
    """Whether anything has happened that a detector looks at; quick to say."""
    if operation.kind is OperationType.MUTATION:
        return True
    if trace.facts or trace.explained or served.unnamed:
        return True
    if caller.mode is AuthMode.IAM and served.blueprint.admin_role_names:
        return True
    for read in trace.reads:
        if read.more:
            return True
    return any(one.verdict == "deny" for one in trace.decisions)


def detect_invalid(document: Document, served: Served) -> Iterator[Pitfall]:
    """Yield the pitfalls of a document that is not valid, and so never executed."""
    yield from sort_direction.detect_unknown(document, served)


def _detect(asked: Asked) -> Iterator[Pitfall]:
    trace = asked.trace
    for read in trace.reads:
        if read.more:
            for on_read in ON_READ:
                yield from on_read(read, asked)
    for fact in trace.facts:
        yield from _on_fact(fact, asked)
    for decision in trace.decisions:
        if decision.layer == "directive" and decision.verdict == "deny":
            for on_denial in ON_DENIAL:
                yield from on_denial(decision, asked)
        elif trace.explained and (decision.layer, decision.verdict) == _ADMITTED:
            yield from stale_groups.detect_removed(decision, asked)
    for on_request in ON_REQUEST:
        yield from on_request(asked)


def _on_fact(  # noqa: C901, PLR0912 - one case for each kind of fact
    fact: Fact, asked: Asked
) -> Iterator[Pitfall]:
    match fact:
        case Filtered():
            for on_filtered in ON_FILTERED:
                yield from on_filtered(fact, asked)
        case Written():
            for on_written in ON_WRITTEN:
                yield from on_written(fact, asked)
        case Refusal():
            for on_refusal in ON_REFUSAL:
                yield from on_refusal(fact, asked)
        case OwnerAsked():
            yield from shown_owner.detect_key(fact, asked)
        case WriteRefused():
            yield from sparse_index.detect_null(fact, asked)
        case ConditionFailure():
            yield from absent_item.detect_by_condition(fact, asked)
        case FieldsRefused():
            yield from field_rule.detect_null(fact, asked)
        case KeyPartly():
            yield from composite_key.detect(fact, asked)
        case ArgumentRefused():
            yield from sort_direction.detect(fact, asked)
        case Redacted():
            yield from redacted.detect(fact, asked)
        case Orphan():
            yield from orphan.detect(fact, asked)
        case Listening():
            yield from read_listens.detect(fact, asked)
            yield from shown_owner.detect_argument(fact, asked)
        case _:
            assert_never(fact)


def _without_positions(found: Pitfall) -> tuple[str, ...]:
    return tuple(step for step in found.path if isinstance(step, str))
