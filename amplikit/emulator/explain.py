"""``extensions.amplikit``: the trace of one request as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.emulator.trace import Decision, Trace
    from amplikit.errors import Where

__all__ = ["explanation"]


def explanation(trace: Trace) -> dict[str, object]:
    """Return decisions, reads and pitfalls in the order in which they happened."""
    return {
        "decisions": [_decision(one) for one in trace.decisions],
        "reads": [
            {
                "path": one.path,
                "operation": one.operation,
                "table": one.table,
                "index": one.index,
                "evaluated": one.evaluated,
                "dropped_by_auth": one.dropped_by_auth,
                "dropped_by_filter": one.dropped_by_filter,
                "returned": one.returned,
            }
            for one in trace.reads
        ],
        "pitfalls": [
            {
                "code": one.code,
                "path": one.path,
                "message": one.message,
                "hint": one.hint,
            }
            for one in trace.pitfalls
        ],
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "path": decision.path,
        "layer": decision.layer,
        "verdict": decision.verdict,
        "rule": _place(decision.rule),
        "values": dict(decision.values),
        "hint": decision.hint,
        "considered": [
            {
                "rule": one.rule,
                "where": _place(one.where),
                "outcome": one.outcome,
                "why": one.why,
                "values": dict(one.values),
            }
            for one in decision.considered
        ],
    }


def _place(where: Where | None) -> dict[str, object] | None:
    return {"file": where.file, "line": where.line} if where else None
