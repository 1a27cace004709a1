"""``amplikit compile``: one schema, or with ``--jsonl`` one per line of stdin."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from amplikit.cli._batch import answer_line
from amplikit.cli._compile import compile_loaded, compiled_json
from amplikit.cli._options import Inputs, JsonOption, command
from amplikit.cli._output import not_yet, write_json, write_problems

__all__ = ["attach"]

_JsonlOption = Annotated[
    bool,
    typer.Option(
        "--jsonl",
        help='Read one request per line: {"id", "transformer", "auth", "flags", '
        '"schema"}; write one answer per line.',
    ),
]
_OutOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where to write the stack.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("compile", help=summary)(_compile)


@command
def _compile(
    inputs: Inputs,
    *,
    as_json: JsonOption = False,
    jsonl: _JsonlOption = False,
    out: _OutOption = None,
) -> None:
    if out is not None:
        raise not_yet("compile --out")
    if jsonl:
        _batch()
        return
    compiled = compile_loaded(inputs.load())
    if as_json:
        write_json(compiled_json(compiled))
        return
    write_problems(compiled.problems, base=inputs.base())
    typer.echo(compiled.blueprint.sdl.rstrip("\n"))


def _batch() -> None:
    for line in sys.stdin.buffer:
        if line.strip():
            sys.stdout.write(json.dumps(answer_line(line)) + "\n")
            sys.stdout.flush()
