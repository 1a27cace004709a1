"""The document of ``matrix --json``; the HTML page shows the same one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from amplikit.cli._output import problem_json, where_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.errors import Problem
    from amplikit.inspect.matrix import Cell, CellChange, Identity, Matrix, Section

__all__ = ["changes_json", "matrix_json"]


def matrix_json(found: Matrix, problems: Iterable[Problem]) -> dict[str, object]:
    """Return a matrix, its cells by the ids of the identities."""
    return {
        "ok": True,
        "name": found.name,
        "transformer": found.transformer.value,
        "identities": [_identity(one) for one in found.identities],
        "sections": [_section(one, found.identities) for one in found.sections],
        "problems": [problem_json(problem) for problem in problems],
    }


def changes_json(
    sides: tuple[tuple[str, Matrix], tuple[str, Matrix]],
    changes: Iterable[CellChange],
    problems: Iterable[Problem],
) -> dict[str, object]:
    """Return what differs; ``access`` has the shape of ``check --fix --json``."""
    before, after = (
        {"name": name, "transformer": found.transformer.value} for name, found in sides
    )
    return {
        "ok": True,
        "before": before,
        "after": after,
        "identities": [_identity(one) for one in sides[1][1].identities],
        "access": [asdict(change) for change in changes],
        "problems": [problem_json(problem) for problem in problems],
    }


def _identity(identity: Identity) -> dict[str, object]:
    return {
        "id": identity.id,
        "label": identity.label,
        "note": identity.note,
        "mode": identity.mode.value,
    }


def _section(section: Section, identities: tuple[Identity, ...]) -> dict[str, object]:
    return {
        "name": section.name,
        "kind": section.kind,
        "where": section.where and where_json(section.where),
        "rows": [
            {
                "coordinate": row.coordinate,
                "operation": row.operation,
                "fields": list(row.fields),
                "cells": {
                    identity.id: _cell(cell)
                    for identity, cell in zip(identities, row.cells, strict=True)
                },
            }
            for row in section.rows
        ],
    }


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "verdict": cell.verdict.value,
        "condition": cell.condition,
        "layer": cell.layer.value,
        "rules": [
            {"text": rule.text, "where": rule.where and where_json(rule.where)}
            for rule in cell.rules
        ],
        "reason": cell.reason,
    }
