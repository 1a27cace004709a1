"""Literals of the wrong shape, told as graphql-java tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Api

A = "StringValue{value='a'}"
LIVE = "EnumValue{name='LIVE'}"
OBJECT = "ObjectValue{objectFields=[ObjectField{name='a', value=IntValue{value=1}}]}"


@pytest.mark.parametrize(
    ("query", "argument", "value", "type_", "place"),
    [
        (
            '{ getPost(id: ["a"]) { id } }',
            "id",
            f"ArrayValue{{values=[{A}]}}",
            "ID",
            "getPost",
        ),
        ("{ getPost(id: []) { id } }", "id", "ArrayValue{values=[]}", "ID", "getPost"),
        ("{ getPost(id: {a: 1}) { id } }", "id", OBJECT, "ID", "getPost"),
        (
            "{ listPosts(limit: [1]) { nextToken } }",
            "limit",
            "ArrayValue{values=[IntValue{value=1}]}",
            "Int",
            "listPosts",
        ),
        (
            "{ listPosts(filter: {title: {eq: []}}) { nextToken } }",
            "filter.title.eq",
            "ArrayValue{values=[]}",
            "String",
            "listPosts",
        ),
        (
            'mutation { createPost(input: {title: "t", state: [LIVE]}) { id } }',
            "input.state",
            f"ArrayValue{{values=[{LIVE}]}}",
            "State",
            "createPost",
        ),
        (
            'mutation { createPost(input: {title: "t", views: {a: 1}}) { id } }',
            "input.views",
            OBJECT,
            "Int",
            "createPost",
        ),
        (
            "{ getPost(id: 1) @skip(if: [true]) { id } }",
            "if",
            "ArrayValue{values=[BooleanValue{value=true}]}",
            "Boolean",
            "getPost",
        ),
    ],
)
def test_a_list_or_object_where_a_scalar_is_expected_is_of_the_wrong_type(
    api: Api, query: str, argument: str, value: str, type_: str, place: str
) -> None:
    (error,) = api.ask(query).json["errors"]

    assert error["message"] == (
        f"Validation error of type WrongType: argument '{argument}' with value"
        f" '{value}' is not a valid '{type_}' @ '{place}'"
    )
    name = argument.partition(".")[0]
    column = query.index(f"{name}:") + 1
    assert error["locations"] == [{"line": 1, "column": column, "sourceName": None}]


def test_a_default_of_the_wrong_shape_is_a_bad_default(api: Api) -> None:
    query = "query($n: Int = [[1]]) { listPosts(limit: $n) { nextToken } }"

    (error,) = api.ask(query).json["errors"]

    assert error["message"] == (
        "Validation error of type BadValueForDefaultArg: Bad default value"
        " ArrayValue{values=[ArrayValue{values=[IntValue{value=1}]}]} for type Int"
    )


@pytest.mark.parametrize(
    ("type_", "given", "noun"),
    [
        ("AWSDateTime", "x" * 40_000, "DateTime"),
        ("AWSJSON", "x" * 40_000, "JSON"),
        ("AWSDateTime", ["x" * 100] * 400, "DateTime"),
    ],
)
def test_a_message_holds_only_the_beginning_of_a_long_value(
    api: Api, type_: str, given: object, noun: str
) -> None:
    name = {"AWSDateTime": "at", "AWSJSON": "source"}[type_]
    query = f"query($v: {type_}) {{ echo({name}: $v) {{ text }} }}"

    (error,) = api.ask(query, {"v": given}).json["errors"]

    assert len(error["message"]) < 400
    assert error["message"].endswith(f"...` as a valid {noun}.")


def test_a_long_value_that_is_no_message_is_whole(api: Api) -> None:
    api.resolvers.answers["Query.echo"] = {"text": ["x" * 300, "y" * 300]}

    answer = api.ask("{ echo { text } }")

    text = f"[{'x' * 300}, {'y' * 300}]"
    assert answer.json == {"data": {"echo": {"text": text}}}
