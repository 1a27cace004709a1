"""The joining model of a @manyToMany, and the relations that lead through it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from amplikit.blueprint.api import Field, Model, Relation, RuleOperation

sys.path.insert(0, str(Path(__file__).parent))

from compiling import api, compilation

TENANTS = """
type Post @model {
  tenant: String! @primaryKey(sortKeyFields: ["slug"])
  slug: Int!
  tags: [Tag] @manyToMany(relationName: "postTags", limit: 10)
}
type Tag @model {
  name: String! @primaryKey
  posts: [Post!]! @manyToMany(relationName: "PostTags")
}
"""
GUARDED = """
type Post @model @auth(rules: [{allow: owner}, {allow: public}]) {
  id: ID!
  tags: [Tag] @manyToMany(relationName: "PostTags")
}
type Tag @model @auth(rules: [{allow: owner, operations: [read]}]) {
  id: ID!
  posts: [Post] @manyToMany(relationName: "PostTags")
}
"""


def model(text: str, name: str, **flags: bool) -> Model:
    found = api(text, "v2", **flags).model(name)
    assert found is not None
    return found


def field(owner: Model, name: str) -> Field:
    found = owner.field(name)
    assert found is not None
    return found


def test_the_join_holds_both_keys_whole() -> None:
    join = model(TENANTS, "PostTags")
    assert {one.name: one.type.text for one in join.fields} == {
        "id": "ID!",
        "postTenant": "String!",
        "postslug": "Int!",
        "tagName": "String!",
        "post": "Post!",
        "tag": "Tag!",
        "createdAt": "AWSDateTime!",
        "updatedAt": "AWSDateTime!",
    }
    assert [
        (index.name, index.fields, index.query_field) for index in join.indexes
    ] == [
        ("byPost", ("postTenant", "postslug"), "postTagsByPostTenantAndPostslug"),
        ("byTag", ("tagName",), "postTagsByTagName"),
    ]


def test_both_lists_lead_to_the_join_and_on_from_there() -> None:
    compiled = api(TENANTS, "v2")
    post, tag, join = map(compiled.model, ("Post", "Tag", "PostTags"))
    assert post is not None
    assert tag is not None
    assert join is not None
    assert field(post, "tags").relation == Relation(
        "PostTags",
        many=True,
        keys=(("postTenant", "tenant"), ("postslug", "slug")),
        index="byPost",
        limit=10,
    )
    assert field(tag, "posts").relation == Relation(
        "PostTags", many=True, keys=(("tagName", "name"),), index="byTag"
    )
    assert field(join, "post").relation == Relation(
        "Post", many=False, keys=(("tenant", "postTenant"), ("slug", "postslug"))
    )


def test_the_flag_about_primary_keys_shortens_the_names() -> None:
    flags = {"respectPrimaryKeyAttributesOnConnectionField": False}
    names = [one.name for one in model(GUARDED, "PostTags", **flags).fields]
    assert names[1:3] == ["postID", "tagID"]


def test_the_rules_are_those_of_both_and_stay_where_they_stand() -> None:
    rules = model(GUARDED, "PostTags").rules
    assert rules is not None
    assert [(rule.allow, rule.where.line) for rule in rules] == [
        ("owner", 2),
        ("public", 2),
        ("owner", 6),
    ]
    assert RuleOperation.CREATE not in rules[2].operations


@pytest.mark.parametrize("name", ["1", "é", "__x"])
def test_a_relation_without_a_name_is_refused(name: str) -> None:
    text = GUARDED.replace("PostTags", name)
    assert "invalid-name" in {one.code for one in compilation(text, "v2").problems}


def test_problems_stand_at_the_field_that_is_wrong() -> None:
    text = GUARDED.replace("posts: [Post]", "posts: [Tag]")
    (problem,) = compilation(text, "v2").problems
    assert (problem.code, str(problem.where)) == (
        "many-to-many-types",
        "schema.graphql:8:16",
    )
    assert problem.amplify is not None
    assert problem.amplify.message == (
        "@manyToMany relation 'PostTags' expects 'Tag' but got 'Post'."
    )
