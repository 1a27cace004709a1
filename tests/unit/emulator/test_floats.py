from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from graphql import GraphQLFloat

if TYPE_CHECKING:
    from conftest import Api


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (9007199254740993, 9007199254740993),
        (-9007199254740993, -9007199254740993),
        (1795183858123456789, 1795183858123456789),
        (3, 3),
        (1.0, 1),
        (1.5, Decimal("1.5")),
        (0.1, Decimal("0.1")),
    ],
)
@pytest.mark.parametrize("form", ["variable", "literal", "argument"])
def test_a_float_reaches_the_resolver_as_the_number_that_was_written(
    api: Api, given: float, stored: object, form: str
) -> None:
    if form == "variable":
        query = "mutation($i: CreatePostInput!) { createPost(input: $i) { id } }"
        api.ask(query, {"i": {"title": "t", "score": given}})
    elif form == "literal":
        api.ask(
            f'mutation {{ createPost(input: {{title: "t", score: {given}}}) {{ id }} }}'
        )
    else:
        api.ask("query($f: Float) { echo(f: $f) { text } }", {"f": given})

    (call,) = api.resolvers.calls
    given_to = call.arguments.get("input", {"score": call.arguments.get("f")})
    assert repr(given_to["score"]) == repr(stored)


@pytest.mark.parametrize(
    ("given", "kind"),
    [(True, "Boolean"), ("1", "String"), ([1, 2], "ArrayList"), ({}, "LinkedHashMap")],
)
def test_a_float_is_no_other_value(api: Api, given: object, kind: str) -> None:
    answer = api.ask("query($f: Float) { echo(f: $f) { text } }", {"f": given})

    assert [error["message"] for error in answer.json["errors"]] == [
        f"Variable 'f' has an invalid value. Expected type 'Float' but was '{kind}'."
    ]


@pytest.mark.parametrize("literal", ["1e999", "9" * 400, "9" * 5_000, '"1"', "true"])
def test_a_literal_that_is_no_double_is_refused(api: Api, literal: str) -> None:
    (error,) = api.ask(f"{{ echo(f: {literal}) {{ text }} }}").json["errors"]

    assert error["message"].startswith("Validation error of type WrongType")
    assert error["message"].endswith("is not a valid 'Float' @ 'echo'")


def test_only_the_served_schema_has_a_float_of_its_own(api: Api) -> None:
    own = api.service.host.executable.schema.type_map["Float"]

    assert own is not GraphQLFloat
    assert GraphQLFloat.coerce_input_value(2) == 2
    answer = api.ask('{ __type(name: "Float") { kind name } }')
    assert answer.json == {"data": {"__type": {"kind": "SCALAR", "name": "Float"}}}
