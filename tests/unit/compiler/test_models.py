"""What an ``Api`` says of its models: everything implicit is spelled out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from amplikit.blueprint.api import (
    Model,
    OperationKind,
    Provider,
    Relation,
    RuleOperation,
    Strategy,
)

sys.path.insert(0, str(Path(__file__).parent))

from compiling import api, compilation

READ = {
    RuleOperation.GET,
    RuleOperation.LIST,
    RuleOperation.LISTEN,
    RuleOperation.SYNC,
    RuleOperation.SEARCH,
}
WRITE = {RuleOperation.CREATE, RuleOperation.UPDATE, RuleOperation.DELETE}


def model(text: str, name: str, transformer: str = "v1", **flags: bool) -> Model:
    found = api(text, transformer, **flags).model(name)
    assert found is not None
    return found


def relation(text: str, place: str, transformer: str) -> Relation:
    name, _, field_name = place.partition(".")
    field = model(text, name, transformer).field(field_name)
    assert field is not None
    assert field.relation is not None
    return field.relation


@pytest.mark.parametrize(
    ("transformer", "names"),
    [
        ("v1", ["id", "title", "createdAt", "updatedAt", "owner"]),
        ("v2", ["title", "id", "createdAt", "updatedAt", "owner"]),
    ],
)
def test_added_fields_are_not_declared(transformer: str, names: list[str]) -> None:
    post = model(
        "type Post @model @auth(rules: [{allow: owner}]) { title: String! }",
        "Post",
        transformer,
    )
    assert [field.name for field in post.fields] == names
    assert [field.name for field in post.fields if field.declared] == ["title"]
    assert post.key == ("id",)
    assert not post.custom_key


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("", ("createdAt", "updatedAt")),
        ("(timestamps: null)", (None, None)),
        ('(timestamps: {createdAt: "made"})', ("made", "updatedAt")),
        ("(timestamps: {updatedAt: null})", ("createdAt", None)),
    ],
)
@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_timestamps(
    transformer: str, argument: str, expected: tuple[str | None, str | None]
) -> None:
    post = model(f"type Post @model{argument} {{ id: ID! }}", "Post", transformer)
    assert (post.created_at, post.updated_at) == expected


def test_a_timestamp_that_nobody_can_fill_in_is_not_populated() -> None:
    text = "type Post @model { id: ID! createdAt: AWSTimestamp }"
    result = compilation(text)
    assert result.api is not None
    assert result.api.models[0].created_at is None
    assert [(one.code, one.severity) for one in result.problems] == [
        ("timestamp-not-populated", "warning")
    ]


OPERATIONS = [
    pytest.param("v1", '(queries: {get: "one"})', ["one"], id="v1-names-are-all"),
    pytest.param(
        "v2",
        '(queries: {get: "one"})',
        ["one", "listPosts"],
        id="v2-names-are-laid-over",
    ),
    pytest.param("v2", "(queries: null)", [], id="v2-null"),
    pytest.param("v1", "(queries: {list: null})", [], id="v1-one-null"),
    pytest.param("v2", "(queries: {list: null})", ["getPost"], id="v2-one-null"),
]


@pytest.mark.parametrize(("transformer", "argument", "names"), OPERATIONS)
def test_queries(transformer: str, argument: str, names: list[str]) -> None:
    text = f"type Post @model{argument} {{ id: ID! }} type Query {{ hello: Int }}"
    post = model(text, "Post", transformer)
    kinds = {OperationKind.GET, OperationKind.LIST}
    found = [one.field for one in post.operations if one.kind in kinds]
    assert found == names


@pytest.mark.parametrize(
    ("rule", "operations"),
    [
        ("{allow: owner}", READ | WRITE),
        ("{allow: owner, operations: [read, create]}", READ | {RuleOperation.CREATE}),
        ("{allow: owner, operations: []}", set()),
        ("{allow: owner, operations: null}", set()),
        ("{allow: owner, queries: [get]}", WRITE | {RuleOperation.GET}),
        ("{allow: owner, queries: null, mutations: [update]}", {RuleOperation.UPDATE}),
    ],
)
def test_operations_of_a_v1_rule(rule: str, operations: set[RuleOperation]) -> None:
    post = model(f"type Post @model @auth(rules: [{rule}]) {{ id: ID! }}", "Post")
    assert post.rules is not None
    assert post.rules[0].operations == operations


@pytest.mark.parametrize(
    ("rule", "allow", "provider"),
    [
        ("{allow: owner}", Strategy.OWNER, Provider.USER_POOLS),
        ('{allow: groups, groups: ["A"]}', Strategy.GROUPS, Provider.USER_POOLS),
        ("{allow: private}", Strategy.PRIVATE, Provider.USER_POOLS),
        ("{allow: public}", Strategy.PUBLIC, Provider.API_KEY),
        ("{allow: private, provider: iam}", Strategy.PRIVATE, Provider.IAM),
    ],
)
def test_the_provider_comes_from_the_strategy(
    rule: str, allow: Strategy, provider: Provider
) -> None:
    post = model(f"type Post @model @auth(rules: [{rule}]) {{ id: ID! }}", "Post", "v2")
    assert post.rules is not None
    assert (post.rules[0].allow, post.rules[0].provider) == (allow, provider)


def test_a_rule_knows_its_place_and_text() -> None:
    text = (
        "type Post @model @auth(rules: [\n  {allow: owner,\n   operations: [read]}\n])"
    )
    post = model(f"{text} {{ id: ID! }}", "Post")
    assert post.rules is not None
    (rule,) = post.rules
    assert str(rule.where) == "schema.graphql:2:3"
    assert rule.text == "{ allow: owner, operations: [read] }"
    assert rule.identity_claim is None


def test_no_auth_is_not_the_same_as_no_rules() -> None:
    assert model("type Post @model { id: ID! }", "Post").rules is None
    text = "type Post @model @auth(rules: []) { id: ID! }"
    assert model(text, "Post").rules == ()


@pytest.mark.parametrize(
    ("flag", "local"), [({}, False), ({"secondaryKeyAsGSI": False}, True)]
)
def test_an_index_with_the_tables_partition_key(
    flag: dict[str, bool],
    local: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    text = (
        'type Order @model @key(fields: ["a", "b"])'
        ' @key(name: "byC", fields: ["a", "c"], queryField: "ordersByC")'
        " { a: ID! b: ID! c: Int }"
    )
    order = model(text, "Order", "v1", **flag)
    assert order.key == ("a", "b")
    assert order.custom_key
    (index,) = order.indexes
    assert (index.name, index.fields) == ("byC", ("a", "c"))
    assert (index.query_field, index.local) == ("ordersByC", local)


def test_v2_makes_up_the_names_of_indexes_and_queries() -> None:
    text = 'type Post @model { id: ID! a: ID @index(sortKeyFields: ["b"]) b: Int }'
    (index,) = model(text, "Post", "v2").indexes
    assert (index.name, index.query_field) == ("postsByAAndB", "postsByAAndB")


RELATIONS = [
    pytest.param(
        "v1",
        "type Post @model { id: ID! comments: [Comment] @connection }"
        " type Comment @model { id: ID! }",
        "Post.comments",
        Relation(
            "Comment",
            many=True,
            keys=(("postCommentsId", "id"),),
            index="gsi-Post.comments",
        ),
        id="v1-list-alone",
    ),
    pytest.param(
        "v1",
        "type Post @model { id: ID! author: User @connection }"
        " type User @model { id: ID! }",
        "Post.author",
        Relation("User", many=False, keys=(("id", "postAuthorId"),)),
        id="v1-single-alone",
    ),
    pytest.param(
        "v1",
        'type Post @model { id: ID! cs: [Comment] @connection(name: "PC") }'
        " type Comment @model { id: ID!"
        ' post: Post @connection(name: "PC", keyField: "postID") }',
        "Comment.post",
        Relation("Post", many=False, keys=(("id", "postID"),)),
        id="v1-named-single",
    ),
    pytest.param(
        "v1",
        'type Post @model { id: ID! cs: [Comment] @connection(name: "PC", limit: 5) }'
        ' type Comment @model { id: ID! post: Post @connection(name: "PC") }',
        "Post.cs",
        Relation(
            "Comment",
            many=True,
            keys=(("commentPostId", "id"),),
            index="gsi-PC",
            limit=5,
        ),
        id="v1-named-list",
    ),
    pytest.param(
        "v1",
        "type Post @model { id: ID!"
        ' cs: [C] @connection(keyName: "byP", fields: ["id"]) }'
        ' type C @model @key(name: "byP", fields: ["p", "n"])'
        " { id: ID! p: ID! n: Int }",
        "Post.cs",
        Relation("C", many=True, keys=(("p", "id"),), index="byP", sort_field="n"),
        id="v1-index",
    ),
    pytest.param(
        "v2",
        "type Post @model { id: ID! comments: [Comment] @hasMany(limit: 7) }"
        " type Comment @model { id: ID! }",
        "Post.comments",
        Relation(
            "Comment",
            many=True,
            keys=(("postCommentsId", "id"),),
            index="gsi-Post.comments",
            limit=7,
        ),
        id="v2-has-many",
    ),
    pytest.param(
        "v2",
        "type Post @model { id: ID! comments: [Comment] @hasMany }"
        " type Comment @model { id: ID! post: Post @belongsTo }",
        "Comment.post",
        Relation("Post", many=False, keys=(("id", "postCommentsId"),)),
        id="v2-belongs-to-many",
    ),
    pytest.param(
        "v2",
        'type A @model { x: ID! @primaryKey(sortKeyFields: ["y"]) y: Int!'
        ' bs: [B] @hasMany(references: ["ax", "ay"]) }'
        " type B @model { id: ID! ax: ID ay: Int"
        ' a: A @belongsTo(references: ["ax", "ay"]) }',
        "A.bs",
        Relation("B", many=True, keys=(("ax", "x"), ("ay", "y")), index="gsi-A.bs"),
        id="v2-references",
    ),
    pytest.param(
        "v2",
        "type P @model { id: ID! t: Team @hasOne }"
        ' type Team @model { x: ID! @primaryKey(sortKeyFields: ["y"]) y: Int! }',
        "P.t",
        Relation("Team", many=False, keys=(("x", "pTX"), ("y", "pTY"))),
        id="v2-has-one-composite",
    ),
    pytest.param(
        "v2",
        "type Post @model { id: ID!"
        ' cs: [C] @hasMany(indexName: "byP", fields: ["id"]) }'
        " type C @model { id: ID!"
        ' p: ID! @index(name: "byP", sortKeyFields: ["n", "m"]) n: Int m: Int }',
        "Post.cs",
        Relation("C", many=True, keys=(("p", "id"),), index="byP", sort_field="n#m"),
        id="v2-index-of-three",
    ),
]


@pytest.mark.parametrize(("transformer", "text", "place", "expected"), RELATIONS)
def test_relations(transformer: str, text: str, place: str, expected: Relation) -> None:
    assert relation(text, place, transformer) == expected


def test_made_up_keys_are_hidden_in_v1_and_fields_in_v2() -> None:
    text = "type P @model { id: ID! t: T! %s } type T @model { id: ID! }"
    hidden = model(text % "@connection", "P").field("pTId")
    shown = model(text % "@hasOne", "P", "v2").field("pTId")
    assert hidden is not None
    assert shown is not None
    assert (hidden.hidden, hidden.declared, hidden.type.text) == (True, False, "ID!")
    assert (shown.hidden, shown.declared, shown.type.text) == (False, False, "ID!")


def test_the_index_of_a_relation_stands_on_the_model_that_holds_the_key() -> None:
    text = "type P @model { id: ID! c: [C] @hasMany } type C @model { id: ID! }"
    (index,) = model(text, "C", "v2").indexes
    assert (index.name, index.fields) == ("gsi-P.c", ("pCId",))
    assert index.query_field is None


def test_the_flag_about_primary_keys_shortens_made_up_keys() -> None:
    text = (
        'type P @model { x: ID! @primaryKey(sortKeyFields: ["y"]) y: Int!'
        " c: [C] @hasMany } type C @model { id: ID! }"
    )
    flag = {"respectPrimaryKeyAttributesOnConnectionField": False}
    (index,) = model(text, "C", "v2", **flag).indexes
    assert index.fields == ("pCId",)


def test_sandbox_mode_is_read_from_the_schema() -> None:
    text = (
        "input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }"
        " type Post @model { id: ID! }"
    )
    compiled = api(text, "v2")
    assert compiled.flag("sandboxModeEnabled", default=False)
    assert "type Post @aws_api_key {" in compiled.sdl
    assert "AMPLIFY" not in compiled.sdl


IMPLEMENTED = [
    pytest.param("id: ID!", "{ title: String }", id="id"),
    pytest.param("createdAt: AWSDateTime", "{ title: String }", id="timestamp"),
    pytest.param(
        "owner: String",
        "@auth(rules: [{ allow: owner }]) { title: String }",
        id="owner",
    ),
]


@pytest.mark.parametrize("transformer", ["v1", "v2"])
@pytest.mark.parametrize(("field", "rest"), IMPLEMENTED)
def test_an_interface_is_kept_by_what_the_model_gets(
    transformer: str, field: str, rest: str
) -> None:
    text = f"interface Node {{ {field} }} type Post implements Node @model {rest}"
    assert "type Post implements Node" in api(text, transformer).sdl


@pytest.mark.parametrize("transformer", ["v1", "v2"])
@pytest.mark.parametrize("field", ["createdAt: String!", "owner: ID", "id(x: Int): ID"])
def test_an_interface_is_not_kept_by_what_is_of_another_type(
    transformer: str, field: str
) -> None:
    result = compilation(
        f"interface Node {{ {field} }} type Post implements Node @model "
        "@auth(rules: [{ allow: owner }]) { title: String }",
        transformer,
    )
    errors = [one for one in result.problems if one.severity == "error"]
    assert [problem.code for problem in errors] == ["schema-invalid"]


def test_a_model_may_declare_no_field_at_all() -> None:
    assert "id: ID!" in api("type Post @model").sdl


@pytest.mark.parametrize("transformer", ["v1", "v2"])
def test_only_required_fields_make_an_input_endless(transformer: str) -> None:
    text = (
        "type Post @model { a: A } type A { b: B! list: [A!]! }"
        " type B { x: Int a: A%s }"
    )
    result = compilation(text % "!", transformer)
    places = [problem.message.split("'")[1] for problem in result.problems]
    assert places == ["A.b", "B.a"]
    assert api(text % "", transformer)


def test_a_connection_by_a_key_without_fields_is_the_keys_problem() -> None:
    text = (
        "type Post @model {"
        ' id: ID! all: [Tag] @connection(keyName: "k", fields: ["id"]) }'
        ' type Tag @model @key(name: "k", fields: []) { id: ID! }'
    )
    codes = [problem.code for problem in compilation(text).problems]
    assert codes == ["key-without-fields"]


NO_NAMES = [
    pytest.param(
        "v1",
        'type P @model @auth(rules: [{ allow: owner, ownerField: "a b" }]) {\n x: ID }',
        ("a b", 1),
        id="owner-v1",
    ),
    pytest.param(
        "v2",
        'type P @model @auth(rules: [{ allow: owner, ownerField: "__a" }]) {\n x: ID }',
        ("__a", 1),
        id="owner-v2",
    ),
    pytest.param(
        "v1",
        "type Post @model {\n"
        'all: [Tag] @connection(keyField: "a-b") } type Tag @model { x: ID }',
        ("a-b", 2),
        id="key-field",
    ),
    pytest.param(
        "v1",
        "type Post @model\n"
        '@key(name: "by-a", fields: ["a", "b", "c"]) { a: ID! b: ID! c: ID! }',
        ("by-a", 2),
        id="key",
    ),
]


@pytest.mark.parametrize(("transformer", "text", "expected"), NO_NAMES)
def test_a_directives_argument_that_is_printed_must_be_a_name(
    transformer: str, text: str, expected: tuple[str, int]
) -> None:
    (problem,) = compilation(text, transformer).problems
    assert problem.where is not None
    assert problem.code == "invalid-name"
    assert (problem.message.split("'")[1], problem.where.line) == expected


def test_the_name_of_a_key_that_is_not_printed_is_free() -> None:
    keyed = '@key(name: "by-a", fields: ["a", "b"], queryField: "q")'
    assert api(f"type Post @model {keyed} {{ a: ID! b: ID! }}")
