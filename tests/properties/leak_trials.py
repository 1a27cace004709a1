"""Random subscribers and mutations over one made-up schema, really run.

``python tests/properties/leak_trials.py 10000`` compares that many pairs.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import orjson

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "scenarios"))

from leak_oracle import Listening, Modes, delivered, may_start, shown
from leak_schemas import OWNER_FIELDS, Case, made
from personas import persona

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.executions import Executions
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.realtime.hub import Hub
from amplikit.emulator.realtime.subscribing import Listener, listener
from amplikit.emulator.trace import Trace
from amplikit.planner import plan
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint

__all__ = ["Count", "Difference", "compared"]

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
EVERYTHING = (PolicyStatement("Allow", ("appsync:GraphQL",), ("*",)),)
SUBSCRIBERS = 12
MUTATIONS = 10
LEAVES = (
    ("id", "ID"),
    ("title", "String"),
    ("text", "String"),
    ("count", "Int"),
    ("score", "Float"),
    ("live", "Boolean"),
    ("tags", "[String]"),
    ("kind", "Kind"),
    ("owner", "String"),
    ("author", "String"),
    ("editors", "[String]"),
    ("team", "String"),
    ("teams", "[String]"),
)
USERS = {
    "alice": ("a-1", ("Red",)),
    "bob": ("b-1", ("Blue", "Red")),
    "carol": ("d-1", ()),
    "admin": ("c-1", ("Admin",)),
}
CALLERS = (*USERS, *USERS, "key", "guest", "signedin_iam", "fn")
FIELDS = ("onCreateNote",) * 3 + ("onUpdateNote", "onDeleteNote", "onNote")
NAMES = ("alice", "bob", "a-1::alice", "b-1::bob", "a-1", None)
TEAMS = ("Red", "Blue", "Admin", None)
VALUES: dict[str, tuple[object, ...]] = {
    "id": ("1", "2", "3"),
    "title": ("t", "u"),
    "text": ("", "a", "ab", "abc", "B", None),
    "count": (0, 1, 2, -1, None),
    "score": (0, 1, 1.5, 2.25, None),
    "live": (True, False, None),
    "tags": (["a"], ["a", "b"], [], None),
    "kind": ("SMALL", "LARGE", None),
    "owner": NAMES,
    "author": NAMES,
    "editors": (["alice"], ["bob", "alice"], [], None),
    "team": TEAMS,
    "teams": (["Red"], ["Blue", "Admin"], [], None),
    "other": ("x",),
}
ORDERED = ("ne", "eq", "le", "lt", "ge", "gt", "between", "in", "notIn")
TEXTS = (*ORDERED, "contains", "notContains", "beginsWith")
TESTS: dict[str, tuple[str, ...]] = {
    "id": TEXTS,
    "title": TEXTS,
    "text": TEXTS,
    "count": ORDERED,
    "score": ORDERED,
    "live": ("eq", "ne"),
    "kind": ("eq", "ne", "in", "notIn"),
    "owner": ("eq", "ne", "in", "beginsWith"),
    "team": ("eq", "in"),
    "tags": ("contains", "notContains"),
}


@dataclass(frozen=True)
class Difference:
    """A pair about which the engine and the oracle disagree."""

    sdl: str
    listening: Listening
    event: object
    wanted: object
    got: object


@dataclass
class _Told:
    """Keeps what one subscription is told."""

    payloads: list[dict[str, object]] = field(default_factory=list)

    def deliver(self, payload: str) -> None:
        """Keep an event."""
        self.payloads.append(orjson.loads(payload))

    def invalidate(self) -> None:
        """Nothing here invalidates."""


@dataclass(frozen=True)
class _Stage:
    case: Case
    host: Host
    interpreter: Interpreter
    hub: Hub
    modes: Modes
    faults: list[str]


@dataclass(frozen=True)
class Count:
    """How many pairs there were, and how many of them were events told."""

    pairs: int = 0
    started: int = 0
    told: int = 0
    with_errors: int = 0

    def __add__(self, other: Count) -> Count:
        """Return both together."""
        return Count(*map(sum, zip(astuple(self), astuple(other), strict=True)))


def compared(seed: int) -> tuple[Count, list[Difference]]:
    """Return what one schema gave, and the pairs that differ."""
    case = made(seed)
    stage = _stage(case)
    return (Count(), []) if stage is None else asyncio.run(_play(stage, Random(seed)))


def _stage(case: Case) -> _Stage | None:
    transformer = Transformer(case.transformer)
    admins = ("report-fn-role",) if transformer is Transformer.V2 else ()
    config = Config(
        name="scenario",
        transformer=transformer,
        auth=AUTH,
        roles=(RoleConfig("report-fn-role", EVERYTHING),),
        admin_role_names=admins,
    )
    options = CompileOptions(transformer, AUTH, (), admins)
    compiled = compile_schema((Source("schema.graphql", case.sdl),), options)
    if compiled.api is None:
        return None
    blueprint: Blueprint = plan(compiled.api, config)
    ids = itertools.count(1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: start + timedelta(seconds=next(ids)),
        new_id=lambda: f"id-{next(ids)}",
    )
    policies = RolePolicies(blueprint.roles, config.roles, "arn:aws:appsync:api")
    host = Host(blueprint, interpreter, policies)
    faults: list[str] = []
    hub = Hub(host, Executions(), faults.append)
    return _Stage(case, host, interpreter, hub, Modes(blueprint.sdl), faults)


async def _play(stage: _Stage, random: Random) -> tuple[Count, list[Difference]]:
    differences: list[Difference] = []
    live: list[tuple[Listening, _Told]] = []
    for number in range(SUBSCRIBERS):
        asked, started = _subscribe(stage, random, number)
        wanted = may_start(stage.case, stage.modes, asked)
        if wanted is not isinstance(started, _Told):
            sdl = stage.case.sdl
            differences.append(Difference(sdl, asked, "start", wanted, started))
        elif isinstance(started, _Told):
            live.append((asked, started))
    count = Count(SUBSCRIBERS, len(live))
    known: set[str] = set()
    for _ in range(MUTATIONS):
        mutation, event = await _mutate(stage, random, known)
        for asked, told in live:
            wanted = _wanted(stage, asked, mutation, event)
            got = [(one["data"], "errors" in one) for one in told.payloads]
            told.payloads.clear()
            count += Count(1, 0, len(got), sum(errors for _, errors in got))
            if wanted != got:
                sdl = stage.case.sdl
                differences.append(Difference(sdl, asked, event, wanted, got))
    faults = [line for line in stage.faults if "Traceback" in line]
    for line in faults:
        nobody = Listening("", "", {}, ())
        differences.append(Difference(stage.case.sdl, nobody, "", "no fault", line))
    return count, differences


def _wanted(
    stage: _Stage, asked: Listening, mutation: str, event: dict[str, object] | None
) -> list[object]:
    heard = {"createNote": "onCreateNote", "updateNote": "onUpdateNote"}
    field_ = heard.get(mutation, "onDeleteNote")
    if event is None or asked.field not in {field_, "onNote"}:
        return []
    if not delivered(stage.case, asked, event):
        return []
    return [shown(stage.modes, asked, event)]


def _subscribe(
    stage: _Stage, random: Random, number: int
) -> tuple[Listening, _Told | object]:
    name = random.choice(CALLERS)
    field_ = random.choice(FIELDS)
    types = _arguments(stage, field_)
    arguments: dict[str, object] = {}
    for argument in types:
        share = 0.25 if field_ == "onNote" else 0.6
        if argument == "filter":
            if random.random() < 0.5:
                arguments["filter"] = _made_filter(random, 2, _filterable(stage))
        elif random.random() < share:
            own = argument in OWNER_FIELDS and name in USERS
            values = NAMES if argument in OWNER_FIELDS else VALUES[argument]
            values = (name,) if own and random.random() < 0.7 else values
            arguments[argument] = random.choice(values)
    selection = tuple(
        (f"x{i}" if random.random() < 0.3 else leaf, leaf)
        for i, (leaf, _) in enumerate(random.sample(LEAVES, random.randint(1, 6)))
    )
    sub, groups = USERS.get(name, ("", ()))
    key = random.choice(("", "", "a", "b"))
    mode = "user" if name in USERS else "key" if name == "key" else "iam"
    asked = Listening(
        mode,
        field_,
        arguments,
        selection,
        name,
        sub,
        groups,
        role="" if sub else name,
        key=key or field_,
    )
    groups_text = ",".join(groups)
    caller = persona(name, groups_text)
    declared = ", ".join(f"${one}: {types[one]}" for one in arguments)
    given = ", ".join(f"{one}: ${one}" for one in arguments)
    body = " ".join(f"{key}: {leaf}" for key, leaf in selection)
    head = f"({declared})" if arguments else ""
    alias = f"{key}: " if key else ""
    call = f"{alias}{field_}({given})" if arguments else f"{alias}{field_}"
    query = f"subscription S{head} {{ {call} {{ {body} }} }}"
    request = GraphQLRequest(query, arguments)
    found = listener(stage.host, stage.interpreter, request, caller)
    if not isinstance(found, Listener):
        return asked, found[1]
    told = _Told()
    stage.hub.add(number, found, told)
    return asked, told


def _arguments(stage: _Stage, name: str) -> dict[str, str]:
    root = stage.host.executable.schema.subscription_type
    definition = root.fields.get(name) if root else None
    if definition is None:
        return {}
    return {key: str(one.type) for key, one in definition.args.items()}


def _filterable(stage: _Stage) -> dict[str, tuple[str, ...]]:
    """Return the tests that a filter may have by field: rules take out some."""
    schema = stage.host.executable.schema
    type_ = schema.get_type("ModelSubscriptionNoteFilterInput")
    return {
        name: tuple(test for test in tests if test in type_.fields[name].type.fields)
        for name, tests in TESTS.items()
        if name in type_.fields
    }


def _made_filter(
    random: Random, depth: int, tests: dict[str, tuple[str, ...]]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in random.sample(tuple(tests), random.choice((1, 1, 1, 2, 3))):
        found[name] = {
            test: _tested(random, name, test)
            for test in random.sample(tests[name], random.choice((1, 1, 1, 2)))
        }
    for both in ("and", "or"):
        if depth and random.random() < 0.15:
            found[both] = [
                _made_filter(random, depth - 1, tests)
                for _ in range(random.randint(1, 3))
            ]
    return found


def _tested(random: Random, name: str, test: str) -> object:
    if name == "tags":
        return random.choice(("a", "b", "z"))
    values = tuple(one for one in VALUES[name] if one is not None)
    if test in {"in", "notIn"}:
        return [random.choice(values) for _ in range(random.randint(1, 4))]
    if test == "between":
        return sorted((random.choice(values), random.choice(values)))
    return random.choice(values)


async def _mutate(
    stage: _Stage, random: Random, known: set[str]
) -> tuple[str, dict[str, object] | None]:
    mutation = random.choice(("createNote",) * 3 + ("updateNote", "deleteNote"))
    id_ = random.choice(sorted(known)) if known and mutation != "createNote" else None
    id_ = id_ or f"n{len(known)}{random.random()}"
    given = {
        name: random.choice(VALUES[name])
        for name, _ in LEAVES
        if name != "id" and (name == "title" or random.random() < 0.6)
    }
    if mutation == "deleteNote":
        given = {}
    selected = tuple(
        (f"y{i}" if random.random() < 0.3 else leaf, leaf)
        for i, (leaf, _) in enumerate(LEAVES)
        if random.random() < 0.85
    ) or (("id", "id"),)
    body = " ".join(f"{key}: {leaf}" for key, leaf in selected)
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation M($i: {kind}!) {{ m: {mutation}(input: $i) {{ {body} }} }}"
    request = GraphQLRequest(query, {"i": {"id": id_, **given}})
    name = random.choice(("fn", "fn", "fn", "fn", "alice", "admin", "key"))
    _, groups = USERS.get(name, ("", ()))
    caller = persona(name, ",".join(groups))
    answer = stage.host.execute(request, caller, Trace())
    if not isinstance(answer, ExecutionAnswer):
        return mutation, None
    stage.hub.publish(answer)
    await stage.hub.settled()
    written = (answer.data or {}).get("m")
    if not isinstance(written, dict):
        return mutation, None
    if mutation == "createNote":
        known.add(id_)
    return mutation, {leaf: written[key] for key, leaf in selected}


def main(pairs: int) -> int:
    """Compare pairs until there are enough; return the exit status."""
    count, schemas = Count(), 0
    for seed in itertools.count():
        if count.pairs >= pairs:
            break
        more, differences = compared(seed)
        count += more
        schemas += more != Count()
        for one in differences[:3]:
            sys.stdout.write(f"{seed}: {one}\n")
        if differences:
            return 1
    sys.stdout.write(f"{schemas} schemas agree: {count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
