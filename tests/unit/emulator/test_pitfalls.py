"""Pitfalls: their list is whole, and what they say to write is what helps."""

from __future__ import annotations

import ast
import itertools
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator import pitfalls
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.pitfalls.codes import MEANINGS, pitfall
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

ROOT = Path(__file__).parents[3]
FOLDER = Path(pitfalls.__file__).parent
BESIDE = {"__init__", "asked", "codes", "facts", "filters", "owners", "remedies"}
V1, V2 = Transformer.V1, Transformer.V2
BOTH = pytest.mark.parametrize("transformer", [V1, V2])


def user(name: str) -> UserPoolCaller:
    return UserPoolCaller(
        f"sub-{name}", name, "i", {"sub": f"sub-{name}", "username": name}
    )


ALICE, BOB = user("alice"), user("bob")


@dataclass
class Api:
    host: Host

    def ask(
        self, query: str, caller: UserPoolCaller = ALICE
    ) -> tuple[dict[str, object], Trace]:
        trace = Trace()
        answer = self.host.execute(GraphQLRequest(query, {}), caller, trace)
        assert isinstance(answer, ExecutionAnswer)
        return answer.body(), trace


def serve(schema: str, transformer: Transformer) -> Api:
    auth = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY,))
    compiled = compile_schema(
        (Source("schema.graphql", schema),), CompileOptions(transformer, auth)
    )
    assert compiled.api is not None, compiled.problems
    blueprint = plan(compiled.api, Config("test", transformer, auth))
    ids = itertools.count()
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"k" * 32),
        lambda: datetime(2026, 1, 1, tzinfo=UTC),
        lambda: f"id-{next(ids)}",
    )
    return Api(Host(blueprint, interpreter, RolePolicies((), (), "arn")))


def test_every_detector_is_asked() -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse((FOLDER / "__init__.py").read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "amplikit.emulator.pitfalls"
        for alias in node.names
    }
    assert imported == {path.stem for path in FOLDER.glob("*.py")} - BESIDE


def test_every_code_is_found_by_some_detector() -> None:
    found = {
        name
        for path in FOLDER.glob("*.py")
        if path.stem not in BESIDE
        for name in re.findall(r'^ +"([a-z0-9-]+)",$', path.read_text(), re.MULTILINE)
    }
    inline = {
        name
        for path in FOLDER.glob("*.py")
        for name in re.findall(r'pitfall\("([a-z0-9-]+)"', path.read_text())
    }
    assert found | inline >= MEANINGS.keys()


def test_all_36_have_a_code_or_are_found_by_the_compiler() -> None:
    numbers = {meaning[:3] for meaning in MEANINGS.values()} | {"P30", "P32"}
    assert numbers == {f"P{number:02}" for number in range(1, 37)}


@pytest.mark.parametrize(("code", "meaning"), MEANINGS.items())
def test_every_code_is_raised_in_its_scenario_and_explained(
    code: str, meaning: str
) -> None:
    folder = ROOT / "tests" / "scenarios" / "pitfalls"
    raised = {
        one
        for path in folder.glob(f"{meaning[:3]}-*.md")
        for block in re.findall(
            r"```json pitfalls.*\n((?:.|\n)*?)```", path.read_text()
        )
        for one in json.loads(block)
    }
    assert code in raised
    row = f"| {meaning[:3]} | `{code}` | {meaning[5].upper()}{meaning[6:]} |"
    assert row in (ROOT / "docs" / "pitfalls.md").read_text()


def test_a_code_that_nobody_knows_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError):
        pitfall("no-such-code", (), "", "")


POSTS = """type Post @model @auth(rules: [{ allow: private }])%s {
  id: ID!
  title: %s
}"""


@BOTH
def test_the_index_of_the_remedy_finds_what_the_filter_did_not(
    transformer: Transformer,
) -> None:
    api = serve(POSTS % ("", "String"), transformer)
    for title in ("One", "Two", "Three"):
        api.ask(f'mutation {{ createPost(input: {{ title: "{title}" }}) {{ id }} }}')
    _, trace = api.ask(
        '{ listPosts(filter: { title: { eq: "x" } }, limit: 1) { nextToken } }'
    )
    (found,) = trace.pitfalls
    assert found.code == "filter-on-a-page"
    line = found.hint.split(": ", 1)[1].removesuffix(
        ". Or follow nextToken to its end."
    )
    given = (
        (f" {line}", "String") if transformer is V1 else ("", line.partition(": ")[2])
    )

    better = serve(POSTS % given, transformer)
    better.ask('mutation { createPost(input: { id: "1", title: "x" }) { id } }')
    answer, trace = better.ask(
        '{ postsByTitle(title: "x") { items { id } nextToken } }'
    )

    data = {"postsByTitle": {"items": [{"id": "1"}], "nextToken": None}}
    assert (answer, trace.pitfalls) == ({"data": data}, [])


@BOTH
def test_a_filter_on_the_key_is_sent_to_get(transformer: Transformer) -> None:
    api = serve(POSTS % ("", "String"), transformer)
    for _ in range(2):
        api.ask("mutation { createPost(input: { title: null }) { id } }")

    _, trace = api.ask(
        '{ listPosts(filter: { id: { eq: "7" } }, limit: 1) { nextToken } }'
    )

    assert trace.pitfalls[0].hint.startswith('Ask by the key: getPost(id: "7")')


SORTED = """type Post @model @auth(rules: [{ allow: private }])%s {
  id: ID!
  %s
}"""


@BOTH
def test_the_index_of_the_remedy_gives_the_order(transformer: Transformer) -> None:
    api = serve(POSTS % ("", "String"), transformer)
    _, trace = api.ask("{ listPosts(sortDirection: DESC) { items { id } } }")
    (found,) = trace.pitfalls
    line, _, declared = found.hint.split(": ", 1)[1].partition(". Declare ")
    given = (f" {line}", declared) if transformer is V1 else ("", f"{line} {declared}")

    better = serve(SORTED % given, transformer)
    answer, _ = better.ask(
        '{ postsByType(type: "x", sortDirection: DESC) { items { id } } }'
    )

    assert answer == {"data": {"postsByType": {"items": []}}}


TODOS = """type Todo @model @auth(rules: [{ allow: owner }%s]) {
  id: ID!
  owner: %s
}"""
CREATORS = ", { allow: private, operations: [create, read] }"


@BOTH
def test_the_field_rules_of_the_remedy_keep_the_owner(transformer: Transformer) -> None:
    create = 'mutation { createTodo(input: { id: "1" }) { id owner } }'
    give = 'mutation { updateTodo(input: { id: "1", owner: "bob" }) { id owner } }'
    api = serve(TODOS % ("", "String"), transformer)
    api.ask(create)
    _, trace = api.ask(give)
    (found,) = trace.pitfalls
    assert found.code == "owner-given-away"

    better = serve(TODOS % ("", found.hint.partition("owner: ")[2]), transformer)

    assert "errors" not in better.ask(create)[0]
    assert "errors" in better.ask(give)[0]
    delete = 'mutation { deleteTodo(input: { id: "1" }) { id } }'
    assert "errors" not in better.ask(delete)[0]


@BOTH
def test_the_field_rules_of_the_remedy_stop_a_false_owner(
    transformer: Transformer,
) -> None:
    spoof = 'mutation { createTodo(input: { id: "1", owner: "alice" }) { id owner } }'
    _, trace = serve(TODOS % (CREATORS, "String"), transformer).ask(spoof, BOB)
    (found,) = trace.pitfalls
    assert found.code == "owner-spoofed"

    better = serve(TODOS % (CREATORS, found.hint.partition("owner: ")[2]), transformer)

    assert "errors" in better.ask(spoof, BOB)[0]
    own = 'mutation { createTodo(input: { id: "2" }) { id } }'
    assert "errors" not in better.ask(own, BOB)[0]


NESTED = """type Blog @model @auth(rules: [{ allow: private }]) {
  id: ID!
  posts: [Post] @hasMany(indexName: "byBlog", fields: ["id"])
}
type Post @model @auth(rules: [{ allow: private }]) {
  id: ID!
  blogID: ID @index(name: "byBlog")
}"""


def test_what_many_items_meet_is_told_once() -> None:
    api = serve(NESTED, V2)
    for blog in ("a", "b"):
        api.ask(f'mutation {{ createBlog(input: {{ id: "{blog}" }}) {{ id }} }}')
        for _ in range(2):
            api.ask(
                f'mutation {{ createPost(input: {{ blogID: "{blog}" }}) {{ id }} }}'
            )

    _, trace = api.ask("{ listBlogs { items { posts(limit: 1) { items { id } } } } }")

    assert [one.code for one in trace.pitfalls] == ["nested-list-cut"]
    assert trace.pitfalls[0].path == ("listBlogs", "items", 0, "posts")
