"""A v1 schema as v2 writes it: smallest edits, and names that stay in the tables."""

from __future__ import annotations

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source
from amplikit.compiler.rewrite.edits import edited
from amplikit.compiler.rewrite.schema import Rewritten, rewrite

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
B = "type B @model { id: ID! }"


def rewritten(*texts: str, **flags: bool) -> Rewritten:
    options = CompileOptions(Transformer.V1, AUTH, tuple(flags.items()))
    names = [f"{number}.graphql" for number in range(len(texts))]
    return rewrite(list(map(Source, names, texts)), options)


def new_text(text: str, **flags: bool) -> str:
    found = rewritten(text, **flags)
    assert found.after is not None, [str(problem) for problem in found.problems]
    return edited(text, found.edits)


KEYS = [
    pytest.param(
        'type A @model @key(fields: ["id", "b"]) { id: ID! b: String! }',
        'type A @model { id: ID! @primaryKey(sortKeyFields: ["b"]) b: String! }',
        id="a primary key",
    ),
    pytest.param(
        'type A @model\n  @key(fields: ["id"]) # why\n'
        '  @key(name: "byB", fields: ["b"], queryField: "q") {\n'
        "  id: ID! # mine\n  b: String @deprecated\n}\n",
        "type A @model\n  # why\n  {\n"
        "  id: ID! @primaryKey # mine\n"
        '  b: String @index(name: "byB", queryField: "q") @deprecated\n}\n',
        id="comments stay",
    ),
    pytest.param(
        'type A @model\n  @key(name: "byB", fields: ["b"])\n'
        '  @key(name: "byC", fields: ["c"]) @searchable {\n'
        "  id: ID!\n  b: ID\n  c: ID\n}",
        "type A @model\n  @searchable {\n  id: ID!\n"
        '  b: ID @index(name: "byB", queryField: null)\n'
        '  c: ID @index(name: "byC", queryField: null)\n}',
        id="side by side",
    ),
    pytest.param(
        'type A\n  @key(name: "byB", fields: ["b", "id"])\n  @model\n'
        "{\n  id: ID!\n  b: ID\n}",
        "type A\n  @model\n{\n  id: ID!\n"
        '  b: ID @index(name: "byB", sortKeyFields: ["id"], queryField: null)\n}',
        id="a line of its own goes",
    ),
    pytest.param(
        'type A @model\n  @key(fields: ["id"]) {\n  id: ID!\n}',
        "type A @model {\n  id: ID! @primaryKey\n}",
        id="the brace goes up",
    ),
]


@pytest.mark.parametrize(("old", "new"), KEYS)
def test_keys_go_to_their_fields(old: str, new: str) -> None:
    assert new_text(old) == new


RELATIONS = [
    pytest.param(
        f"type A @model {{ id: ID! bs: [B] @connection(limit: 5) }} {B}",
        f"type A @model {{ id: ID! bs: [B] @hasMany(limit: 5) }} {B}",
        id="a list whose key is made up",
    ),
    pytest.param(
        'type A @model { id: ID! bs: [B] @connection(keyField: "mine") }\n'
        "type B @model {\n  id: ID!\n  text: String # last\n}\n",
        'type A @model { id: ID! bs: [B] @hasMany(indexName: "gsi-A.bs", '
        'fields: ["id"]) }\n'
        "type B @model {\n  id: ID!\n  text: String # last\n"
        '  mine: ID @index(name: "gsi-A.bs", queryField: null)\n}\n',
        id="a key that the reader has named",
    ),
    pytest.param(
        'type A @model { id: ID! bs: [B] @connection(name: "AB", sortField: "n") } '
        'type B @model { id: ID! n: Int a: A! @connection(name: "AB") }',
        'type A @model { id: ID! bs: [B] @hasMany(indexName: "gsi-AB", fields: ["id"]) '
        '} type B @model { id: ID! n: Int a: A! @belongsTo(fields: ["bAId"]) '
        'bAId: ID! @index(name: "gsi-AB", sortKeyFields: ["n"], queryField: null) }',
        id="two sides of a name",
    ),
    pytest.param(
        f"type A @model {{ id: ID! b: B @connection }} {B}",
        f"type A @model {{ id: ID! b: B @hasOne }} {B}",
        id="one item",
    ),
    pytest.param(
        'type A @model { id: ID! b: B @connection(name: "x") } '
        'type B @model { id: ID! a: A @connection(name: "x") }',
        "type A @model { id: ID! b: B @hasOne } "
        'type B @model { id: ID! a: A @belongsTo(fields: ["bAId"]) bAId: ID }',
        id="one item each way",
    ),
    pytest.param(
        'type A @model @key(name: "byUp", fields: ["upID"]) { id: ID! upID: ID '
        'up: A @connection(fields: ["upID"]) '
        'downs: [A] @connection(keyName: "byUp", fields: ["id"], limit: 9) }',
        'type A @model { id: ID! upID: ID @index(name: "byUp", queryField: null) '
        'up: A @belongsTo(fields: ["upID"]) '
        'downs: [A] @hasMany(indexName: "byUp", fields: ["id"], limit: 9) }',
        id="a model with itself",
    ),
]


@pytest.mark.parametrize(("old", "new"), RELATIONS)
def test_relations_keep_the_names_in_the_tables(old: str, new: str) -> None:
    assert new_text(old) == new


RULES = [
    ("allow: owner", 'allow: owner, identityClaim: "username"'),
    (
        'allow: owner, identityField: "sub", operations: null',
        'allow: owner, identityClaim: "sub", operations: []',
    ),
    ("allow: public, queries: [get]", "operations: [create, update, delete, get]"),
    ("queries: null, allow: public, mutations: null", "operations: []"),
    ("allow: public, operations: [read], queries: [get]", "operations: [read]"),
    ("allow: groups", 'allow: groups, groupsField: "groups"'),
    ('allow: groups, groupsField: "gs"', 'allow: groups, groupsField: "gs"'),
]


@pytest.mark.parametrize(("old", "new"), RULES, ids=[old for old, _ in RULES])
def test_rules_say_what_they_meant(old: str, new: str) -> None:
    start = "" if new.startswith("allow") else "allow: public, "
    text = "type A @model @auth(rules: [{ %s }]) { id: ID! }"
    assert new_text(text % old) == text % (start + new)


def test_a_claim_is_not_written_where_the_flag_keeps_it() -> None:
    text = "type A @model @auth(rules: [{ allow: owner }]) { id: ID! }"
    assert new_text(text, useSubUsernameForDefaultIdentityClaim=False) == text


def test_what_v1_leaves_out_is_switched_off() -> None:
    text = 'type A @model(queries: { get: "a" }, subscriptions: { level: public }) '
    rest = "{ id: ID! }"
    assert new_text(text + rest) == (text.replace('"a" }', '"a", list: null }') + rest)


def test_several_files_are_edited_each_for_itself() -> None:
    one = 'type A @model { id: ID! bs: [B] @connection(name: "x") }'
    other = 'type B @model { id: ID! a: A @connection(name: "x") }'
    found = rewritten(one, "# nothing here", other)
    assert {edit.file for edit in found.edits} == {"0.graphql", "2.graphql"}


def test_versions_are_for_a_person_to_decide() -> None:
    found = rewritten("type A @model\n  @versioned { id: ID! }")
    assert [problem.code for problem in found.problems] == ["rewrite-undecided"]
    assert found.edits == ()
    assert found.problems[0].where is not None
    assert found.problems[0].where.line == 2


def test_a_result_that_would_not_compile_is_not_given() -> None:
    found = rewritten(
        'type A @model @key(name: "byB", fields: ["b"])\n'
        "{ id: ID! @deprecated\n b: String text: String "
        "@auth(rules: [{ allow: owner }]) }"
    )
    first, second = found.problems
    assert (first.code, second.code) == ("rewrite-refused", "required-field-with-rules")
    assert (found.after, found.edits) == (None, ())
    assert second.where is not None
    assert (second.where.line, second.where.column) == (2, 3)


def test_a_schema_that_is_no_v1_is_refused_as_it_is() -> None:
    found = rewritten("type A @model { id: ID! bs: [B] @connection }")
    assert found.before is None
    assert [problem.code for problem in found.problems] == ["unknown-type"]
