"""What one blueprint gives to whom that another does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.inspect.changes import changes
from amplikit.planner import plan

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
POST = "type Post @model @auth(rules: [%s]) { id: ID! title: String%s }"


def blueprint(text: str, transformer: str = "v2", **flags: bool) -> Blueprint:
    version = Transformer(transformer)
    options = CompileOptions(version, AUTH, tuple(flags.items()))
    found = compile_schema([Source("a.graphql", text)], options)
    assert found.api is not None, [str(problem) for problem in found.problems]
    return plan(found.api, Config("app", version, AUTH, flags=found.api.flags))


def access(before: Blueprint, after: Blueprint) -> dict[tuple[str, str], object]:
    return {
        (one.coordinate, one.mode): (one.before, one.after)
        for one in changes(before, after).access
    }


POOLS, KEY, IAM = (
    mode.value for mode in (AuthMode.USER_POOLS, AuthMode.API_KEY, AuthMode.IAM)
)
PRIVATE, PUBLIC = "{ allow: private }", "{ allow: public }"
ACCESS = [
    pytest.param(
        blueprint(POST % (PRIVATE, "")),
        blueprint(POST % (f"{PRIVATE}, {PUBLIC}", "")),
        ("Query.getPost", KEY),
        (("nobody",), ("everybody",)),
        id="a mode more",
    ),
    pytest.param(
        blueprint(POST % ("{ allow: owner }", ""), "v1"),
        blueprint(POST % ("{ allow: owner }", "")),
        ("Query.listPosts", POOLS),
        (("owner by 'owner' (username)",), ("owner by 'owner' (sub::username)",)),
        id="another claim",
    ),
    pytest.param(
        blueprint(POST % ("{ allow: owner, operations: [create] }", ""), "v1"),
        blueprint(POST % ("{ allow: owner, operations: [create] }", "")),
        ("Mutation.deletePost", POOLS),
        (("everybody",), ("nobody",)),
        id="what no rule names",
    ),
    pytest.param(
        blueprint(POST % ("{ allow: private, provider: iam }", ""), "v1"),
        blueprint(POST % ("{ allow: private, provider: iam }", "")),
        ("Query.getPost", IAM),
        (("everybody",), ("signed-in role of the identity pool",)),
        id="a function's role",
    ),
    pytest.param(
        blueprint(POST % ('{ allow: groups, groups: ["A"] }', "")),
        blueprint(POST % ('{ allow: groups, groups: ["A", "B"] }', "")),
        ("Mutation.createPost", POOLS),
        (("group 'A'",), ("group 'A'", "group 'B'")),
        id="a group more",
    ),
    pytest.param(
        blueprint("type Post @model { id: ID! }"),
        blueprint("type Post @model { id: ID! }", sandboxModeEnabled=True),
        ("Query.getPost", KEY),
        (("nobody",), ("everybody",)),
        id="the sandbox",
    ),
    pytest.param(
        blueprint(POST % ("{ allow: public, provider: iam }", "")),
        blueprint(POST % ("{ allow: private, provider: iam }", "")),
        ("types/Post/*", "policy"),
        (("signed-in role", "guest role"), ("signed-in role",)),
        id="a policy",
    ),
]


@pytest.mark.parametrize(("before", "after", "place", "expected"), ACCESS)
def test_access_is_told_by_field_and_mode(
    before: Blueprint, after: Blueprint, place: tuple[str, str], expected: object
) -> None:
    assert access(before, after)[place] == expected


def test_the_same_blueprint_changes_nothing() -> None:
    one = blueprint(POST % ("{ allow: owner }", " @index"))
    found = changes(one, one)
    assert (found.access, found.schema, found.tables) == ((), (), ())


def test_what_is_in_a_new_type_is_not_listed() -> None:
    before = blueprint(POST % (PUBLIC, ""))
    after = replace(before, sdl=before.sdl + "input Extra { a: Int }")
    (found,) = changes(before, after).schema
    assert (found.coordinate, found.before, found.after) == ("Extra", None, "input")


def test_a_field_and_an_argument_are_told_with_their_types() -> None:
    before = blueprint(POST % (PUBLIC, ""))
    sdl = before.sdl.replace("title: String\n", "title: Int\n", 1)
    sdl = sdl.replace("getPost(id: ID!)", "getPost")
    listed = changes(before, replace(before, sdl=sdl)).schema
    found = {one.coordinate: one for one in listed}
    assert set(found) == {"Post.title", "Query.getPost(id:)"}
    assert (found["Post.title"].before, found["Post.title"].after) == ("String", "Int")
    assert found["Query.getPost(id:)"].after is None


def test_a_new_key_needs_a_new_table_and_an_index_does_not() -> None:
    text = "type Post @model { id: ID! title: String!%s }"
    before, indexed, keyed = (
        blueprint(text % directive) for directive in ("", " @index", " @primaryKey")
    )
    (index,) = changes(before, indexed).tables
    assert (index.index, index.before, index.replaces) == ("postsByTitle", None, False)
    (key,) = changes(before, keyed).tables
    assert (key.before, key.after, key.replaces) == ("id S", "title S", True)
