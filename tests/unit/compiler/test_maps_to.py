"""Renamed models: tables, indexes and made-up keys keep their old names."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from amplikit.blueprint.config import Config
from amplikit.blueprint.resources import Attribute, AttributeType
from amplikit.planner import plan

sys.path.insert(0, str(Path(__file__).parent))

from compiling import ALL_MODES, api, compilation

RENAMED = """
type Article @model @mapsTo(name: "Post") {
  id: ID!
  cover: Image @hasOne
  comments: [Remark] @hasMany
}
type Remark @model { id: ID! article: Article @belongsTo }
type Image @model { id: ID! }
"""


def test_tables_and_indexes_have_the_old_names() -> None:
    compiled = api(RENAMED, "v2")
    config = Config("test", compiled.transformer, ALL_MODES)
    tables = {table.name: table for table in plan(compiled, config).tables}
    assert set(tables) == {"Post", "Remark", "Image"}
    (index,) = tables["Remark"].indexes
    assert index.name == "gsi-Post.comments"
    assert index.partition_key == Attribute("postCommentsId", AttributeType.STRING)


def test_fields_have_the_new_names_and_know_the_old() -> None:
    compiled = api(RENAMED, "v2")
    article, remark = compiled.model("Article"), compiled.model("Remark")
    assert article is not None
    assert remark is not None
    found = {
        field.name: field.stored_as
        for field in (*article.fields, *remark.fields)
        if field.stored_as
    }
    assert found == {
        "articleCoverId": "postCoverId",
        "articleCommentsId": "postCommentsId",
    }
    assert "articleCommentsId: ID" in compiled.sdl
    assert "postCommentsId" not in compiled.sdl


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'type A @model @mapsTo(name: "B") { id: ID! } type B @model { id: ID! }',
            (
                'Cannot apply @mapsTo with name "B" on type "A" because "B" model '
                "already exists in the schema."
            ),
        ),
        (
            (
                'type A @model @mapsTo(name: "X") { id: ID! }'
                ' type B @model @mapsTo(name: "X") { id: ID! }'
            ),
            (
                'Cannot apply @mapsTo with name "X" on type "A" because "B" model '
                "already has the same name mapping."
            ),
        ),
        (
            'type A @mapsTo(name: "X") { id: ID! } type B @model { id: ID! }',
            "@mapsTo is not supported on type A. It can only be used on a @model type.",
        ),
    ],
)
def test_what_is_refused_carries_the_transformers_words(
    text: str, message: str
) -> None:
    problem = compilation(text, "v2").problems[0]
    assert problem.amplify is not None
    assert problem.amplify.message == message


def test_a_renamed_model_in_a_joining_model_is_refused_by_name() -> None:
    text = """
type A @model @mapsTo(name: "X") { id: ID! bs: [B] @manyToMany(relationName: "AB") }
type B @model { id: ID! as: [A] @manyToMany(relationName: "AB") }
"""
    (problem,) = compilation(text, "v2").problems
    assert problem.code == "directive-not-supported-yet"
