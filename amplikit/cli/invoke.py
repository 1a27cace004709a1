"""``amplikit invoke``: one event, one function, its own role."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from amplikit.cli._directory import known_name, utc_now
from amplikit.cli._functions import invocation_context
from amplikit.cli._options import JsonOption, Served, command
from amplikit.cli._output import printable, problems_json, write_json
from amplikit.emulator.functions import FunctionError, FunctionResult, invoke
from amplikit.errors import FunctionFailed, Problem, Where
from amplikit.identity import IdentityStore
from amplikit.project import parse_json, read_source

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, FunctionConfig
    from amplikit.emulator.functions import InvocationContext

__all__ = ["attach"]

_LIFETIME = timedelta(hours=1)
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)')
_FunctionArgument = Annotated[
    str, typer.Argument(metavar="FUNCTION", help="A name of functions.toml.")
]
_EventOption = Annotated[
    Path, typer.Option(metavar="FILE", help="The event, as a JSON file.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("invoke", help=summary)(_invoke)


@command
def _invoke(
    served: Served,
    *,
    function: _FunctionArgument,
    event: _EventOption,
    as_json: JsonOption = False,
) -> None:
    config = served.load().config
    functions = {each.name: each for each in config.functions}
    chosen = functions[known_name("function", function, functions)]
    payload = parse_json(read_source(event, str(event)).text, str(event))
    context = _context(served.data_folder(), config, chosen)
    outcome = asyncio.run(invoke(chosen, payload, context))
    match outcome:
        case FunctionResult():
            _check_result(chosen, outcome)
            _show_result(outcome, as_json=as_json)
        case FunctionError():
            _show_error(chosen, outcome, as_json=as_json)
        case _:
            assert_never(outcome)


def _context(
    folder: Path, config: Config, function: FunctionConfig
) -> InvocationContext:
    store = IdentityStore.open(folder, config, utc_now)
    try:
        credential = store.credentials.for_role(
            function.role, function.name, utc_now(), _LIFETIME
        )
        return invocation_context(store, credential)
    finally:
        store.close()


def _check_result(function: FunctionConfig, result: FunctionResult) -> None:
    try:
        json.dumps(result.payload, allow_nan=False)
    except ValueError as error:
        raise FunctionFailed(
            Problem(
                code="function-failed",
                message=f"The function '{function.name}' answered a number that is not "
                "JSON (NaN or Infinity).",
                hint="Answer null, or a finite number.",
            )
        ) from error


def _show_result(result: FunctionResult, *, as_json: bool) -> None:
    if as_json:
        write_json({"ok": True, "result": result.payload, "log": result.log})
        return
    _show_log(result.log)
    typer.echo(json.dumps(result.payload, indent=2))


def _show_error(
    function: FunctionConfig, error: FunctionError, *, as_json: bool
) -> None:
    problem = _problem(function, error)
    if not as_json:
        _show_log(error.log)
        raise FunctionFailed(problem)
    details = {"error": error.payload(), "log": error.log}
    write_json(problems_json((problem,)) | details)
    raise typer.Exit(1)


def _show_log(log: str) -> None:
    for line in log.splitlines():
        sys.stderr.write(f"{printable(line)}\n")


def _problem(function: FunctionConfig, error: FunctionError) -> Problem:
    frames = [match for each in error.stack_trace if (match := _FRAME.match(each))]
    place = frames[-1] if frames else None
    return Problem(
        code="function-failed",
        message=f"The function '{function.name}' failed with {error.error_type}: "
        f"{error.message}",
        hint="Mend the handler, or start 'amplikit serve' if it calls the API; its log "
        "stands above."
        if place
        else "Look at the handler, and at timeout_s and handler in functions.toml.",
        where=place and Where(place["file"], int(place["line"])),
    )
