"""``amplikit check``: the problems of a schema, and how to mend what can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._compile import compile_loaded
from amplikit.cli._fix import fix as fix_schema
from amplikit.cli._fix import write_fixed
from amplikit.cli._options import Inputs, JsonOption, command
from amplikit.cli._output import not_yet, problem_json, write_json, write_problems
from amplikit.inspect import lint

if TYPE_CHECKING:
    from amplikit.errors import Problem

__all__ = ["attach"]

_FixOption = Annotated[
    bool,
    typer.Option(
        "--fix",
        help="Rewrite a v1 schema to v2, or mend what is warned of in a v2 schema; "
        "say what changes for whom.",
    ),
]
_DryRunOption = Annotated[
    bool,
    typer.Option(
        "--dry-run", "--diff", help="With --fix: show the diff, write nothing."
    ),
]
_StrictOption = Annotated[
    bool, typer.Option("--strict", help="Exit with status 1 if anything is warned of.")
]
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
    dry_run: _DryRunOption = False,
    strict: _StrictOption = False,
    fidelity: _FidelityOption = False,
) -> None:
    if fidelity:
        raise not_yet("check --fidelity")
    if dry_run and not fix:
        raise typer.BadParameter("it goes with --fix.", param_hint="--dry-run")
    if fix:
        base = inputs.base()
        fixed = fix_schema(inputs.load(), base, dry_run=dry_run)
        write_fixed(fixed, base=base, dry_run=dry_run, as_json=as_json)
        _leave(fixed.problems, strict=strict)
        return
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
    else:
        write_problems(problems, base=inputs.base())
        typer.echo(
            f"{blueprint.name}: transformer {blueprint.transformer.value}, "
            f"{len(blueprint.tables)} tables, {len(blueprint.resolvers)} resolvers, "
            f"{len(problems)} warnings."
        )
    _leave(problems, strict=strict)


def _leave(problems: tuple[Problem, ...], *, strict: bool) -> None:
    """End with status 1 if ``--strict`` was given and there are warnings."""
    if strict and problems:
        raise typer.Exit(1)
