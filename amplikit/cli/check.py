"""``amplikit check``: the problems of a schema, and nothing else."""

from __future__ import annotations

from typing import Annotated

import typer

from amplikit.cli._compile import compile_loaded
from amplikit.cli._options import Inputs, JsonOption, command
from amplikit.cli._output import not_yet, problem_json, write_json, write_problems
from amplikit.inspect import lint

__all__ = ["attach"]

_FixOption = Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")]
_FidelityOption = Annotated[
    bool, typer.Option("--fidelity", help="List what is assumed about AWS.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("check", help=summary)(_check)


@command
def _check(
    inputs: Inputs,
    *,
    as_json: JsonOption = False,
    fix: _FixOption = False,
    fidelity: _FidelityOption = False,
) -> None:
    if fix or fidelity:
        raise not_yet("check --fix" if fix else "check --fidelity")
    compiled = compile_loaded(inputs.load())
    blueprint = compiled.blueprint
    problems = (*compiled.problems, *lint(compiled.api, compiled.config))
    if as_json:
        write_json(
            {
                "ok": True,
                "transformer": blueprint.transformer.value,
                "problems": [problem_json(problem) for problem in problems],
            }
        )
        return
    write_problems(problems, base=inputs.base())
    typer.echo(
        f"{blueprint.name}: transformer {blueprint.transformer.value}, "
        f"{len(blueprint.tables)} tables, {len(blueprint.resolvers)} resolvers, "
        f"{len(problems)} warnings."
    )
