"""``amplikit matrix``: who may do what with which model, field by field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from amplikit.cli._compile import compile_loaded
from amplikit.cli._matrix_diff import difference, difference_lines
from amplikit.cli._matrix_json import changes_json, matrix_json
from amplikit.cli._matrix_page import matrix_page
from amplikit.cli._matrix_text import matrix_lines
from amplikit.cli._options import Inputs, JsonOption, command, given_path
from amplikit.cli._output import write_json, write_problems
from amplikit.errors import ConfigInvalid, Problem, did_you_mean
from amplikit.inspect.matrix import columns_of, matrix

if TYPE_CHECKING:
    from amplikit.cli._matrix_diff import Difference
    from amplikit.inspect.matrix import Matrix

__all__ = ["attach"]

_HtmlOption = Annotated[
    Path | None,
    typer.Option(
        "--html", parser=given_path, metavar="FILE", help="Write one HTML page."
    ),
]
_ModelOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Show this model, or type, alone."),
]
_DiffOption = Annotated[
    str | None,
    typer.Option(
        metavar="transformer=v2|REV",
        help="Show what another transformer, or the files since a commit, change.",
    ),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("matrix", help=summary)(_matrix)


@command
def _matrix(
    inputs: Inputs,
    *,
    as_json: JsonOption = False,
    html: _HtmlOption = None,
    model: _ModelOption = None,
    diff: _DiffOption = None,
) -> None:
    if diff is not None and html is not None:
        raise typer.BadParameter("it does not go with --diff.", param_hint="--html")
    loaded = inputs.load()
    if diff is not None:
        _write_difference(
            _only_changes(difference(inputs, loaded, diff), model), inputs, as_json
        )
        return
    compiled = compile_loaded(loaded)
    columns = columns_of(compiled.blueprint, compiled.config)
    found = _only(
        matrix(compiled.api, compiled.blueprint, compiled.config, columns), model
    )
    document = matrix_json(found, compiled.problems)
    if html is not None:
        _write_page(html, matrix_page(document))
    if as_json:
        write_json(document)
        return
    write_problems(compiled.problems, base=inputs.base())
    if html is not None:
        typer.echo(f"{html}: written.")
        return
    console = Console(soft_wrap=True, highlight=False)
    for line in matrix_lines(found):
        console.print(line)


def _write_difference(found: Difference, inputs: Inputs, as_json: bool) -> None:  # noqa: FBT001 - as the option
    if as_json:
        write_json(changes_json(found.sides, found.changes, found.problems))
        return
    write_problems(found.problems, base=inputs.base())
    for line in difference_lines(found):
        typer.echo(line)


def _only(found: Matrix, name: str | None) -> Matrix:
    """Return the part that is about one model or type."""
    if name is None:
        return found
    kept = tuple(section for section in found.sections if section.name == name)
    if not kept:
        raise _unknown(name, [section.name for section in found.sections])
    return replace(found, sections=kept)


def _only_changes(found: Difference, name: str | None) -> Difference:
    if name is None:
        return found
    known = [one.name for _, side in found.sides for one in side.sections]
    if name not in known:
        raise _unknown(name, known)
    return replace(
        found, changes=tuple(one for one in found.changes if one.model == name)
    )


def _unknown(name: str, known: list[str]) -> ConfigInvalid:
    names = ", ".join(dict.fromkeys(known)) or "none"
    return ConfigInvalid(
        Problem(
            code="option-invalid",
            message=f"--model: '{name}' is no model of the schema."
            + did_you_mean(name, known),
            hint=f"Name one of these: {names}.",
        )
    )


def _write_page(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigInvalid(
            Problem(
                code="file-not-writable",
                message=f"'{path}' cannot be written: {error.strerror}.",
                hint="Name a file in a folder that is there and writable.",
            )
        ) from error
