"""What generated schemas and public ones showed of the published v1 transformers.

``make test-peers`` compares with them; here are their answers, one for each cause.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from amplikit.blueprint.config import Config
from amplikit.planner import plan

sys.path.insert(0, str(Path(__file__).parent))

from compiling import ALL_MODES, api, compilation

INVALID = "InvalidDirectiveError"
STUMBLE = "Cannot read properties of undefined (reading 'value')"
PAIR = (
    "type Post @model {{ id: ID! kind: {kind} "
    'comments: [Comment] @connection(name: "Both") }} '
    "type Comment @model {{ id: ID! kind: {related} "
    'post: Post @connection(name: "Both", sortField: "kind") }} '
    "type Meta {{ x: Int }} enum Kind {{ A }}"
)
REJECTED = {
    "a-timestamp-that-is-a-list": (
        "type Post @model { updatedAt: [AWSDateTime] }",
        ("TypeError", STUMBLE),
    ),
    "a-renamed-timestamp-that-is-a-list": (
        'type Post @model(timestamps: { updatedAt: "at" }) { id: ID! at: [String] }',
        ("TypeError", STUMBLE),
    ),
    "a-sort-field-that-the-related-model-has-as-an-object": (
        PAIR.format(kind="String", related="Meta"),
        ("Error", "Expected scalar and got Meta"),
    ),
    "a-sort-field-that-is-a-boolean": (
        PAIR.format(kind="String", related="Boolean"),
        ("Error", "Boolean values cannot be used as sort keys."),
    ),
    "an-operation-whose-name-is-taken-before-a-wrong-key": (
        'type Query { getPost: Int } type Post @model @key(fields: ["no"]) { id: ID! }',
        ("Error", "Object type extension 'Query' cannot redeclare field getPost"),
    ),
    "two-models-of-one-operation-name": (
        "type Post @model { id: ID! } type post @model { id: ID! }",
        ("Error", "Object type extension 'Query' cannot redeclare field getPost"),
    ),
    "a-key-field-without-brackets": (
        'type Post @model @key(name: "by", fields: "slug") { id: ID! slug: ID }',
        (
            INVALID,
            "You cannot specify a nonexistent field 's' in @key 'by' on type 'Post'.",
        ),
    ),
    "a-relation-field-without-brackets": (
        'type Post @model { id: ID! post: Post @connection(fields: "id") }',
        ("TypeError", "args.fields.forEach is not a function"),
    ),
    "operations-without-brackets": (
        (
            "type Post @model @auth(rules: [{ allow: public, operations: read }]) "
            "{ id: ID! }"
        ),
        ("TypeError", "rule.operations.find is not a function"),
    ),
    "groups-without-brackets": (
        'type Post @model @auth(rules: [{ allow: groups, groups: "A" }]) { id: ID! }',
        ("TypeError", "groups.map is not a function"),
    ),
    "subscriptions-without-brackets-beside-rules": (
        (
            'type Post @model(subscriptions: { onCreate: "posted" }) '
            "@auth(rules: [{ allow: public }]) { id: ID! }"
        ),
        (
            "TypeError",
            "directiveArguments.subscriptions.onCreate.forEach is not a function",
        ),
    ),
    "an-empty-list-of-mutations-on-a-field": (
        (
            "type Post @model { id: ID! "
            "title: String @auth(rules: [{ allow: owner, mutations: [] }]) }"
        ),
        (
            INVALID,
            (
                "@auth directives used on field definitions may not specify the "
                "'queries' or 'mutations' arguments. All @auth directives used on "
                "field definitions are performed when the field is resolved and can be "
                "thought of as 'read' operations."
            ),
        ),
    ),
    "a-strategy-before-the-operations-of-a-field": (
        (
            "type Query { a: Int "
            "@auth(rules: [{ allow: owner, provider: iam, operations: [read] }]) }"
        ),
        (
            INVALID,
            (
                "@auth directive with 'owner' strategy only supports 'userPools' "
                "(default) and 'oidc' providers, but found 'iam' assigned."
            ),
        ),
    ),
    "a-first-primary-key-before-what-is-wrong-with-it": (
        (
            'type Post @model @key(fields: ["id"], queryField: "q") '
            '@key(fields: ["id", "a"]) { id: ID! a: ID! }'
        ),
        (INVALID, "You may only supply one primary @key on type 'Post'."),
    ),
    "a-url-only-after-the-models": (
        'type Query { getPost: Int @http(url: "no") } type Post @model { id: ID! }',
        ("Error", "Object type extension 'Query' cannot redeclare field getPost"),
    ),
    "a-directive-although-AppSync-refuses-the-types": (
        (
            "interface Named { name: String } "
            'type Post implements Named @model @key(fields: ["no"]) { id: ID! }'
        ),
        (
            INVALID,
            (
                "You cannot specify a nonexistent field 'no' in @key '<unnamed>' on "
                "type 'Post'."
            ),
        ),
    ),
    "an-unexpected-text": (
        'type Post @model(queries: { get: Po", list: "a" }) { id: ID! }',
        ("GraphQLError", 'Syntax Error: Expected Name, found String ", list: ".'),
    ),
    "a-backslash": (
        "type Post @model { id: ID! } \\",
        (
            "GraphQLError",
            'Syntax Error: Cannot parse the unexpected character "\\\\".',
        ),
    ),
}


@pytest.mark.parametrize("case", REJECTED.values(), ids=REJECTED)
def test_the_first_refusal_is_the_transformers(case: tuple[str, object]) -> None:
    schema, expected = case
    told = [
        (problem.amplify.type, problem.amplify.message)
        for problem in compilation(schema, "v1").problems
        if problem.amplify
    ]
    assert told[0] == expected


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        (
            (
                'type Post @model @key(name: "by-a", fields: ["id", "a", "b"]) '
                "{ id: ID! a: ID b: ID }"
            ),
            "invalid-name",
        ),
        (
            "input AMPLIFY { globalAuthRule: AuthRule } type Post @model { id: ID! }",
            "type-of-directives",
        ),
        (
            'type Post @model(subscriptions: { onCreate: "posted" }) { id: ID! }',
            "subscriptions-not-a-list",
        ),
        (
            "type Post @model { id: ID! } extend type Post @auth(rules: []) { a: Int }",
            "directive-on-extension",
        ),
        (
            (
                'type Post @model @key(name: "a", fields: ["a"], queryField: "q") '
                '@key(name: "b", fields: ["b"], queryField: "q") '
                "{ id: ID! a: ID b: ID }"
            ),
            "duplicate-operation",
        ),
    ],
)
def test_what_the_transformers_take_is_refused_without_their_words(
    schema: str, code: str
) -> None:
    found = [
        (problem.code, problem.amplify)
        for problem in compilation(schema, "v1").problems
        if problem.severity == "error"
    ]
    assert found == [(code, None)]


def parts(sdl: str, name: str) -> list[str]:
    found = re.search(
        rf"^\w+ {name} (?:@\w+ )*\{{(.*?)^\}}", sdl, re.DOTALL | re.MULTILINE
    )
    assert found, f"{name} is not printed"
    return [line.strip() for line in found[1].strip().splitlines()]


@pytest.mark.parametrize("transformer", ["v1", "v2"])
@pytest.mark.parametrize(
    "name", ["ModelStringInput", "ModelKindInput", "MetaInput", "ModelSizeInput"]
)
def test_what_the_reader_declares_stands_for_a_shared_input(
    name: str, transformer: str
) -> None:
    schema = (
        f"input {name} {{ own: Int }} enum Kind {{ A }} type Meta {{ x: Int }} "
        "type Post @model { id: ID! title: String kind: Kind meta: Meta }"
    )
    assert parts(api(schema, transformer).sdl, name) == ["own: Int"]


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_root_types_that_the_schema_does_not_name_are_still_one(
    transformer: str,
) -> None:
    schema = (
        "schema { query: Query } type Query { a: Int } type Subscription { b: Int } "
        "type Post @model { id: ID! }"
    )
    sdl = api(schema, transformer).sdl
    assert sdl.count("type Subscription") == 1
    assert parts(sdl, "Subscription")[0] == "b: Int"


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_root_types_that_the_schema_does_not_name_are_left_out(
    transformer: str,
) -> None:
    schema = (
        "schema { query: Query } type Query { a: Int } type Mutation { b: Int } "
        "type Subscription { c: Int }"
    )
    sdl = api(schema, transformer).sdl
    assert "type Mutation" not in sdl
    assert "type Subscription" not in sdl


@pytest.mark.parametrize(
    ("rule", "owner", "asked"),
    [
        ("allow: owner", True, True),
        ('allow: owner, ownerField: "author"', False, True),
        ("allow: owner, operations: [create]", False, False),
    ],
)
def test_owner_fields_left_out_but_for_subscribers(
    rule: str, *, owner: bool, asked: bool
) -> None:
    schema = f"type Post @model @auth(rules: [{{ {rule} }}]) {{ id: ID! }}"
    sdl = api(schema, addMissingOwnerFields=False).sdl
    assert ("owner: String" in parts(sdl, "Post")) is owner
    assert "author: String" not in parts(sdl, "Post")
    assert ("(" in parts(sdl, "Subscription")[0].partition(":")[0]) is asked


@pytest.mark.parametrize(
    ("model", "query"),
    [("x", "listXES"), ("iPhone", "listIPhones"), ("person", "listPeople")],
)
def test_a_plural_has_the_case_of_the_capitalised_name(model: str, query: str) -> None:
    sdl = api(f"type {model} @model {{ id: ID! }}", improvePluralization=True).sdl
    assert any(line.startswith(f"{query}(") for line in parts(sdl, "Query"))


@pytest.mark.parametrize("field", ["BigInt", "Double", "[Int]", "[AWSTimestamp!]!"])
def test_numbers_are_number_keys_alone_and_in_lists(field: str) -> None:
    schema = (
        f'type Post @model @key(name: "byN", fields: ["n"]) {{ id: ID! n: {field} }}'
    )
    compiled = api(schema)
    (table,) = plan(compiled, Config("t", compiled.transformer, ALL_MODES)).tables
    assert table.indexes[0].partition_key.type.value == "N"


def test_a_mark_below_the_last_column_of_a_piece_stands_in_the_next() -> None:
    padding = "x" * 12
    schema = (
        f'type Post @model(queries: {{ get: "{padding}" }}) '
        f'@key(fields: ["id"]) @model {{ id: ID! {"a" * 60}: String }}'
    )
    column = schema.rindex("@model") + 1
    schema = schema.replace(padding, "x" * (12 + 80 - column))
    (problem,) = compilation(schema, "v1").problems
    assert problem.amplify is not None
    assert problem.amplify.message.splitlines()[-2].strip() in {"| ^", "^"}
