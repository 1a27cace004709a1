"""``amplikit explain``: a rehearsal of one request, and who decided what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._callers import caller_named
from amplikit.cli._explain_json import other_json, remedies_json
from amplikit.cli._explain_text import other_lines, remedy_lines, trace_lines
from amplikit.cli._items import note
from amplikit.cli._options import JsonOption, Served, command
from amplikit.cli._other_transformer import other_transformer
from amplikit.cli._output import printable, write_json
from amplikit.cli._patches import Stage
from amplikit.cli._rehearsal import Rehearsal
from amplikit.cli._remedies import Place, remedies
from amplikit.cli._runtime import open_runtime
from amplikit.cli._variables import VariablesOption, variables_of
from amplikit.compiler import Source
from amplikit.emulator.explain import explanation
from amplikit.emulator.host import GraphQLRequest
from amplikit.emulator.scalars import plain
from amplikit.inspect.fixes.targets import Situation

if TYPE_CHECKING:
    from amplikit.cli._runtime import Opened
    from amplikit.project import Loaded

__all__ = ["attach"]

_OK = 200
_QueryArgument = Annotated[
    str, typer.Argument(metavar="QUERY", help="The GraphQL text; a mutation is undone.")
]
_AsOption = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="CALLER",
        help="user:NAME, role:NAME, key:ID or guest.",
    ),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("explain", help=summary)(_explain)


@command
def _explain(
    served: Served,
    *,
    query: _QueryArgument,
    as_caller: _AsOption,
    variables: VariablesOption = "{}",
    as_json: JsonOption = False,
) -> None:
    request = GraphQLRequest(query, variables_of(variables))
    loaded, folder = served.load(), served.data_folder()
    place = Place(served.base(), configured=not served.schema)
    with open_runtime(loaded, folder, lambda _: None, rehearses=True) as opened:
        for sentence in opened.changed:
            note(sentence)
        caller = caller_named(as_caller, opened.runtime)
        rehearsal = Rehearsal(opened.runtime, opened.store, request, caller)
        now = _stage(loaded, opened)
        here = rehearsal.of(now.situation.blueprint, now.situation.config)
        found = tuple(remedies(now, rehearsal, here, place))
        other = other_transformer(now, rehearsal, here) if here.answered else None
    body = json.loads(json.dumps(here.body, default=plain))
    if as_json:
        shape: dict[str, object] = {"ok": True, "status": here.status, "response": body}
        shape |= explanation(here.trace)
        shape["remedies"] = remedies_json(found)
        shape["other_transformer"] = other and other_json(other)
        write_json(json.loads(json.dumps(shape, default=plain)))
        raise typer.Exit(int(not here.answered))
    lines = [*trace_lines(caller.label, here.trace), *remedy_lines(found)]
    lines += other_lines(other) if other else ()
    for line in lines:
        typer.echo(printable(line))
    if here.status != _OK:
        typer.echo(f"HTTP {here.status}: {printable(here.reason)}")
    write_json(body)
    raise typer.Exit(int(not here.answered))


def _stage(loaded: Loaded, opened: Opened) -> Stage:
    compiled = opened.compiled
    sources = tuple(Source(source.file, source.text) for source in loaded.sources)
    situation = Situation(compiled.api, compiled.config, compiled.blueprint)
    return Stage(sources, situation)
