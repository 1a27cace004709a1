"""What the identity pool's two roles are granted."""

from __future__ import annotations

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.planner import plan

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))


def grants(text: str, transformer: str, auth: AuthConfig = AUTH) -> list[set[str]]:
    """Return what signed-in callers and guests are granted."""
    version = Transformer(transformer)
    found = compile_schema([Source("a.graphql", text)], CompileOptions(version, auth))
    assert found.api is not None, [str(problem) for problem in found.problems]
    roles = plan(found.api, Config("app", version, auth)).roles[:2]
    return [
        {
            resource.removeprefix("types/")
            for one in role.policy
            for resource in one.resources
        }
        for role in roles
    ]


def fields(**named: str) -> set[str]:
    return {
        f"{root.capitalize()}/fields/{name}"
        for root, names in named.items()
        for name in names.split()
    }


READ = fields(
    query="getPost listPosts",
    subscription="onCreatePost onUpdatePost onDeletePost",
)
WRITE = fields(mutation="createPost updatePost deletePost")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_private_rule_opens_the_model_to_who_is_signed_in(version: str) -> None:
    signed_in, guest = grants(
        "type Post @model @auth(rules: [{ allow: private, provider: iam }]){ id: ID! }",
        version,
    )
    assert signed_in == {"Post/*"} | READ | WRITE
    assert guest == set()


@pytest.mark.parametrize(("version", "more"), [("v1", set()), ("v2", WRITE)])
def test_a_public_rule_opens_what_it_names_to_both_in_v1_and_all_in_v2(
    version: str, more: set[str]
) -> None:
    signed_in, guest = grants(
        "type Post @model @auth(rules: ["
        "{ allow: public, provider: iam, operations: [read] }]) { id: ID! }",
        version,
    )
    assert signed_in == guest == {"Post/*"} | READ | more


def test_a_v1_field_opens_the_operations_that_its_rule_names() -> None:
    signed_in, guest = grants(
        "type Post @model @auth(rules: [{ allow: owner }]) { id: ID! text: String "
        "@auth(rules: [{ allow: private, provider: iam, operations: [read, delete] }])"
        "}",
        "v1",
    )
    assert signed_in == {
        "Post/fields/text",
        *fields(query="getPost listPosts", mutation="deletePost"),
    }
    assert guest == set()


def test_a_v1_field_protects_a_delete_only_where_there_is_an_update() -> None:
    signed_in, _ = grants(
        'type Post @model(mutations: { create: "make", delete: "drop" }) '
        "{ id: ID! text: String @auth(rules: ["
        "{ allow: private, provider: iam, operations: [delete] }]) }",
        "v1",
    )
    assert signed_in == {"Post/fields/text"}


def test_the_old_argument_of_v1_does_not_open_an_index() -> None:
    signed_in, _ = grants(
        "type Post @model @auth(rules: [{ allow: private, provider: iam, "
        'queries: [list], mutations: null }]) @key(name: "a", fields: ["id"], '
        'queryField: "byId") { id: ID! }',
        "v1",
    )
    assert signed_in == {"Post/*", "Query/fields/listPosts"}


def test_public_subscriptions_need_no_grant() -> None:
    signed_in, _ = grants(
        "type Post @model(subscriptions: { level: public }) @auth(rules: ["
        "{ allow: private, provider: iam, operations: [read] }]) { id: ID! }",
        "v1",
    )
    assert signed_in == {"Post/*", *fields(query="getPost listPosts")}


NESTED = """
type Inner { text: String }
type Outer { inner: Inner }
type Other @model @auth(rules: [{ allow: public }]) { id: ID! outer: Outer }
type Post @model @auth(rules: [{ allow: private, provider: iam }]) { id: ID! }
"""


def test_v1_opens_nested_types_to_both_roles_whoever_the_rules_are_for() -> None:
    signed_in, guest = grants(NESTED, "v1")
    assert {"Outer/*", "Inner/*"} <= signed_in
    assert guest == set()  # without a rule for guests there is no policy at all


def test_v2_opens_nested_types_only_of_models_with_iam() -> None:
    signed_in, _ = grants(NESTED, "v2")
    assert signed_in == {"Post/*"} | READ | WRITE


def test_v2_opens_the_page_of_a_relation_to_who_may_read_the_model() -> None:
    signed_in, _ = grants(
        "type Post @model @auth(rules: [{ allow: private, provider: iam }]) "
        "{ id: ID! notes: [Note] @hasMany }"
        "type Note @model @auth(rules: [{ allow: public }]) { id: ID! }",
        "v2",
    )
    assert signed_in == {"Post/*", "ModelNoteConnection/*"} | READ | WRITE


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_rule_on_a_field_of_another_type_opens_that_field(version: str) -> None:
    signed_in, guest = grants(
        "type Post @model { id: ID! } type Extra { text: String "
        "@auth(rules: [{ allow: private, provider: iam }]) }"
        "type Query { extra: Extra @auth(rules: [{ allow: public, provider: iam }]) }",
        version,
    )
    assert signed_in == {"Extra/fields/text", "Query/fields/extra"}
    assert guest == {"Query/fields/extra"}
