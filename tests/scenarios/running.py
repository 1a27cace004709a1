"""Runs a scenario in process: compiled, planned and interpreted over empty tables."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson
from personas import persona

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.planner import plan
from amplikit.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from reading import Block, Scenario, ScenarioFile

__all__ = ["Mismatch", "run"]

ANY = "<any>"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_MODES = (AuthMode.USER_POOLS, AuthMode.API_KEY, AuthMode.IAM)


class Mismatch(AssertionError):
    """A response that is not the one that the scenario shows."""


def run(file: ScenarioFile, scenario: Scenario, transformer: str) -> None:
    """Play one scenario; raises ``Mismatch`` at the first other response."""
    host = _host(file.schema, transformer)
    requests = iter([*file.setup, *scenario.blocks])
    for block in requests:
        if block.options.get("transformer", transformer) != transformer:
            if block.kind == "request":
                next(requests)
            continue
        trace = Trace()
        answer = _execute(host, block, trace)
        if block.kind == "setup":
            if "errors" in answer:
                _differ(file, block, {"data": "and no errors"}, answer)
            continue
        wanted = json.loads(next(requests).text)
        if not _matches(wanted, answer):
            _differ(file, block, wanted, answer)


def _host(schema: Block, transformer: str) -> Host:
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
    )
    compiled = compile_schema(
        (Source("schema.graphql", schema.text),),
        CompileOptions(config.transformer, auth, ()),
    )
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
    )
    policies = RolePolicies(blueprint.roles, config.roles, "arn:aws:appsync:api")
    return Host(blueprint, interpreter, policies)


def _execute(host: Host, block: Block, trace: Trace) -> dict[str, object]:
    options = block.options
    caller = persona(
        options["as"], options.get("groups", ""), options.get("claims", "")
    )
    variables = json.loads(options.get("variables", "{}"))
    answer = host.execute(GraphQLRequest(block.text, variables), caller, trace)
    if not isinstance(answer, ExecutionAnswer):
        return {"status": answer.status, "message": answer.message}
    plain: dict[str, object] = orjson.loads(orjson.dumps(answer.body(), default=str))
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
