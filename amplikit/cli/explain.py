"""``amplikit explain``: a rehearsal of one request, and who decided what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._callers import caller_named
from amplikit.cli._items import note
from amplikit.cli._options import JsonOption, Served, command
from amplikit.cli._output import printable, write_json
from amplikit.cli._runtime import open_runtime
from amplikit.emulator.explain import explanation
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.scalars import plain
from amplikit.emulator.service import Service
from amplikit.emulator.trace import Trace
from amplikit.errors import ConfigInvalid, Problem
from amplikit.project import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.emulator.trace import Decision, Path, Read

__all__ = ["attach"]

_OK = 200
_BAD_REQUEST = 400
_LAYERS = {
    "directive": "AppSync directive",
    "policy": "IAM policy",
    "rule": "@auth rule",
}
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
_VariablesOption = Annotated[
    str, typer.Option(metavar="JSON", help="The variables, as an object.")
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
    variables: _VariablesOption = "{}",
    as_json: JsonOption = False,
) -> None:
    request = GraphQLRequest(query, _variables(variables))
    trace = Trace(explained=True)
    loaded, folder = served.load(), served.data_folder()
    with open_runtime(loaded, folder, lambda _: None, rehearses=True) as opened:
        for sentence in opened.changed:
            note(sentence)
        identity = opened.runtime.identity
        caller = caller_named(as_caller, opened.runtime)
        host = Service(opened.runtime, identity.base_url).host
        with opened.store.rehearsal():
            answer = host.execute(request, caller, trace)
    body = json.loads(json.dumps(answer.body(), default=plain))
    status = answer.status if isinstance(answer, RequestRefusal) else _OK
    if as_json:
        shape = {"ok": True, "status": status, "response": body}
        write_json(shape | explanation(trace))
        raise typer.Exit(_exit_status(answer))
    for line in _lines(caller.label, trace):
        typer.echo(printable(line))
    if isinstance(answer, RequestRefusal):
        typer.echo(f"HTTP {answer.status}: {printable(answer.reason)}")
    write_json(body)
    raise typer.Exit(_exit_status(answer))


def _exit_status(answer: ExecutionAnswer | RequestRefusal) -> int:
    """Return 1 for what nobody could have answered; a refusal is an answer."""
    if isinstance(answer, RequestRefusal):
        return int(answer.status == _BAD_REQUEST)
    return int(answer.operation is None)


def _variables(text: str) -> Mapping[str, object]:
    variables = parse_json(text, "--variables")
    if isinstance(variables, dict):
        return variables
    raise ConfigInvalid(
        Problem(
            code="option-invalid",
            message="--variables: it is not an object.",
            hint='Write it like {"id": "1"}.',
        )
    )


def _lines(caller: str, trace: Trace) -> Iterator[str]:
    yield f"as {caller}"
    for decision in trace.decisions:
        yield from _decision(decision)
    for read in trace.reads:
        yield _read(read)
    for pitfall in trace.pitfalls:
        yield f"{_at(pitfall.path)}: {pitfall.message} [{pitfall.code}]"
        yield f"  {pitfall.hint}"


def _decision(decision: Decision) -> Iterator[str]:
    rule = f" [{decision.rule}]" if decision.rule else ""
    layer = _LAYERS[decision.layer]
    yield f"{_at(decision.path)}: {decision.verdict} by {layer}{rule}"
    for name, value in decision.values:
        yield f"    {name} = {json.dumps(value, default=str, ensure_ascii=False)}"
    if decision.hint:
        yield f"  {decision.hint}"


def _read(read: Read) -> str:
    source = f"{read.table}.{read.index}" if read.index else read.table
    return (
        f"{_at(read.path)}: {read.operation} {source}: {read.evaluated} read, "
        f"{read.dropped_by_filter} dropped by the filter, "
        f"{read.dropped_by_auth} dropped by @auth, {read.returned} returned"
    )


def _at(path: Path) -> str:
    return "/".join(map(str, path))
