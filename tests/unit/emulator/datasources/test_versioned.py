"""Conflicts of writers that meet, and pages of syncs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.conflicts import ConflictConfig, ConflictHandler, Resolution
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest, ScanRequest

AUTH = AuthConfig(AuthMode.USER_POOLS)
VERSIONS = pytest.mark.parametrize("transformer", Transformer)
OWNED = """
type Post @model
  @auth(rules: [{ allow: owner }, { allow: groups, groups: ["Staff"] }]) {
  id: ID!
  title: String
  tags: [String]
  secret: String @auth(rules: [{ allow: groups, groups: ["Staff"] }])
}
"""


@dataclass
class Api:
    """A synced schema; ``now`` stands still until a test moves it."""

    interpreter: Interpreter
    store: SqliteStore
    clock: list[datetime] = field(default_factory=list)

    def ask(
        self, coordinate: str, name: str = "alice", **arguments: object
    ) -> Resolved | FieldError:
        parent, _, field_name = coordinate.partition(".")
        claims = {"sub": f"{name}-sub", "username": name}
        caller = UserPoolCaller(f"{name}-sub", name, "issuer", claims)
        call = FieldCall(parent, field_name, arguments, None, caller, (field_name,))
        outcome = self.interpreter.run(call, Trace())
        assert isinstance(outcome, Resolved | FieldError)
        return outcome

    def value(self, coordinate: str, **arguments: object) -> dict:
        outcome = self.ask(coordinate, **arguments)
        assert isinstance(outcome, Resolved), outcome
        assert isinstance(outcome.value, dict)
        return outcome.value

    def pass_by(self, **time: float) -> None:
        self.clock[0] += timedelta(**time)


def api(
    transformer: Transformer,
    text: str = OWNED,
    resolution: Resolution = Resolution.OPTIMISTIC_CONCURRENCY,
) -> Api:
    compiled = compile_schema(
        (Source("schema.graphql", text),),
        CompileOptions(transformer, AUTH, (("ResolverConfig", True),)),
    )
    assert compiled.api is not None, compiled.problems
    conflicts = ConflictConfig(ConflictHandler(resolution))
    blueprint = plan(
        compiled.api, Config("test", transformer, AUTH, conflicts=conflicts)
    )
    clock = [datetime(2026, 3, 4, 12, tzinfo=UTC)]
    store = SqliteStore.in_memory(blueprint.tables, clock=time.time)
    ids = iter(range(1_000_000))
    interpreter = Interpreter(
        blueprint,
        store,
        NextTokens(b"s" * 32),
        clock=lambda: clock[0],
        new_id=lambda: f"id-{next(ids)}",
    )
    return Api(interpreter, store, clock)


@VERSIONS
def test_a_conflict_shows_the_item_to_who_may_write_it_alone(
    transformer: Transformer,
) -> None:
    server = api(transformer)
    server.value("Mutation.createPost", input={"id": "1", "title": "mine"})
    stale = {"id": "1", "title": "x", "_version": 9}
    theirs = server.ask("Mutation.updatePost", "bob", input=stale)
    assert isinstance(theirs, FieldError)
    assert theirs.error_type != "ConflictUnhandled"
    assert theirs.data is None
    mine = server.ask("Mutation.updatePost", input=stale)
    assert isinstance(mine, FieldError)
    assert mine.error_type == "ConflictUnhandled"
    assert isinstance(mine.data, dict)
    assert mine.data["title"] == "mine"


@VERSIONS
def test_a_conflict_shows_no_field_that_has_rules_of_its_own(
    transformer: Transformer,
) -> None:
    server = api(transformer)
    server.value("Mutation.createPost", input={"id": "1", "title": "mine"})
    (stored,) = server.store.scan(ScanRequest("Post")).items
    server.store.put(PutRequest("Post", stored | {"secret": "hidden"}))
    mine = server.ask("Mutation.updatePost", input={"id": "1", "title": "x"})
    assert isinstance(mine, FieldError)
    assert isinstance(mine.data, dict)
    assert "secret" not in mine.data


@VERSIONS
@pytest.mark.parametrize("meta", ["_deleted", "_lastChangedAt", "_ttl", "_version"])
def test_nobody_sets_the_metadata_of_a_new_item(
    transformer: Transformer, meta: str
) -> None:
    server = api(transformer, "type Post @model { id: ID! title: String }")
    refusal = server.ask("Mutation.createPost", input={"id": "1", meta: 7})
    (stored,) = server.store.scan(ScanRequest("Post")).items or ({},)
    if isinstance(refusal, Resolved):
        assert stored["_version"] == 1
        assert stored.get("_deleted") is None
        assert "_ttl" not in stored


OPEN = (
    "type Post @model @auth(rules: [{allow: private}]) { id: ID! n: Int tags: [Int] }"
)


@pytest.mark.parametrize(
    ("resolution", "written"),
    [
        (Resolution.OPTIMISTIC_CONCURRENCY, range(1, 2)),
        (Resolution.AUTOMERGE, range(1, 9)),
    ],
)
def test_of_writers_at_once_each_counts_or_is_told(
    resolution: Resolution, written: range
) -> None:
    server = api(Transformer.V1, OPEN, resolution)
    server.value("Mutation.createPost", input={"id": "1", "tags": []})
    barrier, outcomes = threading.Barrier(8), []

    def write(number: int) -> None:
        barrier.wait()
        given = {"id": "1", "tags": [number], "_version": 1}
        outcomes.append(server.ask("Mutation.updatePost", input=given))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [one for one in outcomes if isinstance(one, Resolved)]
    failed = {one.error_type for one in outcomes if isinstance(one, FieldError)}
    assert failed <= {"ConflictUnhandled", "MaxConflicts"}
    post = server.value("Query.getPost", id="1")
    assert post["_version"] == 1 + len(done)
    assert len(post["tags"]) == len(done)
    assert len(done) in written
    records = server.store.scan(ScanRequest("DataStore")).items
    assert len(records) == 1 + len(done)


@VERSIONS
def test_a_sync_is_read_page_by_page_and_says_when_it_began(
    transformer: Transformer,
) -> None:
    server = api(transformer)
    for number in range(5):
        server.value("Mutation.createPost", input={"id": str(number)})
        server.pass_by(seconds=1)
    for since in (None, 1_772_625_600_000):
        first = server.value("Query.syncPosts", limit=2, lastSync=since)
        seen, token = [*first["items"]], first["nextToken"]
        while token:
            server.pass_by(seconds=1)
            page = server.value(
                "Query.syncPosts", limit=2, lastSync=since, nextToken=token
            )
            assert page["startedAt"] == first["startedAt"]
            seen, token = [*seen, *page["items"]], page["nextToken"]
        assert sorted(item["id"] for item in seen) == ["0", "1", "2", "3", "4"]
        assert all("ds_pk" not in item or since for item in seen)


@VERSIONS
def test_a_sync_over_midnight_reads_both_days(transformer: Transformer) -> None:
    server = api(transformer)
    server.clock[0] = datetime(2026, 3, 4, 23, 59, 50, tzinfo=UTC)
    since = round(server.clock[0].timestamp() * 1000)
    for number in range(4):
        server.value("Mutation.createPost", input={"id": str(number)})
        server.pass_by(seconds=5)
    seen, token = [], None
    while True:
        page = server.value("Query.syncPosts", limit=1, lastSync=since, nextToken=token)
        seen += [item["id"] for item in page["items"]]
        token = page["nextToken"]
        if not token:
            break
    assert seen == ["0", "1", "2", "3"]


@VERSIONS
def test_a_sync_shows_what_the_rules_let_a_caller_read(
    transformer: Transformer,
) -> None:
    server = api(transformer)
    server.value("Mutation.createPost", input={"id": "1", "title": "mine"})
    for since in (None, 1_772_625_600_000):
        outcome = server.ask("Query.syncPosts", "bob", lastSync=since)
        assert isinstance(outcome, Resolved)
        assert outcome.value["items"] == []


@VERSIONS
@pytest.mark.parametrize("token", ["nonsense", "AAAA"])
def test_a_token_that_was_not_given_is_refused(
    transformer: Transformer, token: str
) -> None:
    refusal = api(transformer).ask("Query.syncPosts", nextToken=token)
    assert isinstance(refusal, FieldError)
    assert refusal.error_type == "DynamoDB:UserIllegalArgumentException"


@VERSIONS
def test_an_item_from_before_conflict_detection_is_version_0(
    transformer: Transformer,
) -> None:
    server = api(transformer, OPEN)
    server.store.put(PutRequest("Post", {"id": "1", "n": 1}))
    updated = server.value("Mutation.updatePost", input={"id": "1", "n": 2})
    assert (updated["n"], updated["_version"]) == (2, 1)


@VERSIONS
def test_what_is_not_there_is_deleted_without_an_error(
    transformer: Transformer,
) -> None:
    server = api(transformer, OPEN)
    outcome = server.ask("Mutation.deletePost", input={"id": "9", "_version": 1})
    assert outcome == Resolved(None)


def test_a_lambda_handler_without_functions_is_an_error_of_its_own() -> None:
    server = api(Transformer.V1, OPEN, Resolution.LAMBDA)
    server.value("Mutation.createPost", input={"id": "1"})
    refusal = server.ask("Mutation.updatePost", input={"id": "1", "n": 1})
    assert isinstance(refusal, FieldError)
    assert refusal.error_type == "ConflictError"
