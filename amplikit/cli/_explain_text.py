"""An explanation as lines of text, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.cli._other_transformer import Difference, Other
    from amplikit.cli._remedies import Remedy
    from amplikit.emulator.trace import Considered, Decision, Path, Read, Trace

__all__ = ["other_lines", "remedy_lines", "trace_lines"]

_LAYERS = {
    "directive": "AppSync directive",
    "policy": "IAM policy",
    "rule": "@auth rule",
}
_OUTCOMES = {"items": "left to the items"}
_MOST_OPENED = 8
_ROOTS = frozenset({"Query", "Mutation", "Subscription"})


def trace_lines(caller: str, trace: Trace) -> Iterator[str]:
    """Yield who decided what, what was read, and the pitfalls met."""
    yield f"as {caller}"
    for decision in trace.decisions:
        yield from _decision(decision)
    for read in trace.reads:
        yield _read(read)
    for pitfall in trace.pitfalls:
        yield f"{_at(pitfall.path)}: {pitfall.message} [{pitfall.code}]"
        yield f"  {pitfall.hint}"


def remedy_lines(remedies: Iterable[Remedy]) -> Iterator[str]:
    """Yield what to do about each refusal; a patch as a unified diff."""
    for one in remedies:
        yield ""
        yield f"What would let the caller in at {_at(one.path)}:"
        if one.instead is not None:
            yield f"  {one.instead.says}"
        if one.patch is None:
            yield f"  No patch: {one.why_not}"
            continue
        also = "Or, if it is meant for them all: " if one.instead is not None else ""
        yield f"  {also}{one.patch.says} (tried: the verdict turns)"
        if one.option:
            yield f"  Write {one.option}."
        yield from _opened(one)
        yield from one.diff.splitlines()


def _opened(remedy: Remedy) -> Iterator[str]:
    """Yield who else may do what then."""
    fields = [one for one in remedy.opens if "." in one.coordinate]
    roots = [one for one in fields if one.coordinate.partition(".")[0] in _ROOTS]
    # What a type's fields admit follows from who gets to the type.
    found = roots or fields
    for change in found[:_MOST_OPENED]:
        yield (
            f"    {change.coordinate} ({change.mode}): "
            f"{'; '.join(change.before)} -> {'; '.join(change.after)}"
        )
    if len(found) > _MOST_OPENED:
        yield f"    and {len(found) - _MOST_OPENED} more fields"


def other_lines(other: Other) -> Iterator[str]:
    """Yield what the other transformer would have answered, in a few lines."""
    yield ""
    name = f"Under transformer {other.transformer.value}"
    if other.rewritten:
        name += " (rewritten by `amplikit check --fix`)"
    if other.why_not:
        yield f"{name}: not compared. {other.why_not}"
        return
    if not other.differences and not other.data_differs:
        yield f"{name}: the same verdicts."
        return
    yield f"{name}:"
    for difference in other.differences:
        yield f"  {_difference(difference)}"
    if other.data_differs and not other.differences:
        yield "  the same verdicts, and other data."


def _difference(difference: Difference) -> str:
    at = "/".join(difference.path)
    if difference.returned is not None:
        ours, theirs = difference.returned
        return f"{at}: {theirs} items are returned, here {ours}"
    here, there = difference.here, difference.there
    verdict = there.verdict if there else "allow"
    told = f"{at}: {verdict}, here {here.verdict if here else 'allow'}"
    if there is None:
        return f"{told} (no rule is asked)"
    rule = f" [{there.rule}]" if there.rule else ""
    hint = f": {there.hint}" if there.hint else ""
    return f"{told} (by {_LAYERS[there.layer]}{rule}{hint})"


def _decision(decision: Decision) -> Iterator[str]:
    rule = f" [{decision.rule}]" if decision.rule else ""
    layer = _LAYERS[decision.layer]
    yield f"{_at(decision.path)}: {decision.verdict} by {layer}{rule}"
    if decision.considered:
        for one in decision.considered:
            yield from _considered(one)
    else:
        for name, value in decision.values:
            yield f"    {name} = {_json(value)}"
    if decision.hint:
        yield f"  {decision.hint}"


def _considered(one: Considered) -> Iterator[str]:
    where = f" [{one.where}]" if one.where else ""
    outcome = _OUTCOMES.get(one.outcome, one.outcome)
    yield f"    {outcome}: {one.rule}{where}: {one.why}"
    if one.values:
        told = ", ".join(f"{name} = {_json(value)}" for name, value in one.values)
        yield f"      {told}"


def _read(read: Read) -> str:
    source = f"{read.table}.{read.index}" if read.index else read.table
    return (
        f"{_at(read.path)}: {read.operation} {source}: {read.evaluated} read, "
        f"{read.dropped_by_filter} dropped by the filter, "
        f"{read.dropped_by_auth} dropped by @auth, {read.returned} returned"
    )


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def _at(path: Path) -> str:
    return "/".join(map(str, path))
