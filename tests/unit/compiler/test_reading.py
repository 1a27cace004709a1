from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.compiler import CompileOptions, Source, compile_schema

sys.path.insert(0, str(Path(__file__).parent))

from compiling import ALL_MODES, compilation

V1 = CompileOptions(Transformer.V1, ALL_MODES)
POST = "type Post @model { id: ID! comments: [Comment] @connection }"
COMMENT = "type Comment @model { id: ID! text: String }"


def test_an_unknown_key_field_is_told_with_place_and_nearest_name() -> None:
    (problem,) = compile_schema(
        [
            Source("schema/a.graphql", "# first\n" + COMMENT),
            Source(
                "schema/post.graphql",
                "type Post\n  @model\n"
                '  @key(name: "byTitle", fields: ["titel"]) {\n'
                "  id: ID!\n  title: String\n}\n",
            ),
        ],
        V1,
    ).problems
    assert problem.code == "unknown-field"
    assert str(problem.where) == "schema/post.graphql:3:34"
    assert problem.hint == "Did you mean 'title'?"


def test_the_order_of_the_files_does_not_matter() -> None:
    files = [
        Source("post.graphql", POST),
        Source("comment.graphql", COMMENT),
        Source("enum.graphql", "enum Kind { A }\r\n"),
    ]
    results = {compile_schema(order, V1) for order in itertools.permutations(files)}
    assert len(results) == 1


def test_each_file_with_a_syntax_error_is_told() -> None:
    result = compile_schema(
        [
            Source("a.graphql", "type A {\n  x Int\n}"),
            Source("b.graphql", COMMENT),
            Source("c.graphql", "typ C { x: Int }"),
            Source("d.graphql", "# only a comment\n"),
        ],
        V1,
    )
    assert [str(problem.where) for problem in result.problems] == [
        "a.graphql:2:5",
        "c.graphql:1:1",
    ]


def test_a_file_of_comments_beside_others_is_fine() -> None:
    files = [Source("a.graphql", "# later"), Source("b.graphql", COMMENT)]
    assert compile_schema(files, V1).problems == ()


def test_places_count_in_the_file_whatever_ends_its_lines() -> None:
    text = 'type A @model {\r\n  id: ID!\r\n  "é😀" b: Nope\r\n}'
    result = compile_schema([Source("é.graphql", "\ufeff" + text)], V1)
    (problem,) = result.problems
    assert (problem.code, problem.where and problem.where.line) == ("unknown-type", 3)


def test_no_files_are_a_problem() -> None:
    assert [problem.code for problem in compile_schema([], V1).problems] == [
        "schema-empty"
    ]


HOSTILE = {
    "nothing": "",
    "a NUL": "\0",
    "a lone surrogate": "type A @model { id: ID! } # \ud800",
    "a lone surrogate in a string": '"\ud800" type A @model { id: ID! }',
    "an open string": 'type A { a: "x }',
    "an open block string": '"""' * 3 + "type A",
    "deep lists": "type A { a: " + "[" * 100_000 + "Int" + "]" * 100_000 + "}",
    "deep values": "type A @x(a: "
    + "{a:" * 50_000
    + "1"
    + "}" * 50_000
    + ") { a: Int }",
    "brackets in strings": 'type A @model { "' + "[{(" * 1000 + '" id: ID! }',
    "a number of many digits": "type A @model { id: ID! a: [A] @connection(limit: "
    + "9" * 6000
    + ") }",
    "a name of many letters": f"type {'A' * 100_000} @model {{ id: ID! }}",
    "a query": "{ a }",
    "roots that are missing": "schema { query: Nope } type A @model { id: ID! }",
    "a root that is an enum": "enum Query { A } type B @model { id: ID! }",
    "a type that holds itself": "type A { a: A! } type B @model { id: ID! a: A }",
    "an interface of itself": "interface I implements I { a: Int } type Query { a: I }",
    "a rule that is null": "type A @model @auth(rules: [null]) { id: ID! }",
    "rules that are one": "type A @model @auth(rules: {allow: public}) { id: ID! }",
    "a variable": "type A @model(queries: $q) { id: ID! }",
    "dunder names": "type __A @model { __id: ID! }",
    "keys of null": "type A @model @key(fields: null) { id: ID! }",
    "one key as text": 'type A @model @key(fields: "id") { id: ID! }',
    "five megabytes": "#" * 5_000_001,
}


@pytest.mark.parametrize("transformer", ["v1", "v2"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_raises(text: str, transformer: str) -> None:
    result = compilation(text, transformer)
    errors = [problem for problem in result.problems if problem.severity == "error"]
    assert (result.api is None) is bool(errors)
    assert all(problem.hint for problem in result.problems)


def test_no_cut_or_swap_of_a_schema_raises() -> None:
    text = (Path(__file__).parents[3] / "schema" / "post.graphql").read_text() + COMMENT
    chance = random.Random(7)
    for _ in range(300):
        start, end = sorted(chance.sample(range(len(text)), 2))
        broken = text[:start] + chance.choice(["", '"', "{", "@", "1"]) + text[end:]
        result = compilation(broken, chance.choice(["v1", "v2"]))
        assert result.api is not None or result.problems
