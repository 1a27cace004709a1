"""Each lint rule on a schema that trips it, and on one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, FunctionConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.inspect import lint
from amplikit.inspect.lint import RULES

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.IAM, AuthMode.API_KEY))
FUNCTION = FunctionConfig("writer", Path("lambdas/writer"), "writer-role")


def found(
    schema: str, transformer: str, admin_role_names: tuple[str, ...] = ()
) -> list[tuple[str, int | None]]:
    config = Config(
        name="lint",
        transformer=Transformer(transformer),
        auth=AUTH,
        functions=(FUNCTION,),
        admin_role_names=admin_role_names,
    )
    options = CompileOptions(config.transformer, AUTH, ())
    compiled = compile_schema((Source("s.graphql", schema),), options)
    assert compiled.api is not None, compiled.problems
    return [
        (problem.code, problem.where.line if problem.where else None)
        for problem in lint(compiled.api, config)
    ]


@pytest.mark.parametrize(
    ("rules", "transformer", "wanted"),
    [
        ("{ allow: owner, operations: [create] }", "v1", [("operation-open", 1)]),
        ("{ allow: owner, operations: [create] }", "v2", []),
        ("{ allow: owner }", "v1", []),
        ("{ allow: private, provider: iam }", "v2", [("lambda-not-let-in", 1)]),
        ("{ allow: private, provider: iam }", "v1", []),
        ("{ allow: public, provider: iam }", "v2", [("public-iam-not-private", 1)]),
        ("{ allow: public, provider: iam }", "v1", []),
        ("{ allow: public }", "v2", []),
    ],
)
def test_a_rule_is_found_where_it_stands(
    rules: str, transformer: str, wanted: list[tuple[str, int]]
) -> None:
    schema = f"type Note @model @auth(rules: [{rules}]) {{ id: ID! text: String }}"
    assert found(schema, transformer) == wanted


@pytest.mark.parametrize(
    ("sort_type", "wanted"), [("String", ["optional-sort-key"]), ("String!", [])]
)
def test_an_optional_sort_key_is_found(sort_type: str, wanted: list[str]) -> None:
    schema = (
        "type Task @model @auth(rules: [{ allow: owner }]) "
        '@key(name: "byKind", fields: ["kind", "at"], queryField: "tasks") '
        f"{{ id: ID! kind: String! at: {sort_type} }}"
    )
    assert [code for code, _ in found(schema, "v1")] == wanted


@pytest.mark.parametrize(
    ("names", "wanted"),
    [(("dev",), ["admin-role-name-short"]), (("writer-role",), [])],
)
def test_a_short_admin_role_name_is_found(
    names: tuple[str, ...], wanted: list[str]
) -> None:
    schema = "type Note @model @auth(rules: [{ allow: owner }]) { id: ID! }"
    assert [code for code, _ in found(schema, "v2", names)] == wanted


def test_an_admin_role_is_let_in() -> None:
    schema = (
        "type Note @model @auth(rules: [{ allow: private, provider: iam }]) { id: ID! }"
    )
    assert found(schema, "v2", ("writer-role",)) == []


JOINED = """
type Post @model @auth(rules: [{ allow: private, provider: iam }]) {
  id: ID! tags: [Tag] @manyToMany(relationName: "PostTags")
}
type Tag @model @auth(rules: [{ allow: private, provider: iam }]) {
  id: ID! posts: [Post] @manyToMany(relationName: "PostTags")
}
"""


def test_a_joining_model_repeats_no_warning_of_its_sides() -> None:
    assert found(JOINED, "v2") == [("lambda-not-let-in", 2), ("lambda-not-let-in", 5)]


QUIET = {
    "an admin group creates for others": (
        '{ allow: owner }, { allow: groups, groups: ["Admin"] }',
        "owner: String",
    ),
    "a list of owners is for sharing": (
        '{ allow: owner, ownerField: "editors" }, { allow: private }',
        "editors: [String]",
    ),
    "an owner field that is in no input": (
        "{ allow: owner }, { allow: private }",
        "a: Int",
    ),
    "reading is everything that is allowed": ("{ allow: public }", "a: Int"),
    "signed-in readers may listen": (
        "{ allow: owner }, { allow: private, operations: [read] }",
        "a: Int",
    ),
    "a field's rules name every group that deletes": (
        '{ allow: groups, groups: ["A", "B"] }',
        'a: Int @auth(rules: [{ allow: groups, groups: ["B", "A"] }])',
    ),
    "a claim that only a trigger can add": (
        '{ allow: owner, identityClaim: "custom:tenant" }',
        "a: Int",
    ),
    "a provider that says what the strategy says": (
        "{ allow: owner, provider: userPools }",
        "a: Int",
    ),
    "a status without an enum": ("{ allow: public }", "status: String"),
    "an id of something that is no model": ("{ allow: public }", "googleID: ID"),
}


@pytest.mark.parametrize(("rules", "field"), QUIET.values(), ids=QUIET)
def test_what_is_meant_is_not_warned_of(rules: str, field: str) -> None:
    schema = f"type Note @model @auth(rules: [{rules}]) {{ id: ID! {field} }}"
    assert found(schema, "v2") == []


def test_a_group_that_may_not_delete_one_field_is_named_by_its_own_rule() -> None:
    schema = """type Note @model @auth(rules: [{ allow: groups, groups: ["A", "B"] }]) {
  id: ID!
  a: Int @auth(rules: [
    { allow: groups, groups: ["A"] }
    { allow: groups, groups: ["B"], operations: [read] }
  ])
}"""
    assert found(schema, "v2") == [("field-blocks-delete", 5)]


def test_a_subscription_that_is_open_on_purpose_is_not_warned_of() -> None:
    schema = (
        "type Note @model(subscriptions: { level: public }) "
        "@auth(rules: [{ allow: owner, queries: [get, list] }]) { id: ID! }"
    )
    assert found(schema, "v1") == []


def test_every_rule_file_is_in_the_list() -> None:
    folder = Path(__file__).parents[3] / "amplikit" / "inspect" / "lint"
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert files == {rule.__module__.rpartition(".")[2] for rule in RULES}
