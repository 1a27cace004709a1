"""What @searchable, @versioned and conflict detection add to an API."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from graphql import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    parse,
    print_ast,
)

sys.path.insert(0, str(Path(__file__).parent))

from compiling import ALL_MODES, api, compilation

from amplikit.blueprint.api import Version
from amplikit.blueprint.config import Config
from amplikit.cli._compile import table_json
from amplikit.planner import plan

POST = "type Post @model @searchable { id: ID! kind: Kind } enum Kind { A B }"


def printed(text: str, name: str, transformer: str = "v1", **flags: bool) -> list[str]:
    """Return the parts of a type of the printed schema."""
    for node in parse(api(text, transformer, **flags).sdl).definitions:
        if node.name.value != name:
            continue
        match node:
            case ObjectTypeDefinitionNode() | InputObjectTypeDefinitionNode():
                return [print_ast(part) for part in node.fields]
            case EnumTypeDefinitionNode():
                return [part.name.value for part in node.values]
    return []


def found(text: str, transformer: str = "v1", **flags: bool) -> list[str]:
    result = compilation(text, transformer, ALL_MODES, **flags)
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize(
    ("transformer", "fields"),
    [("v1", ["id"]), ("v2", ["id", "kind", "createdAt", "updatedAt"])],
)
def test_v2_alone_searches_enums_and_added_fields(
    transformer: str, fields: list[str]
) -> None:
    name = "SearchablePostFilterInput"
    names = [text.partition(":")[0] for text in printed(POST, name, transformer)]
    assert names == [*fields, "and", "or", "not"]


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_an_enum_is_not_sorted_by(transformer: str) -> None:
    assert "kind" not in printed(POST, "SearchablePostSortableFields", transformer)


@pytest.mark.parametrize(
    ("queries", "v1", "v2"),
    [
        ("", "searchCategorys", "searchCategories"),
        ("(queries: null)", "searchCategorys", "searchCategories"),
        ('(queries: { search: "find" })', "find", "find"),
        ("(queries: {})", None, None),
        ("(queries: { search: null })", None, None),
    ],
)
def test_a_search_is_called_as_the_transformers_call_it(
    queries: str, v1: str | None, v2: str | None
) -> None:
    text = f"type Category @model @searchable{queries} {{ id: ID! }}"
    for transformer, name in (("v1", v1), ("v2", v2)):
        fields = [one.partition("(")[0] for one in printed(text, "Query", transformer)]
        assert fields[2:] == ([name] if name else [])


def test_a_type_of_the_reader_stands_for_a_generated_one() -> None:
    text = f"{POST} enum SearchableSortDirection {{ up }}"
    assert printed(text, "SearchableSortDirection") == ["up"]


def test_a_search_is_not_run_here() -> None:
    assert found(POST) == ["not-run-locally"]


@pytest.mark.parametrize(
    ("text", "transformer", "code"),
    [
        ("type Post @searchable { id: ID! }", "v1", "needs-model"),
        ("type Post @versioned { id: ID! }", "v1", "needs-model"),
        (
            'type Post @model @searchable(queries: { search: "a b" }) { id: ID! }',
            "v2",
            "invalid-name",
        ),
        (
            "type Post @model @searchable { id: ID! true: Int }",
            "v2",
            "reserved-field-name",
        ),
        (
            "type Post @model @searchable { id: ID! not: Int }",
            "v1",
            "reserved-field-name",
        ),
        (
            "type Post @model @versioned(versionField: null) { id: ID! }",
            "v1",
            "version-name-null",
        ),
        (
            'type Post @model @versioned(versionInput: "a b") { id: ID! }',
            "v1",
            "invalid-name",
        ),
        (
            "type Post @model @versioned { id: ID! version: [Int] }",
            "v1",
            "version-not-a-number",
        ),
    ],
)
def test_a_wrong_use_is_a_problem(text: str, transformer: str, code: str) -> None:
    assert code in found(text, transformer)


def test_a_version_is_a_required_field_and_no_input_of_create() -> None:
    text = "type Post @model @versioned { id: ID! title: String version: Int }"
    post = api(text).model("Post")
    assert post is not None
    assert post.version == Version("version", "expectedVersion")
    assert "version: Int!" in printed(text, "Post")
    assert printed(text, "CreatePostInput") == ["id: ID", "title: String"]
    assert printed(text, "UpdatePostInput")[-1] == "expectedVersion: Int!"
    assert printed(text, "DeletePostInput") == ["id: ID!", "expectedVersion: Int!"]


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_conflict_detection_adds_versions_and_a_log(transformer: str) -> None:
    text = "type Post @model { id: ID! title: String }"
    compiled = api(text, transformer, ResolverConfig=True)
    fields = printed(text, "Post", transformer, ResolverConfig=True)
    assert {"_version: Int!", "_deleted: Boolean"} <= set(fields)
    assert "_lastChangedAt: AWSTimestamp!" in fields
    page = printed(text, "ModelPostConnection", transformer, ResolverConfig=True)
    assert page[-1] == "startedAt: AWSTimestamp"
    queries = printed(text, "Query", transformer, ResolverConfig=True)
    assert any(one.startswith("syncPosts(") for one in queries)
    config = Config("test", compiled.transformer, compiled.auth)
    tables = {one.name: table_json(one) for one in plan(compiled, config).tables}
    assert set(tables) == {"Post", "DataStore"}
    ttl = {"AttributeName": "_ttl", "Enabled": True}
    assert [table["ttl"] for table in tables.values()] == [ttl, ttl]


@pytest.mark.parametrize(
    ("name", "holder"),
    [
        ("_version", "CreatePostInput"),
        ("_deleted", "ModelPostFilterInput"),
        ("_lastChangedAt", "Post"),
    ],
)
def test_the_names_of_conflict_detection_are_taken(name: str, holder: str) -> None:
    text = f"type Post @model {{ id: ID! {name}: Int }}"
    result = compilation(text, "v2", ResolverConfig=True)
    problem = result.problems[0]
    assert problem.code == "reserved-field-name"
    assert problem.amplify is not None
    assert problem.amplify.message == (
        f"type {holder} has already a field with name {name}"
    )
