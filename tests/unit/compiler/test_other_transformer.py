"""A word of the other transformer is one problem, with the words to write instead."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from compiling import compilation

from amplikit.blueprint.api import Transformer
from amplikit.compiler.directives import DIRECTIVES

B = "type B @model { id: ID! aID: ID }"
BACK = 'type B @model { id: ID! a: A @connection(name: "x") }'
HAS = 'type B @model { id: ID! aID: ID a: A @belongsTo(references: ["aID"]) }'
BELONGS = "type B @model { id: ID! a: A @belongsTo }"
PAIRS = (
    'type AB @model @key(name: "byA", fields: ["aID", "bID"]) '
    '@key(name: "byB", fields: ["bID", "aID"]) { id: ID! aID: ID! bID: ID! '
    'a: A! @connection(fields: ["aID"]) b: B! @connection(fields: ["bID"]) }'
)

IN_V2 = [
    (
        'type A @model @key(fields: ["id", "b"]) { id: ID! b: String! }',
        """Write @primaryKey(sortKeyFields: ["b"]) on the field 'A.id'.""",
    ),
    (
        (
            'type A @model @key(name: "byB", fields: ["b"], queryField: "q") '
            "{ id: ID! b: String! }"
        ),
        """Write @index(name: "byB", queryField: "q") on the field 'A.b'.""",
    ),
    (
        'type A @model @key(name: "byB", fields: ["b", "id"]) { id: ID! b: String! }',
        (
            'Write @index(name: "byB", sortKeyFields: ["id"], queryField: null) '
            "on the field 'A.b'."
        ),
    ),
    (
        (
            "type A @model { id: ID! bs: [B] "
            f'@connection(keyName: "byA", fields: ["id"], limit: 3) }} {B}'
        ),
        'Write @hasMany(indexName: "byA", fields: ["id"], limit: 3).',
    ),
    (
        f'type A @model {{ id: ID! b: B @connection(fields: ["id"]) }} {B}',
        'Write @hasOne(fields: ["id"]).',
    ),
    (f"type A @model {{ id: ID! b: B @connection }} {B}", "Write @hasOne."),
    (
        f'type A @model {{ id: ID! bs: [B] @connection(name: "x") }} {BACK}',
        "Write @hasMany.",
    ),
    (
        "type A @model @versioned { id: ID! }",
        "Remove it, and switch on conflict detection of the API for _version.",
    ),
    (
        "type A @model @auth(rules: [{ allow: owner, queries: [get] }]) { id: ID! }",
        "Write operations: [create, update, delete, get] instead of 'queries'.",
    ),
    (
        "type A @model @auth(rules: [{ allow: owner, mutations: null }]) { id: ID! }",
        "Write operations: [read] instead of 'mutations'.",
    ),
    (
        (
            "type A @model @auth(rules: [{ allow: owner, queries: [get], "
            "operations: [read] }]) { id: ID! }"
        ),
        "Remove it: v1 looks at 'operations' alone.",
    ),
    (
        (
            'type A @model @auth(rules: [{ allow: owner, identityField: "sub" }]) '
            "{ id: ID! }"
        ),
        'Write identityClaim: "sub".',
    ),
    ("interface I { id: ID @connection }", "Use @hasMany, @hasOne or @belongsTo."),
]
IN_V1 = [
    (
        'type A @model { id: ID! @primaryKey(sortKeyFields: ["b"]) b: String! }',
        """Write @key(fields: ["id", "b"]) on the type 'A'.""",
    ),
    (
        "type A @model { id: ID! b: String @index }",
        """Write @key(name: "byB", fields: ["b"]) on the type 'A'.""",
    ),
    (
        (
            "type A @model { id: ID! b: String "
            '@index(name: "x", sortKeyFields: ["id"], queryField: "q") }'
        ),
        (
            'Write @key(name: "x", fields: ["b", "id"], queryField: "q") on the type '
            "'A'."
        ),
    ),
    (
        f'type A @model {{ id: ID! bs: [B] @hasMany(references: ["aID"]) }} {HAS}',
        (
            'Write @connection(keyName: "byA", fields: ["id"]), and @key(name: "byA", '
            """fields: ["aID"]) on the type 'B'."""
        ),
    ),
    (
        (
            "type A @model { id: ID! bs: [B] "
            f'@hasMany(indexName: "i", fields: ["id"], limit: 5) }} {B}'
        ),
        'Write @connection(keyName: "i", fields: ["id"], limit: 5).',
    ),
    (
        f"type A @model {{ id: ID! bs: [B] @hasMany }} {BELONGS}",
        'Write @connection(name: "ABs").',
    ),
    (f"type A @model {{ id: ID! b: B @hasOne }} {B}", "Write @connection."),
    (
        (
            "type A @model { id: ID! b: B @belongsTo } "
            "type B @model { id: ID! as: [A] @hasMany }"
        ),
        'Write @connection(name: "BAs").',
    ),
    (
        (
            'type A @model { id: ID! bs: [B] @manyToMany(relationName: "AB") } '
            "type B @model { id: ID! as: [A] }"
        ),
        (
            """Write 'bs: [AB] @connection(keyName: "byA", fields: ["id"])' and """
            f"'{PAIRS}'."
        ),
    ),
    (
        'type A @model { id: ID! b: String @default(value: "x") }',
        "Remove it and let the client send the value.",
    ),
    (
        'type A @model { id: ID! b: Int @validate(type: gt, value: "1") }',
        "Remove it and check the value in the client or in a function.",
    ),
    (
        'type A @model @mapsTo(name: "Z") { id: ID! }',
        "Remove it: v1 calls the table as the type is called.",
    ),
    ("interface I { id: ID @validate(type: gt) }", None),
    (
        (
            "type A @model @auth(rules: [{ allow: private, provider: identityPool }]) "
            "{ id: ID! }"
        ),
        "Write provider: iam.",
    ),
    (
        "type A @model @auth(rules: [{ allow: custom }]) { id: ID! }",
        "Remove the rule: v1 has no rules for a Lambda authorizer.",
    ),
    (
        (
            "type A @model @auth(rules: [{ allow: owner, operations: [create, get] }]) "
            "{ id: ID! }"
        ),
        "Write operations: [create, read]: v1 has one word for every read.",
    ),
    (
        'type Query { a: Int @function(name: "x", accountId: "1") }',
        "Remove it: v1 calls functions of its own account.",
    ),
    (
        'type Query { a: Int @sql(statement: "x") }',
        "Remove it, or call a function with @function.",
    ),
]


@pytest.mark.parametrize(("text", "hint"), IN_V2, ids=[text for text, _ in IN_V2])
def test_a_word_of_v1_names_what_v2_writes_there(text: str, hint: str) -> None:
    _one_problem(text, hint, "v2")


@pytest.mark.parametrize(("text", "hint"), IN_V1, ids=[text for text, _ in IN_V1])
def test_a_word_of_v2_names_what_v1_writes_there(text: str, hint: str | None) -> None:
    _one_problem(text, hint, "v1")


def _one_problem(text: str, hint: str | None, transformer: str) -> None:
    first, *others = compilation(text, transformer).problems
    assert first.code.endswith("-of-other-transformer")
    assert {other.code for other in others} <= {first.code}
    assert hint is None or first.hint == hint
    assert first.where is not None
    assert first.amplify is not None
    assert first.amplify.type == "SchemaValidationError"


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize(
    "rule",
    [
        "allow: nobody, queries: [all, get], mutations: 1",
        "allow: custom, provider: 7, operations: {}",
        "queries: get, identityField: 3, operations: [get, nothing]",
    ],
)
def test_nonsense_beside_a_foreign_word_is_told_as_well(
    version: str, rule: str
) -> None:
    text = f"type A @model @auth(rules: [{{ {rule} }}]) {{ id: ID! }}"
    found = compilation(text, version)
    assert found.api is None
    assert all(problem.hint for problem in found.problems)


def test_every_directive_of_one_transformer_alone_is_tried_in_the_other() -> None:
    known = {
        version: {directive.name for directive in directives}
        for version, directives in DIRECTIVES.items()
    }
    tried_in = {Transformer.V2: IN_V2, Transformer.V1: IN_V1}
    for version, cases in tried_in.items():
        (other,) = known.keys() - {version}
        used = {name for text, _ in cases for name in re.findall(r"@(\w+)", text)}
        assert known[other] - known[version] <= used


def test_the_model_of_pairs_compiles_under_v1() -> None:
    way = '@connection(keyName: "by%s", fields: ["id"])'
    ends = [
        f"type A @model {{ id: ID! bs: [AB] {way % 'A'} }}",
        f"type B @model {{ id: ID! as: [AB] {way % 'B'} }}",
    ]
    assert compilation(" ".join([*ends, PAIRS]), "v1").api is not None
