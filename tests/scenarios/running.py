"""Runs a scenario in process: compiled, planned and interpreted over empty tables."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import orjson
from graphql import OperationType
from personas import persona
from scene_functions import SceneFunctions

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.conflicts import ConflictConfig, ConflictHandler, Resolution
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.datasources.functions import FunctionSource
from amplikit.emulator.datasources.http_source import HttpSource
from amplikit.emulator.datasources.remote import DataSources
from amplikit.emulator.executions import Executions
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.realtime.hub import Hub
from amplikit.emulator.realtime.subscribing import Listener, listener
from amplikit.emulator.trace import Trace
from amplikit.planner import plan
from amplikit.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reading import Block, Scenario, ScenarioFile

    from amplikit.compiler import Compilation
    from amplikit.identity.caller import Caller

__all__ = ["Mismatch", "run"]

ANY = "<any>"
_ASKING = ("setup", "request", "subscribe")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_MODES = (AuthMode.USER_POOLS, AuthMode.API_KEY, AuthMode.IAM)


class Mismatch(AssertionError):
    """A response that is not the one that the scenario shows."""


@dataclass(slots=True)
class _Stage:
    """One scenario while it is played; ``events`` have not been shown yet."""

    file: ScenarioFile
    host: Host
    interpreter: Interpreter
    hub: Hub
    directory: dict[str, tuple[str, ...]]
    events: list[object] = field(default_factory=list)


def run(file: ScenarioFile, scenario: Scenario, transformer: str) -> None:
    """Play one scenario; raises ``Mismatch`` at the first other response."""
    own = [block for block in scenario.blocks if block.kind == "schema"]
    schema = own[0] if own else file.schema
    defining = {"schema", "function"}
    blocks = [
        *file.setup,
        *(one for one in scenario.blocks if one.kind not in defining),
    ]
    own_functions = [one for one in scenario.blocks if one.kind == "function"]
    functions = {
        one.options["name"]: one.text for one in (*file.functions, *own_functions)
    }
    if blocks and blocks[0].kind == "problems":
        wanted = json.loads(blocks[0].text)
        problems = _compiled(schema, transformer)[0].problems
        found = [one.code for one in problems if one.severity == "error"]
        if wanted != found:
            _differ(file, blocks[0], wanted, found)
        return
    with TemporaryDirectory() as folder:
        scene = SceneFunctions(Path(folder), functions)
        stage = _stage(file, schema, transformer, scene)
        for group in _groups(blocks):
            if _is_for(group[0], transformer):
                _play(stage, [one for one in group if _is_for(one, transformer)])


def _is_for(block: Block, transformer: str) -> bool:
    return transformer in block.options.get("transformer", transformer).split(",")


def _groups(blocks: list[Block]) -> Iterator[list[Block]]:
    """Yield each block that asks, with those that show what comes of it."""
    group: list[Block] = []
    for block in blocks:
        if block.kind in _ASKING and group:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _play(stage: _Stage, group: list[Block]) -> None:
    block, *shown = group
    trace = Trace(explained=True)
    match block.kind:
        case "setup":
            for number in range(int(block.options.get("times", "1"))):
                answer = _execute(stage, block, Trace(), str(number))
                if "errors" in answer:
                    _differ(stage.file, block, {"data": "and no errors"}, answer)
        case "subscribe":
            answer = _subscribe(stage, block, trace)
            _compare(stage, shown, answer, trace)
        case "request":
            answer = _execute(stage, block, trace)
            _compare(stage, shown, answer, trace)
        case _:
            message = f"{stage.file.path}:{block.line}: nothing was asked before"
            raise ValueError(message)


def _compare(
    stage: _Stage, shown: list[Block], answer: dict[str, object], trace: Trace
) -> None:
    """Compare answer, events and pitfalls; those that are not shown must not be."""
    by_kind = {block.kind: block for block in shown}
    if len(by_kind) < len(shown) or "response" not in by_kind:
        message = f"{stage.file.path}: a request needs one response block"
        raise ValueError(message)
    wanted = json.loads(by_kind["response"].text)
    if not _matches(wanted, answer):
        _differ(stage.file, by_kind["response"], wanted, answer)
    found = [one.code for one in trace.pitfalls]
    block = by_kind.get("pitfalls")
    codes = json.loads(block.text) if block else []
    if codes != found:
        told = [f"{one.code}: {one.message} {one.hint}" for one in trace.pitfalls]
        _differ(stage.file, block or by_kind["response"], codes, told)
    events, stage.events = stage.events, []
    block = by_kind.get("events")
    delivered = json.loads(block.text) if block else []
    if not _matches(delivered, events):
        _differ(stage.file, block or by_kind["response"], delivered, events)


def _compiled(schema: Block, transformer: str) -> tuple[Compilation, Config]:
    auth = AuthConfig(
        AuthMode(schema.options.get("default", AuthMode.USER_POOLS.value)),
        tuple(
            AuthMode(name)
            for name in schema.options.get(
                "additional", ",".join(mode.value for mode in _MODES[1:])
            ).split(",")
        ),
    )
    config = Config(
        name="scenario",
        transformer=Transformer(transformer),
        auth=auth,
        roles=(
            RoleConfig(
                "report-fn-role",
                (PolicyStatement("Allow", ("appsync:GraphQL",), ("*",)),),
            ),
        ),
        admin_role_names=tuple(
            filter(None, schema.options.get("admin_roles", "").split(","))
        ),
        conflicts=ConflictConfig(_conflict_handler(schema)),
    )
    flags = (("ResolverConfig", "conflicts" in schema.options),)
    compiled = compile_schema(
        (Source("schema.graphql", schema.text),),
        CompileOptions(config.transformer, auth, flags, config.admin_role_names),
    )
    return compiled, config


def _conflict_handler(schema: Block) -> ConflictHandler:
    name, _, function = schema.options.get("conflicts", "AUTOMERGE").partition(":")
    return ConflictHandler(Resolution(name), function or None)


def _stage(
    file: ScenarioFile, schema: Block, transformer: str, functions: SceneFunctions
) -> _Stage:
    compiled, config = _compiled(schema, transformer)
    if compiled.api is None:
        raise Mismatch("\n".join(map(str, compiled.problems)))
    blueprint = plan(compiled.api, config)
    ids = itertools.count(1)
    seconds = itertools.count()
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: _START + timedelta(seconds=next(seconds)),
        new_id=lambda: f"id-{next(ids)}",
        outside=DataSources(
            FunctionSource(blueprint, functions),
            HttpSource({"env": "dev", "aws_region": "us-east-1"}, lambda _: None),
        ),
    )
    policies = RolePolicies(blueprint.roles, config.roles, "arn:aws:appsync:api")
    directory: dict[str, tuple[str, ...]] = {}
    host = Host(
        blueprint,
        interpreter,
        policies,
        groups_now=lambda caller: directory.get(caller.username, caller.groups),
    )
    hub = Hub(host, Executions(), lambda _: None)
    return _Stage(file, host, interpreter, hub, directory)


def _caller(stage: _Stage, block: Block) -> Caller:
    options = block.options
    if "directory" in options:
        now = options["directory"].split(",")
        stage.directory[options["as"]] = tuple(filter(None, now))
    return persona(options["as"], options.get("groups", ""), options.get("claims", ""))


def _request(block: Block, number: str = "0") -> GraphQLRequest:
    filled = "x" * int(block.options.get("fill", "0"))
    text = block.text.replace("%n", number).replace("%fill", filled)
    return GraphQLRequest(text, json.loads(block.options.get("variables", "{}")))


def _execute(
    stage: _Stage, block: Block, trace: Trace, number: str = "0"
) -> dict[str, object]:
    request = _request(block, number)
    answer = stage.host.execute(request, _caller(stage, block), trace)
    if not isinstance(answer, ExecutionAnswer):
        return {"status": answer.status, "message": answer.message}
    if answer.operation and answer.operation.kind is OperationType.MUTATION:
        asyncio.run(_publish(stage.hub, answer))
    return _plain(answer.body())


async def _publish(hub: Hub, answer: ExecutionAnswer) -> None:
    hub.publish(answer)
    await hub.settled()


@dataclass(frozen=True)
class _Subscriber:
    """Keeps what it is told."""

    stage: _Stage

    def deliver(self, payload: str) -> None:
        """Keep an event."""
        self.stage.events.append(_plain(orjson.loads(payload)))

    def invalidate(self) -> None:
        """Nothing here invalidates."""


def _subscribe(stage: _Stage, block: Block, trace: Trace) -> dict[str, object]:
    caller = _caller(stage, block)
    found = listener(stage.host, stage.interpreter, _request(block), caller)
    if not isinstance(found, Listener):
        trace.pitfalls += found[0].pitfalls
        return _plain({"errors": found[1]})
    trace.pitfalls += found.trace.pitfalls
    stage.hub.add(object(), found, _Subscriber(stage))
    return {"started": True}


def _plain(answer: Mapping[str, object]) -> dict[str, object]:
    plain: dict[str, object] = orjson.loads(orjson.dumps(answer, default=str))
    return _without_places(plain)


def _without_places(answer: dict[str, object]) -> dict[str, object]:
    """Leave out where an error is in the query; files would only repeat it."""
    errors = answer.get("errors")
    if isinstance(errors, list):
        for error in errors:
            error.pop("locations", None)
    return answer


def _matches(wanted: object, got: object) -> bool:
    match wanted:
        case str() if wanted == ANY:
            return got is not None
        case dict():
            return (
                isinstance(got, dict)
                and wanted.keys() == got.keys()
                and all(_matches(value, got[key]) for key, value in wanted.items())
            )
        case list():
            return (
                isinstance(got, list)
                and len(wanted) == len(got)
                and all(map(_matches, wanted, got))
            )
        case _:
            return wanted == got


def _differ(file: ScenarioFile, block: Block, wanted: object, got: object) -> None:
    place = f"{file.path.name}:{block.line}"
    shown = f"wanted {json.dumps(wanted, indent=1)}\ngot {json.dumps(got, indent=1)}"
    raise Mismatch(f"{place}\n{shown}")
