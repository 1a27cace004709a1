from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator import wire
from amplikit.emulator.calls import FieldError
from amplikit.emulator.host import ExecutionAnswer, GraphQLRequest, Host
from amplikit.emulator.schema import executable_schema
from amplikit.emulator.trace import Trace
from amplikit.errors import SchemaInvalid
from amplikit.identity.caller import ApiKeyCaller

if TYPE_CHECKING:
    from conftest import Api

PATHS = ("path", "locations", "message")


def test_the_error_of_a_denied_field_has_appsyncs_six_keys_in_their_order(
    api: Api, post: dict
) -> None:
    api.resolvers.answers["Query.getPost"] = post

    answer = api.ask("{ a: getPost(id: 1) { b: secret } }")

    assert answer.json == {
        "data": {"a": {"b": None}},
        "errors": [
            {
                "path": ["a", "b"],
                "data": None,
                "errorType": "Unauthorized",
                "errorInfo": None,
                "locations": [{"line": 1, "column": 23, "sourceName": None}],
                "message": "Not Authorized to access secret on type Post",
            }
        ],
    }
    assert [*answer.json["errors"][0]] == [
        "path",
        "data",
        "errorType",
        "errorInfo",
        "locations",
        "message",
    ]


def test_a_validation_error_is_the_object_of_issue_81(api: Api) -> None:
    assert api.ask("{badfield}").json == {
        "data": None,
        "errors": [
            {
                "path": None,
                "locations": [{"line": 1, "column": 2, "sourceName": None}],
                "message": "Validation error of type FieldUndefined: Field"
                " 'badfield' in"
                " type 'Query' is undefined @ 'badfield'",
            }
        ],
    }


@pytest.mark.parametrize(
    ("change", "selection", "data", "messages"),
    [
        (
            {"title": None},
            "id title",
            None,
            [
                (
                    "Cannot return null for non-nullable type: 'String' within"
                    " parent 'Post'"
                    " (/getPost/title)"
                )
            ],
        ),
        (
            {"at": "2026-05-06T00:00:00.000"},
            "id at",
            {"id": "1", "at": None},
            [
                (
                    "Can't serialize value (/getPost/at) : Unable to serialize"
                    " `2026-05-06T00:00:00.000` as a valid DateTime Object."
                )
            ],
        ),
        (
            {"tags": "x"},
            "tags",
            {"tags": None},
            [
                (
                    "Can't resolve value (/getPost/tags) : type mismatch error,"
                    " expected"
                    " type LIST, got STRING"
                )
            ],
        ),
        (
            {"tags": ["a", None]},
            "tags",
            {"tags": None},
            [
                (
                    "Cannot return null for non-nullable type: 'String' within"
                    " parent 'Post'"
                    " (/getPost/tags[1])"
                )
            ],
        ),
        ({"tags": frozenset({"b", "a"})}, "tags", {"tags": ["a", "b"]}, []),
        (
            {"pair": [[1], ["x"]]},
            "pair",
            {"pair": [[1], [None]]},
            [
                (
                    "Can't serialize value (/getPost/pair[1][0]) : Unable to"
                    " serialize `x`"
                    " as a valid Int Object."
                )
            ],
        ),
        (
            {"state": "GONE"},
            "state",
            {"state": None},
            [
                (
                    "Can't serialize value (/getPost/state) : Invalid input for Enum"
                    " 'State'. Unknown value 'GONE'"
                )
            ],
        ),
        ({"score": Decimal(2)}, "score", {"score": 2.0}, []),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_where_it_stands(
    api: Api,
    post: dict,
    change: dict,
    selection: str,
    data: object,
    messages: list[str],
) -> None:
    api.resolvers.answers["Query.getPost"] = post | change

    answer = api.ask(f"{{ getPost(id: 1) {{ {selection} }} }}").json

    assert answer["data"] == {"getPost": data}
    errors = answer.get("errors", [])
    assert [error["message"] for error in errors] == messages
    assert all((*error,) == PATHS and error["locations"] is None for error in errors)


def test_one_bad_item_of_a_list_is_null_and_the_others_are_delivered(api: Api) -> None:
    items = [{"id": "1", "title": "a"}, {"id": "2"}, 5, None]
    api.resolvers.answers["Query.listPosts"] = {"items": items, "nextToken": None}

    answer = api.ask("{ listPosts { items { id title } nextToken } }").json

    assert answer["data"]["listPosts"]["items"] == [
        {"id": "1", "title": "a"},
        None,
        None,
        None,
    ]
    assert [error["path"] for error in answer["errors"]] == [
        ["listPosts", "items", 1, "title"],
        ["listPosts", "items", 2],
    ]


def test_an_error_of_a_resolver_shows_its_data_as_selected(api: Api) -> None:
    api.resolvers.answers["Mutation.createPost"] = FieldError(
        "The conditional request failed",
        "DynamoDB:ConditionalCheckFailedException",
        {"id": 1, "title": "x", "hidden": Decimal(2)},
        {"k": Decimal(1)},
    )

    answer = api.ask(
        'mutation { createPost(input: { title: "a" }) { id t: title ...F } }'
        " fragment F on Post { views }"
    ).json

    assert answer["data"] == {"createPost": None}
    assert answer["errors"][0]["data"] == {"id": 1, "t": "x"}
    assert answer["errors"][0]["errorInfo"] == {"k": 1}
    assert answer["errors"][0]["errorType"] == (
        "DynamoDB:ConditionalCheckFailedException"
    )


def test_arguments_named_like_our_own_arrive_exact(api: Api) -> None:
    api.resolvers.answers["Query.echo"] = {"text": "x"}

    api.ask(
        "query Q($s: AWSJSON) { echo(info: 5, source: $s, f: 0.1,"
        ' at: "2021-01-01T00:00Z", ids: 7) { text } }',
        {"s": '{"n": 1.10}'},
    )

    assert api.resolvers.calls[0].arguments == {
        "info": 5,
        "source": {"n": Decimal("1.10")},
        "f": Decimal("0.1"),
        "at": "2021-01-01T00:00Z",
        "ids": ["7"],
    }


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {},
            "Variable 'i' has coerced Null value for NonNull type 'CreatePostInput!'",
        ),
        ({"i": {}}, "Variable 'i' has coerced Null value for NonNull type 'String!'"),
        (
            {"i": {"title": "a", "tags": ["x", None]}},
            "Variable 'i' has coerced Null value for NonNull type 'String!'",
        ),
        (
            {"i": {"title": "a", "zz": 1}},
            (
                "The variables input contains a field that is not defined for input"
                " object"
                " type 'CreatePostInput' "
            ),
        ),
        (
            {"i": "x"},
            (
                "Variable 'i' has an invalid value. Expected type 'Map' but was"
                " 'String'."
                " Variables for input objects must be an instance of type 'Map'."
            ),
        ),
        (
            {"i": {"title": "a", "at": "nope"}},
            (
                "Variable 'at' has an invalid value. Unable to parse `nope` as a valid"
                " DateTime."
            ),
        ),
        (
            {"i": {"title": "a", "state": "GONE"}},
            (
                "Variable 'state' has an invalid value. Invalid input for Enum"
                " 'State'. No"
                " value found for name 'GONE'"
            ),
        ),
        (
            {"i": {"title": 5}},
            (
                "Variable 'title' has an invalid value. Expected type 'String' but was"
                " 'Integer'."
            ),
        ),
    ],
)
def test_variables_that_do_not_fit_are_told_in_graphql_javas_words(
    api: Api, variables: dict, message: str
) -> None:
    query = "mutation M($i: CreatePostInput!) { createPost(input: $i) { id } }"

    answer = api.ask(query, variables).json

    assert answer["data"] is None
    assert [error["message"] for error in answer["errors"]] == [message]
    assert (*answer["errors"][0],) == PATHS
    assert not api.resolvers.calls


@pytest.mark.parametrize(
    ("depth", "status"), [(101, 200), (300, 200), (500, 200), (900, 400)]
)
def test_variables_nested_too_deeply_are_refused(
    api: Api, depth: int, status: int
) -> None:
    value = '{"and": [' * depth + "]}" * depth
    query = "query Q($f: PostFilter) { listPosts(filter: $f) { nextToken } }"
    body = f'{{"query": "{query}", "variables": {{"f": {value}}}}}'.encode()

    answer = api.http("POST", "/graphql", {"x-api-key": api.key()}, body)

    assert answer.status == status
    assert "nested too deeply" in answer.body.decode() or status == 400
    assert not api.resolvers.calls


def test_an_unknown_operation_is_told_with_its_name(api: Api) -> None:
    body = b'{"query": "query A { unresolved }", "operationName": "B"}'

    answer = api.http("POST", "/graphql", {"x-api-key": api.key()}, body)

    assert answer.json["errors"][0]["message"] == "Unknown operation named 'B'."


def test_a_root_field_without_resolver_is_null(api: Api) -> None:
    assert api.ask("{ unresolved }").json == {"data": {"unresolved": None}}


def test_a_nested_resolver_sees_what_is_not_in_the_schema(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post | {"authorId": "7", "__typename": "P"}

    api.ask("{ getPost(id: 1) { author { id } } }")

    call = api.resolvers.calls[1]
    assert (call.parent, call.field, call.path) == (
        "Post",
        "author",
        ("getPost", "author"),
    )
    assert call.source["authorId"] == "7"


def test_mutations_run_in_the_order_of_the_request(api: Api) -> None:
    answer = api.ask(
        'mutation { b: createPost(input: { title: "1" }) { title }'
        ' a: createPost(input: { title: "2" }) { title } }'
    ).json

    assert [*answer["data"]] == ["b", "a"]
    assert [call.arguments["input"]["title"] for call in api.resolvers.calls] == [
        "1",
        "2",
    ]


def test_a_request_runs_at_most_ten_thousand_resolvers(api: Api, post: dict) -> None:
    # Ten thousand fields of a request would need as many tokens: count down instead.
    api.resolvers.answers["Query.listPosts"] = {"items": [post] * 10_001}

    answer = api.ask("{ listPosts { items { author { id } } } }").json

    kinds = [error["errorType"] for error in answer["errors"]]
    assert kinds == ["ResolverExecutionLimitReached"] * 2


def test_a_request_whose_time_is_up_has_no_data(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    runtime = api.service.runtime
    policies = api.service.host.policies
    host = Host(runtime.blueprint, runtime.resolvers, policies, time_limit_s=-1)

    answer = host.execute(
        GraphQLRequest("{ getPost(id: 1) { id } }", {}), ApiKeyCaller("k"), Trace()
    )

    assert isinstance(answer, ExecutionAnswer)
    assert answer.data is None
    assert [error["message"] for error in answer.errors] == ["Execution timed out."]


def test_an_unmarked_type_admits_the_default_mode_alone(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    api.resolvers.answers["Post.author"] = {"id": "7"}
    query = "{ getPost(id: 1) { author { id } } }"

    by_key = api.ask(query).json
    by_user = api.ask(query, headers={"authorization": api.token()}).json

    assert by_key["data"] == {"getPost": {"author": None}}
    assert by_key["errors"][0]["message"] == "Not Authorized to access id on type User"
    assert by_user == {"data": {"getPost": {"author": {"id": "7"}}}}


@pytest.mark.parametrize(
    ("groups", "admitted"), [(["Admin"], True), (["Other"], False), ("Admin", False)]
)
def test_a_group_directive_asks_for_one_of_the_groups(
    api: Api, groups: object, *, admitted: bool
) -> None:
    api.resolvers.answers["Query.adminOnly"] = "yes"
    token = api.token(**{"cognito:groups": groups})

    answer = api.ask("{ adminOnly }", headers={"authorization": token}).json

    assert answer["data"] == {"adminOnly": "yes" if admitted else None}


@pytest.mark.parametrize(
    "query",
    [
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Post") {name} }',
    ],
)
def test_introspection_is_open_to_every_mode(api: Api, query: str) -> None:
    answer = api.ask(query)

    assert "errors" not in answer.json
    assert api.log == []


def test_every_word_of_the_service_has_a_mark_and_a_source() -> None:
    words = wire.words()

    assert len(words) > 100
    assert all(word.source for word in words.values())
    assert {word.mark for word in words.values()} == {*wire.Mark}


@pytest.mark.parametrize(
    "sdl",
    ["type Post { id: ID }", "type Query { a: Nope }", "type Query { a: Int a: Int }"],
)
def test_a_schema_that_appsync_refuses_is_a_problem(api: Api, sdl: str) -> None:
    refused = replace(api.service.runtime.blueprint, sdl=sdl)

    with pytest.raises(SchemaInvalid) as raised:
        executable_schema(refused, api.resolvers)

    assert raised.value.problems[0].code == "schema-not-servable"
