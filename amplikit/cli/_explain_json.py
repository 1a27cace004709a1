"""What ``explain --json`` says beyond the trace: remedies, the other transformer."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from amplikit.cli._output import where_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.cli._other_transformer import Difference, Other
    from amplikit.cli._remedies import Remedy
    from amplikit.emulator.trace import Decision

__all__ = ["other_json", "remedies_json"]


def remedies_json(remedies: Iterable[Remedy]) -> list[dict[str, object]]:
    """Return what to do about each refusal; ``patch`` is null where there is none."""
    return [
        {
            "path": one.path,
            "field": one.coordinate,
            "instead": one.instead
            and {"kind": one.instead.kind, "says": one.instead.says},
            "patch": one.patch
            and {
                "says": one.patch.says,
                "edits": [
                    {"kind": type(edit).__name__} | asdict(edit)
                    for fix in one.patch.fixes
                    for edit in fix.edits
                ],
                "diff": one.diff,
                "option": one.option or None,
                "opens": [asdict(change) for change in one.opens],
            },
            "why_not": one.why_not or None,
        }
        for one in remedies
    ]


def other_json(other: Other) -> dict[str, object]:
    """Return the comparison with the other transformer."""
    return {
        "transformer": other.transformer.value,
        "rewritten": other.rewritten,
        "why_not": other.why_not or None,
        "data_differs": other.data_differs,
        "differences": [_difference(one) for one in other.differences],
    }


def _difference(one: Difference) -> dict[str, object]:
    return {
        "path": one.path,
        "here": _verdict(one.here),
        "there": _verdict(one.there),
        "returned": one.returned
        and {"here": one.returned[0], "there": one.returned[1]},
    }


def _verdict(decision: Decision | None) -> dict[str, object]:
    if decision is None:
        return {"verdict": "allow", "layer": None, "rule": None, "hint": ""}
    return {
        "verdict": decision.verdict,
        "layer": decision.layer,
        "rule": decision.rule and where_json(decision.rule),
        "hint": decision.hint,
    }
