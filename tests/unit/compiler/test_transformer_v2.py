"""What generated schemas and public ones showed of the real transformer v2.

``make test-peers`` compares with it; here are its answers, one for each cause.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from amplikit.blueprint.config import Config
from amplikit.planner import plan

sys.path.insert(0, str(Path(__file__).parent))

from compiling import api, compilation

INVALID = "InvalidDirectiveError"
UNRESOLVED = "Resolution error: " * 3
STACK = (
    ".\nObject creation stack:\n  at Execute again with CDK_DEBUG=true to capture "
    "stack traces.."
)
ENUM = "enum Kind { A B }"
KEYED = f"type A @model {{ kind: Kind! @primaryKey b: B @hasOne }} {ENUM}"
SORTED = (
    'type A @model { id: ID! @primaryKey(sortKeyFields: ["kind"]) kind: Kind! '
    f'b: [B] @hasMany(references: ["aId", "aKind"]) }} {ENUM}'
)
REJECTED = {
    "a-timestamp-that-is-a-list": (
        "type Post @model { updatedAt: [AWSDateTime] }",
        "TypeError",
        "Cannot read properties of undefined (reading 'value')",
    ),
    "an-index-name-that-no-input-can-have": (
        (
            'type Post @model { a: ID! @index(name: "by-a", sortKeyFields: ["b", "c"]) '
            "b: Int c: Int }"
        ),
        "GraphQLError",
        (
            f"{UNRESOLVED}Syntax Error: Invalid number, expected digit but got: "
            f'"a".{STACK}'
        ),
    ),
    "an-enum-as-the-key-of-a-single-item": (
        f"{KEYED} type B @model {{ id: ID! a: A @belongsTo }}",
        "Error",
        "Expected scalar and got Kind",
    ),
    "an-enum-as-the-sort-key-of-a-single-item": (
        (
            f"{SORTED} type B @model {{ aId: ID aKind: Kind "
            'a: A @belongsTo(references: ["aId", "aKind"]) }'
        ),
        "Error",
        "Expected scalar and got Kind",
    ),
    "an-enum-as-the-key-of-a-pair": (
        (
            f'type A @model {{ bs: [B] @manyToMany(relationName: "AB") }} {ENUM} '
            "type B @model { kind: Kind! @primaryKey "
            'as: [A] @manyToMany(relationName: "AB") }'
        ),
        "Error",
        "Expected scalar and got Kind",
    ),
    "reading-twice": (
        (
            "type Post @model @auth(rules: [{ allow: public, "
            "operations: [read, read] }]) { id: ID! }"
        ),
        "TransformerContractError",
        "Operation: read does not exist in the ACM.",
    ),
    "reading-without-brackets": (
        (
            "type Post @model @auth(rules: [{ allow: public, operations: read }])"
            " { id: ID! }"
        ),
        "TypeError",
        "operations.some is not a function",
    ),
    "creating-without-brackets": (
        (
            "type Post @model @auth(rules: [{ allow: public, operations: create }])"
            " { id: ID! }"
        ),
        "TypeError",
        "input.operations.forEach is not a function",
    ),
    "a-root-field's-operation-without-brackets": (
        "type Query { me: Int @auth(rules: [{ allow: public, operations: read }]) }",
        "TypeError",
        "rule.operations.some is not a function",
    ),
    "rules-without-brackets": (
        "type Post @model @auth(rules: { allow: public }) { id: ID! }",
        INVALID,
        "@auth on Post does not have any auth rules.",
    ),
    "a-sort-key-that-is-an-object-and-nullable": (
        (
            'type Post @model { id: ID! @primaryKey(sortKeyFields: ["meta"]) '
            "meta: Meta } type Meta { a: Int }"
        ),
        INVALID,
        "The primary key's sort key on type 'Post.meta' cannot be a non-scalar.",
    ),
    "an-operator's-name-behind-an-index": (
        "type Post @model(queries: null) { not: String rank: Int @index }",
        "Error",
        "type ModelPostConditionInput has already a field with name not",
    ),
    "an-escape-that-is-none": (
        r'type Post @model { a: String @default(value: "\q") }',
        "GraphQLError",
        r"Syntax Error: Invalid character escape sequence: \q.",
    ),
    "a-number-without-its-zero": (
        "type Post @model(queries: .5) { a: Int }",
        "GraphQLError",
        'Syntax Error: Cannot parse the unexpected character ".".',
    ),
    "a-variable": (
        "type Post @model(queries: $all) { a: Int }",
        "GraphQLError",
        'Syntax Error: Unexpected "$".',
    ),
}


@pytest.mark.parametrize("case", REJECTED.values(), ids=REJECTED)
def test_a_rejection_has_the_transformers_words(case: tuple[str, str, str]) -> None:
    text, kind, message = case
    result = compilation(text, "v2")
    assert result.api is None
    told = [problem.amplify for problem in result.problems if problem.amplify]
    assert (told[0].type, told[0].message) == (kind, message)


def test_wrong_values_are_told_in_the_order_of_the_text() -> None:
    result = compilation(
        "type Post @model @auth(rules: [{ allow: public, operations: [1], "
        "provider: 2 }]) { id: ID! }",
        "v2",
    )
    assert result.problems[0].amplify is not None
    text = result.problems[0].amplify.message
    assert text.index("ModelOperation") < text.index("AuthProvider")


def test_types_that_require_each_other_are_refused() -> None:
    result = compilation(
        "type Post @model { tree: Tree } type Tree { leaf: Leaf! other: [Tree!]! } "
        "type Leaf { tree: Tree! }",
        "v2",
    )
    assert {(one.code, str(one.where)) for one in result.problems} == {
        ("endless-input", "schema.graphql:1:45"),
        ("endless-input", "schema.graphql:1:87"),
    }


def arguments(sdl: str, field: str) -> list[str]:
    found = re.search(rf"^  {field}\((.*)\): ", sdl, re.MULTILINE)
    assert found is not None
    return re.findall(r"(\w+):", found[1])


@pytest.mark.parametrize(
    ("name", "query", "first"),
    [
        ("x", "listXes", "filter"),
        ("X", "listXES", "title"),
        ("box", "listBoxes", "title"),
    ],
)
def test_a_key_reaches_the_list_query_of_its_plural(
    name: str, query: str, first: str
) -> None:
    """Plurals have their word's case: the key looks for listXES, which x has not."""
    sdl = api(f"type {name} @model {{ title: ID! @primaryKey }}", "v2").sdl
    assert arguments(sdl, query)[0] == first


def test_iam_that_is_let_in_generally_is_let_into_extensions() -> None:
    sdl = api(
        "type Post @model { id: ID! } type Query { one: Int } "
        "extend type Query { two: Int }",
        "v2",
        enableIamAccess=True,
    ).sdl
    assert "two: Int @aws_iam" in sdl


@pytest.mark.parametrize(
    ("relation", "wanted"),
    [("rank: Int @index", "ListInput"), ("others: [post] @hasMany", "Input")],
)
def test_a_page_compares_lists_of_enums_as_its_maker_does(
    relation: str, wanted: str
) -> None:
    sdl = api(
        f"type post @model {{ kinds: [Kind!]! kind: Kind more: [Kind] {relation} }} "
        f"{ENUM}",
        "v2",
    ).sdl
    found = re.search(r"input ModelpostFilterInput \{(.*?)\}", sdl, re.DOTALL)
    assert found is not None
    assert f"kinds: ModelKind{wanted}\n" in found[1]


def test_the_index_of_references_does_not_keep_an_old_name() -> None:
    found = api(
        'type Post @model @mapsTo(name: "Old") { id: ID! '
        'notes: [Note] @hasMany(references: ["postId"]) } '
        'type Note @model { postId: ID post: Post @belongsTo(references: ["postId"]) }',
        "v2",
    ).model("Note")
    assert found is not None
    assert [index.name for index in found.indexes] == ["gsi-Post.notes"]


def test_part_of_a_key_is_enough_where_defaults_are_merged() -> None:
    text = (
        "type Post @model @auth(rules: [{ allow: public }]) "
        '{ id: ID! user: User @hasOne(fields: ["id"]) } '
        "type User @model @auth(rules: [{ allow: public }]) "
        '{ id: ID! @primaryKey(sortKeyFields: ["year"]) year: Int! }'
    )
    assert compilation(text, "v2").api is not None
    flags = {"shouldDeepMergeDirectiveConfigDefaults": False}
    refused = compilation(text, "v2", **flags)
    assert [one.code for one in refused.problems] == ["relation-to-part-of-key"]


def test_conflict_detection_has_its_table_without_any_model() -> None:
    text = 'type Query { me: Int @function(name: "me") }'
    for transformer, names in (("v1", []), ("v2", ["DataStore"])):
        found = api(text, transformer, ResolverConfig=True)
        config = Config("peers", found.transformer, found.auth, flags=found.flags)
        assert [table.name for table in plan(found, config).tables] == names
