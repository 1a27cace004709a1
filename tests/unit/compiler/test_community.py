"""The sample app's schema, and its twin for v2."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import parse
from graphql.language import FieldDefinitionNode, ObjectTypeDefinitionNode

from amplikit.blueprint.api import Api, Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema

ROOT = Path(__file__).parents[3]
FOLDERS = {"v1": ROOT / "schema", "v2": ROOT / "tests" / "community_v2"}
WARNINGS = {"v1": [], "v2": ["owner-may-reassign", "provider-iam-deprecated"]}
AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.IAM, AuthMode.API_KEY))


def community(transformer: str) -> Api:
    folder = FOLDERS[transformer]
    sources = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text())
        for path in sorted(folder.glob("*.graphql"))
    ]
    result = compile_schema(sources, CompileOptions(Transformer(transformer), AUTH))
    assert [problem.code for problem in result.problems] == WARNINGS[transformer]
    assert result.api is not None
    return result.api


def fields(api: Api, type_name: str) -> dict[str, FieldDefinitionNode]:
    return {
        field.name.value: field
        for node in parse(api.sdl).definitions
        if isinstance(node, ObjectTypeDefinitionNode) and node.name.value == type_name
        for field in node.fields or ()
    }


def names(api: Api, type_name: str) -> dict[str, list[str]]:
    """Return the modes that AppSync lets in beside the default one, by field."""
    return {
        name: [
            use.name.value
            for use in field.directives or ()
            if use.name.value not in {"aws_subscribe", "aws_cognito_user_pools"}
        ]
        for name, field in fields(api, type_name).items()
    }


@pytest.mark.parametrize("transformer", FOLDERS)
def test_a_third_party_reads_posts_and_comments_alone(transformer: str) -> None:
    found = names(community(transformer), "Query")
    assert {name for name, modes in found.items() if "aws_api_key" in modes} == {
        "getPost",
        "listPosts",
        "postsByTitle",
        "postsByAuthor",
        "getComment",
        "listComments",
    }
    written = names(community(transformer), "Mutation")
    assert all("aws_api_key" not in modes for modes in written.values())


@pytest.mark.parametrize("transformer", FOLDERS)
def test_a_role_creates_and_updates_users_alone(transformer: str) -> None:
    found = {
        **names(community(transformer), "Query"),
        **names(community(transformer), "Mutation"),
    }
    assert {name for name, modes in found.items() if "aws_iam" in modes} == {
        "createUser",
        "updateUser",
    }


@pytest.mark.parametrize("root", ["Query", "Mutation", "Subscription"])
def test_the_twin_has_the_same_operations(root: str) -> None:
    assert set(fields(community("v1"), root)) == set(fields(community("v2"), root))


@pytest.mark.parametrize("model", ["User", "Post", "Comment", "Domain"])
def test_the_twin_has_the_same_fields(model: str) -> None:
    assert set(fields(community("v1"), model)) == set(fields(community("v2"), model))


def test_a_post_leads_to_its_comments_and_back() -> None:
    for transformer in FOLDERS:
        api = community(transformer)
        post, comment = api.model("Post"), api.model("Comment")
        assert post is not None
        assert comment is not None
        there, back = post.field("comments"), comment.field("post")
        assert there is not None
        assert back is not None
        assert there.relation is not None
        assert back.relation is not None
        assert there.relation.index == "byPost"
        assert back.relation.keys == (("id", "postID"),)
