"""Lines for the operator's terminal: who was refused and why, and which list was short.

Nothing here goes into a response, and nothing secret comes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.datasources.remote import NOT_RUN_LOCALLY
from amplikit.emulator.failures import slashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amplikit.emulator.failures import WireError
    from amplikit.emulator.refusal import RequestRefusal
    from amplikit.emulator.trace import Decision, Read, Trace

__all__ = [
    "frame_refusal_line",
    "not_run_lines",
    "one_line",
    "refusal_line",
    "trace_lines",
]

_LAYERS = {
    "directive": "AppSync directive",
    "policy": "IAM policy",
    "rule": "@auth rule",
}
_MAX_LINES = 5
_MORE = "; 'limit' counts items read: follow nextToken, or ask an index"


def refusal_line(where: str, refusal: RequestRefusal) -> str:
    """Return the line for a request that was refused as a whole."""
    reason = f": {refusal.reason}" if refusal.reason else ""
    name = refusal.error_type or refusal.message
    return one_line(f"{where} refused {refusal.status} {name}{reason}")


def frame_refusal_line(
    id_: str | None, errors: Sequence[WireError], reason: str = ""
) -> str:
    """Return the line for a real-time frame that an ``error`` answers."""
    what = "a frame" if id_ is None else f"subscription '{id_}'"
    first = errors[0]
    name = first.get("errorType")
    why = reason or first.get("message")
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return one_line(f"{what} refused{f' {name}' if name else ''}: {why}{more}")


def trace_lines(caller: str, trace: Trace) -> Iterator[str]:
    """Yield a line for each short list and each denied field, at most a few of each."""
    short = [
        one
        for one in trace.reads
        if not one.single and (one.dropped_by_auth or one.dropped_by_filter)
    ]
    denied = [one for one in trace.decisions if one.verdict == "deny"]
    for read in short[:_MAX_LINES]:
        yield one_line(_short_read(read))
    for decision in denied[:_MAX_LINES]:
        yield one_line(_denial(caller, decision))
    if len(denied) > _MAX_LINES:
        yield f"{caller} was denied {len(denied) - _MAX_LINES} more fields"
    for pitfall in trace.pitfalls[:_MAX_LINES]:
        yield one_line(
            f"pitfall [{pitfall.code}] {slashed(pitfall.path)}: {pitfall.message} "
            f"{pitfall.hint}"
        )


def not_run_lines(errors: Sequence[WireError]) -> Iterator[str]:
    """Yield a line for each field that works on AWS alone, at most a few."""
    fields = [one for one in errors if one.get("errorType") == NOT_RUN_LOCALLY]
    for error in fields[:_MAX_LINES]:
        path = error.get("path")
        place = slashed(path) if isinstance(path, list) else ""
        yield one_line(
            f"{place} is not run locally: {error.get('message')} "
            "docs/functions.md says what runs here, and how."
        )


def _short_read(read: Read) -> str:
    name = next((part for part in read.path if isinstance(part, str)), read.table)
    causes = []
    if read.dropped_by_filter:
        causes.append(f"{read.dropped_by_filter} dropped by the filter")
    if read.dropped_by_auth:
        causes.append(f"{read.dropped_by_auth} dropped by @auth")
    told = (
        f"{name}: {read.evaluated} read, {read.returned} matched ({', '.join(causes)})"
    )
    return f"{told}{_MORE if read.more else ''}"


def _denial(caller: str, decision: Decision) -> str:
    rule = f" [{decision.rule}]" if decision.rule else ""
    hint = f": {decision.hint}" if decision.hint else ""
    layer = _LAYERS[decision.layer]
    return f"{caller} denied {slashed(decision.path)} by {layer}{rule}{hint}"


def one_line(text: str) -> str:
    """Keep what a client wrote from starting lines, or colours, of its own."""
    shown = "".join(one if one.isprintable() else "?" for one in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


_LONGEST = 600
