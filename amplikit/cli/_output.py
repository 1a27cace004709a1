"""What all commands print: JSON documents, problems and tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from amplikit.errors import ConfigInvalid, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amplikit.errors import Where

__all__ = [
    "not_yet",
    "printable",
    "problem_json",
    "problems_json",
    "where_json",
    "write_json",
    "write_problems",
    "write_table",
]

_LINE_WIDTH = 100  # of a source line that is shown
_CONTEXT = 60  # of it left of the caret, when the line is longer


def write_json(document: object) -> None:
    """Print one document; ASCII, so that no terminal or pipe can spoil it."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def problem_json(problem: Problem) -> dict[str, object]:
    """Return a problem in the contract's shape."""
    where, amplify = problem.where, problem.amplify
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "where": where and where_json(where),
        "amplify": amplify and {"type": amplify.type, "message": amplify.message},
    }


def where_json(where: Where) -> dict[str, object]:
    """Return a place in the contract's shape."""
    return {"file": where.file, "line": where.line, "column": where.column}


def not_yet(feature: str) -> ConfigInvalid:
    """Return the error of an option that a later version brings."""
    return ConfigInvalid(
        Problem(
            code="not-in-this-version",
            message=f"'{feature}' is not in this version.",
            hint="Leave the option out.",
        )
    )


def problems_json(problems: Iterable[Problem]) -> dict[str, object]:
    """Return the document of a command that could not do its work."""
    return {"ok": False, "problems": [problem_json(problem) for problem in problems]}


def write_problems(
    problems: Sequence[Problem], *, as_json: bool = False, base: Path | None = None
) -> None:
    """Print problems on stderr, with the source line and a caret.

    ``base`` is the folder that ``Where.file`` is relative to. With ``as_json`` they
    are the document on stdout instead.
    """
    if as_json:
        write_json(problems_json(problems))
        return
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for problem in problems:
        for line in _rendered(problem, base or Path()):
            console.print(line)


def write_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows in columns as wide as their widest cell; nothing is cut off."""
    lines = [head, *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [
        max(cell_len(cell) for cell in column) for column in zip(*lines, strict=True)
    ]
    for line in lines:
        cells = (
            cell + " " * (width - cell_len(cell))
            for cell, width in zip(line, widths, strict=True)
        )
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def printable(text: str) -> str:
    """Return the text with control characters shown, not obeyed."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _rendered(problem: Problem, base: Path) -> Iterable[Text]:
    style = "bold red" if problem.severity == "error" else "bold yellow"
    place = f"{printable(str(problem.where))}: " if problem.where else ""
    yield Text.assemble(
        (place, "bold"),
        (problem.severity, style),
        f": {printable(problem.message)} ",
        (f"[{problem.code}]", "dim"),
    )
    if problem.where:
        yield from _excerpt(problem.where, base, style)
    yield Text(f"  {printable(problem.hint)}")
    if problem.amplify:
        amplify = f"{problem.amplify.type}: {problem.amplify.message}"
        yield Text(f"  Amplify says: {printable(amplify)}", style="dim")


def _excerpt(where: Where, base: Path, style: str) -> Iterable[Text]:
    try:
        text = (base / where.file).read_text(encoding="utf-8-sig")
        line = text.split("\n")[where.line - 1]
    except (OSError, UnicodeDecodeError, IndexError, ValueError):
        return  # the place is named; the line is a courtesy
    start = max(0, where.column - 1 - _CONTEXT) if len(line) > _LINE_WIDTH else 0
    shown = _untabbed(line[start : start + _LINE_WIDTH])
    indent = " " * cell_len(_untabbed(line[start : where.column - 1]))
    number = str(where.line)
    yield Text(f"  {number} | {shown}")
    yield Text(f"  {' ' * len(number)} | {indent}").append("^", style)


def _untabbed(text: str) -> str:
    return printable(text.replace("\t", "    "))
