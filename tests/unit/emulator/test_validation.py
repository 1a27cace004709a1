from __future__ import annotations

import pytest
from graphql import build_schema, parse

from amplikit.emulator.documents import Documents
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.validation import validation_errors
from amplikit.emulator.validation.messages import RULES

SCHEMA = build_schema("""
type Query {
  post(id: ID!, filter: Filter, count: Int): Post
  posts(ids: [ID!]!): [Post]
  pet: Pet
  badges: [[Post]]
}
input Filter { title: String! views: Int nested: Filter tags: [String!] }
enum State { DRAFT LIVE }
interface Pet { name: String }
type Dog implements Pet { name: String barks: Boolean owner: Post }
type Cat implements Pet { name: String meows: Int owner: Post }
type Post {
  id: ID! title: String! pet: Pet author: Post state(is: State): State posts: [Post!]!
}
type Mutation { createPost(input: Filter!): Post }
type Subscription { onPost: Post onPet: Pet }
""")

WRONG = "Validation error of type WrongType: argument "

CASES = {
    "{badfield}": [
        "FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'"
    ],
    "{ post { id } }": ["MissingFieldArgument: Missing field argument id @ 'post'"],
    "{ post(id: 1) }": [
        (
            "SubSelectionRequired: Sub selection required for type Post of field post"
            " @ 'post'"
        )
    ],
    "{ post(id: 1) { posts } }": [
        (
            "SubSelectionRequired: Sub selection required for type null of field posts"
            " @ 'post/posts'"
        )
    ],
    "{ pet { name { x } } }": [
        (
            "SubSelectionNotAllowed: Sub selection not allowed on leaf type String"
            " of field"
            " name @ 'pet/name'"
        )
    ],
    "{ post(id: 1, zz: 2) { id } }": [
        "UnknownArgument: Unknown field argument zz @ 'post'"
    ],
    "{ posts(ids: [null]) { id } }": [
        (
            "WrongType: argument 'ids[0]' with value 'NullValue{}' must not be null"
            " @ 'posts'"
        )
    ],
    '{ post(id: 1, count: "x") { id } }': [
        (
            "WrongType: argument 'count' with value 'StringValue{value='x'}' is not"
            " a valid"
            " 'Int' @ 'post'"
        )
    ],
    "{ post(id: 1, filter: 5) { id } }": [
        (
            "WrongType: argument 'filter' with value 'IntValue{value=5}' must be an"
            " object"
            " type @ 'post'"
        )
    ],
    '{ post(id: 1, filter: {titel: "x"}) { id } }': [
        (
            "WrongType: argument 'filter' with value"
            " 'ObjectValue{objectFields=[ObjectField{name='titel',"
            " value=StringValue{value='x'}}]}' is missing required fields '[title]'"
            " @ 'post'"
        )
    ],
    '{ post(id: 1, filter: {title: "a", zz: 1}) { id } }': [
        (
            "WrongType: argument 'filter' with value"
            " 'ObjectValue{objectFields=[ObjectField{name='title',"
            " value=StringValue{value='a'}}, ObjectField{name='zz',"
            " value=IntValue{value=1}}]}' contains a field not in 'Filter': 'zz' @"
            " 'post'"
        )
    ],
    '{ post(id: 1, filter: {title: "a", nested: {title: "b", tags: ["x", 5]}}) '
    "{ id } }": [
        (
            "WrongType: argument 'filter.nested.tags[1]' with value"
            " 'IntValue{value=5}' is"
            " not a valid 'String' @ 'post'"
        )
    ],
    "{ post(id: 1) { state(is: GONE) } }": [
        (
            "WrongType: argument 'is' with value 'EnumValue{name='GONE'}' is not a"
            " valid"
            " 'State' @ 'post/state'"
        )
    ],
    "{ pet @nope { name @include } }": [
        "UnknownDirective: Unknown directive nope @ 'pet'",
        "MissingDirectiveArgument: Missing directive argument if @ 'pet/name'",
    ],
    "{ pet @defer { name } }": ["UnknownDirective: Unknown directive defer @ 'pet'"],
    "{ pet { name @skip(if: true) @skip(if: true) } }": [
        (
            "DuplicateDirectiveName: Non repeatable directives must be uniquely named"
            " within a location. The directive 'skip' used on a 'Field' is not unique."
            " @ 'pet/name'"
        )
    ],
    "{ pet { name @skip(if: true, zz: 1) } }": [
        "UnknownDirective: Unknown directive argument zz @ 'pet/name'"
    ],
    "query @skip(if: true) { pet { name } }": [
        "MisplacedDirective: Directive skip not allowed here"
    ],
    "query Q($a: Int) { pet { name } }": ["UnusedVariable: Unused variable a"],
    "query Q { post(id: $x) { id } }": [
        "UndefinedVariable: Undefined variable x @ 'post'"
    ],
    "query Q($a: Int) { post(id: $a) { id } }": [
        (
            "VariableTypeMismatch: Variable type 'Int' doesn't match expected type"
            " 'ID!'"
            " @ 'post'"
        )
    ],
    "query Q($a: Nope) { post(id: $a) { id } }": ["UnknownType: Unknown type Nope"],
    "query Q($a: Post) { post(id: $a) { id } }": [
        "NonInputTypeOnVariable: Wrong type for a variable",
        (
            "VariableTypeMismatch: Variable type 'Post' doesn't match expected type"
            " 'ID!'"
            " @ 'post'"
        ),
    ],
    "query Q($a: Int = 1.5) { post(id: 1, count: $a) { id } }": [
        "BadValueForDefaultArg: Bad default value FloatValue{value=1.5} for type Int"
    ],
    "query Q($a: ID!, $a: ID!) { post(id: $a) { id } }": [
        "DuplicateVariableName: There can be only one variable named 'a'"
    ],
    "{ post(id: 1, id: 2) { id } }": [
        "DuplicateArgumentNames: There can be only one argument named 'id' @ 'post'"
    ],
    '{ post(id: 1, filter: {title: "a", title: "b"}) { id } }': [
        (
            "DuplicateInputFieldName: There can be only one input field named 'title'"
            " @ 'post'"
        )
    ],
    "query Q { pet { name } } query Q { pet { name } }": [
        "DuplicateOperationName: There can be only one operation named 'Q'"
    ],
    "query Q { pet { name } } { pet { name } }": [
        "LoneAnonymousOperationViolation: Anonymous operation with other operations."
    ],
    "type X { a: Int } query Q { pet { name } }": [
        "NonExecutableDefinition: The X definition is not executable."
    ],
    "{ pet { ...F } }": ["UndefinedFragment: Undefined fragment F @ 'pet'"],
    "{ pet { name } } fragment F on Pet { name }": [
        "UnusedFragment: Unused fragment F @ 'F'"
    ],
    "{ pet { ...F } } fragment F on Pet { zz }": [
        "FieldUndefined: Field 'zz' in type 'Pet' is undefined @ 'F/zz'"
    ],
    "{ pet { ...F } } fragment F on Pet { ...F }": [
        "FragmentCycle: Fragment cycles not allowed @ 'F'"
    ],
    "{ pet { ...F } } fragment F on Pet { name } fragment F on Pet { name }": [
        "DuplicateFragmentName: There can be only one fragment named 'F' @ 'F'"
    ],
    "{ pet { ... on Post { id } } }": [
        (
            "InvalidFragmentType: Fragment cannot be spread here as objects of type"
            " Pet can"
            " never be of type Post @ 'pet'"
        )
    ],
    "{ pet { ...F } } fragment F on Post { id }": [
        (
            "InvalidFragmentType: Fragment F cannot be spread here as objects of"
            " type Pet"
            " can never be of type Post @ 'pet'"
        )
    ],
    "{ pet { ... on State { x } } }": [
        (
            "InlineFragmentTypeConditionInvalid: Inline fragment type condition is"
            " invalid,"
            " must be on Object/Interface/Union @ 'pet'"
        )
    ],
    "{ pet { ...F } } fragment F on State { x }": [
        (
            "FragmentTypeConditionInvalid: Fragment type condition is invalid, must"
            " be on"
            " Object/Interface/Union @ 'F'"
        )
    ],
    "{ a: post(id: 1) { id } a: pet { name } }": [
        "FieldsConflict: a: post and pet are different fields @ 'post'"
    ],
    "{ a: post(id: 1) { id } a: post(id: 2) { id } }": [
        "FieldsConflict: a: they have differing arguments @ 'post'"
    ],
    "{ pet { ... on Cat { x: meows } ... on Dog { x: barks } } }": [
        "FieldsConflict: x: they return differing types Boolean and Int @ 'pet/barks'"
    ],
    "{ pet { ... on Cat { x: name } ... on Dog { x: owner { id } } } }": [
        "FieldsConflict: x: they return differing types Post and String @ 'pet/owner'"
    ],
    "subscription S { onPost { id } onPet { name } }": [
        (
            "SubscriptionMultipleRootFields: Subscription operation 'S' must have a"
            " single"
            " root field @ 'onPet'"
        )
    ],
}


@pytest.mark.parametrize(("query", "expected"), CASES.items())
def test_an_invalid_document_is_told_in_graphql_javas_words(
    query: str, expected: list[str]
) -> None:
    errors = validation_errors(SCHEMA, parse(query))

    assert [error.message for error in errors] == [
        f"Validation error of type {text}" for text in expected
    ]


@pytest.mark.parametrize(
    "query",
    [
        "{ pet { name } }",
        "{ pet { name name __typename } pet { name } }",
        "{ pet { ... on Cat { x: name } ... on Dog { x: name } } }",
        "{ pet { ... on Cat { owner { a: id } } ... on Dog { owner { a: id } } } }",
        "{ a: post(id: 1) { ...F } b: post(id: 2) { ...F } } fragment F on Post { id }",
        "{ __schema { types { name fields { type { ofType { name } } } } } }",
        'query Q($a: Int = 5) { post(id: "x", count: $a) { id } }',
        "{ posts(ids: 5) { id } }",
    ],
)
def test_a_valid_document_has_no_errors(query: str) -> None:
    assert validation_errors(SCHEMA, parse(query)) == ()


def test_every_rule_has_a_case() -> None:
    told = {text.split(":")[0] for texts in CASES.values() for text in texts}

    # Introspection's depth and an operation type without root have no case here.
    assert len(told) >= len(RULES) - 2


def test_a_place_is_that_of_the_node() -> None:
    (error,) = validation_errors(SCHEMA, parse("{\n  badfield\n}"))

    assert error.locations is not None
    assert (error.locations[0].line, error.locations[0].column) == (2, 3)


def test_at_most_a_hundred_errors_are_told() -> None:
    text = " ".join(f"f{number}" for number in range(500))

    assert len(validation_errors(SCHEMA, parse(f"{{ {text} }}"))) == 100


def doubling(levels: int) -> str:
    fragments = "".join(
        f"fragment F{n} on Post {{ x: author {{ ...F{n + 1} }}"
        f" y: author {{ ...F{n + 1} }} }} "
        for n in range(levels)
    )
    return (
        f"{{ post(id: 1) {{ ...F0 }} }} {fragments} fragment F{levels} on Post {{id}}"
    )


def chain(levels: int) -> str:
    fragments = "".join(
        f"fragment F{n} on Post {{ author {{ ...F{n + 1} }} }} " for n in range(levels)
    )
    return (
        f"{{ post(id: 1) {{ ...F0 }} }} {fragments} fragment F{levels} on Post {{id}}"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (doubling(20), "Maximum char length exceeded"),
        (doubling(60), "Maximum char length exceeded"),
        (doubling(300), "Query is nested too deeply."),
        (chain(80), "Query is nested too deeply."),
        (chain(900), "Query is nested too deeply."),
        ("{ post(id: 1) " + "{ author " * 90 + "{ id }" + "}" * 91, None),
        ("{ pet { name " + "... { name " * 150 + "}" * 152, ""),
    ],
    ids=["x20", "x60", "x300", "chain80", "chain900", "deep", "inline"],
)
def test_a_document_that_selects_too_much_is_refused_by_its_size(
    text: str, message: str | None
) -> None:
    document = Documents(SCHEMA).get(text)

    assert not isinstance(document, RequestRefusal)
    found = [error.message for error in document.errors]
    assert found == (
        [] if message == "" else [message or "Query is nested too deeply."]
    )


def test_a_document_is_read_once() -> None:
    documents = Documents(SCHEMA)

    assert documents.get("{ pet { name } }") is documents.get("{ pet { name } }")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ __schema { types { name fields { name } } } }", ["__schema/types"]),
        ("{ s: __schema { t: types { name } queryType { name } } }", 2),
        ('{ __type(name: "Post") { name } }', ["__type/name"]),
        (
            "{ __schema { ...F } } fragment F on __Schema { types { name } }",
            ["F/types"],
        ),
        ("{ __schema { ... { types { name } } } }", ["__schema/types"]),
        ("{ __typename pet { __typename } __schema { __typename } }", []),
    ],
)
def test_without_introspection_the_schema_has_no_fields(
    query: str, expected: list[str] | int
) -> None:
    document = parse(query)

    errors = validation_errors(SCHEMA, document, introspection=False)

    if isinstance(expected, int):
        assert len(errors) == expected
        return
    parent = "__Type" if expected == ["__type/name"] else "__Schema"
    assert [error.message for error in errors] == [
        f"Validation error of type FieldUndefined: Field '{path.split('/')[1]}' in type"
        f" '{parent}' is undefined @ '{path}'"
        for path in expected
    ]
    assert validation_errors(SCHEMA, document) == ()
