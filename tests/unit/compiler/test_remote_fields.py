"""@function, @http and @predictions: calls, data sources, inputs, refusals."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from amplikit.blueprint.api import Strategy
from amplikit.blueprint.remote import (
    FunctionCall,
    HttpCall,
    PredictionsAction,
    PredictionsCall,
    RemoteCall,
)
from amplikit.errors import Where

sys.path.insert(0, str(Path(__file__).parent))

from compiling import api, compilation

VERSIONS = pytest.mark.parametrize("transformer", ["v1", "v2"])


def calls(text: str, transformer: str = "v2") -> tuple[RemoteCall, ...]:
    (field,) = api(text, transformer).custom_fields
    return field.calls


def refusals(text: str, transformer: str = "v2") -> dict[str, str | None]:
    return {
        problem.code: problem.amplify.message if problem.amplify else None
        for problem in compilation(text, transformer).problems
        if problem.severity == "error"
    }


@VERSIONS
def test_functions_of_a_field_are_called_in_the_order_of_the_text(
    transformer: str,
) -> None:
    text = 'type Query { a: Int @function(name: "one") @function(name: "two") }'
    assert calls(text, transformer) == (FunctionCall("one"), FunctionCall("two"))


@pytest.mark.parametrize(
    ("call", "data_source"),
    [
        (FunctionCall("sender-${env}"), "SenderLambdaDataSource"),
        (FunctionCall("my_fn-x"), "My_fnXLambdaDataSource"),
        (FunctionCall("1st"), "StLambdaDataSource"),
        (FunctionCall("echo", "us-east-1"), "EchoUsEast1LambdaDataSource"),
        (FunctionCall("echo", None, "123"), "Echo123LambdaDataSource"),
        (HttpCall("GET", "http://a-b.example.com:80", "/"), "httpabexamplecom80"),
        (PredictionsCall(PredictionsAction.IDENTIFY_LABELS), "Rekognition"),
        (PredictionsCall(PredictionsAction.TRANSLATE_TEXT), "Translate"),
        (PredictionsCall(PredictionsAction.CONVERT_TEXT_TO_SPEECH), "Lambda"),
    ],
)
def test_data_sources_are_called_as_amplify_calls_them(
    call: RemoteCall, data_source: str
) -> None:
    assert call.data_source.removesuffix("DataSource") == data_source.removesuffix(
        "DataSource"
    )


def test_v1_knows_no_account() -> None:
    text = 'type Query { a: Int @function(name: "one", accountId: "123") }'
    assert set(refusals(text, "v1")) == {"argument-of-other-transformer"}
    assert calls(text, "v2") == (FunctionCall("one", account_id="123"),)


@VERSIONS
def test_a_field_of_a_model_keeps_its_calls_and_its_place_in_inputs(
    transformer: str,
) -> None:
    found = api(
        'type Post @model { id: ID! summary: String @function(name: "sum") }',
        transformer,
    )
    summary = found.models[0].field("summary")
    assert summary is not None
    assert summary.calls == (FunctionCall("sum"),)
    assert "input CreatePostInput {\n  id: ID\n  summary: String\n}" in found.sdl


@VERSIONS
def test_rules_of_a_root_field_with_a_function_are_kept(transformer: str) -> None:
    result = compilation(
        'type Query { a: Int @function(name: "a") @auth(rules: [{allow: private}]) }',
        transformer,
    )
    assert result.api is not None
    (field,) = result.api.custom_fields
    assert [rule.allow for rule in field.rules or ()] == [Strategy.PRIVATE]
    assert [problem.code for problem in result.problems] == ["rule-on-root-field"]


def test_an_ai_service_is_told_where_it_is_asked_for() -> None:
    text = "type Query { a: String @predictions(actions: [translateText]) }"
    (problem,) = compilation(text, "v2").problems
    assert (problem.code, problem.severity) == ("not-run-locally", "warning")
    assert problem.where == Where("schema.graphql", 1, 24)
    assert "Amazon Translate" in problem.message


@VERSIONS
def test_the_path_and_the_rest_of_the_arguments_become_inputs(transformer: str) -> None:
    text = """
type Mutation {
  put(id: ID!, title: String! = "x", tags: [String], kind: Kind): String
    @http(method: PUT, url: "https://example.com/a/:id?v=1",
      headers: [{key: "X-A", value: "b"}])
}
enum Kind { A B }
type Query { a: Int }
"""
    assert calls(text, transformer) == (
        HttpCall(
            "PUT",
            "https://example.com",
            "/a/:id?v=1",
            (("X-A", "b"),),
            required=("title",),
        ),
    )
    sdl = api(text, transformer).sdl
    assert (
        "put(params: MutationPutParamsInput!, query: MutationPutQueryInput, "
        "body: MutationPutBodyInput): String" in sdl
    )
    body = '{\n  title: String = "x"\n  tags: [String]\n}'
    assert f"input MutationPutBodyInput {body}" in sdl
    assert f"input MutationPutQueryInput {body}" in sdl


def test_a_url_without_path_is_refused_by_v1_alone() -> None:
    text = 'type Query { a: String @http(url: "https://www.example.com") }'
    assert refusals(text, "v1") == {
        "url-without-path": "Cannot read properties of undefined (reading 'match')"
    }
    assert calls(text, "v2") == (HttpCall("GET", "https://www.example.com", "/"),)


@VERSIONS
def test_a_wrong_url_is_told_with_its_offset_in_utf_16(transformer: str) -> None:
    text = '# \N{PILE OF POO}\ntype Query { a: String @http(url: "example.com/a") }'
    assert refusals(text, transformer) == {
        "url-without-protocol": "@http directive at location 28 requires a url "
        "parameter that begins with http:// or https://."
    }


@VERSIONS
def test_a_type_in_the_place_of_a_generated_input_is_refused(transformer: str) -> None:
    text = """
type Query { find(id: ID): String @http(url: "https://example.com/:id") }
input QueryFindParamsInput { id: ID }
"""
    assert refusals(text, transformer) == {
        "duplicate-definition": "Conflicting input type 'QueryFindParamsInput' found."
    }


@pytest.mark.parametrize(
    ("actions", "result"),
    [
        ("identifyLabels", "[String]"),
        ("identifyLabels, translateText", "[String]"),
        ("identifyLabels, convertTextToSpeech", "String"),
    ],
)
def test_labels_are_a_list_unless_they_are_spoken(actions: str, result: str) -> None:
    sdl = api(f"type Query {{ see: Int @predictions(actions: [{actions}]) }}").sdl
    assert f"see(input: SeeInput!): {result}\n" in sdl


def test_v1_lets_actions_stand_in_any_order_but_not_twice() -> None:
    text = "type Query { a: Int @predictions(actions: [translateText, %s]) }"
    assert refusals(text % "identifyText", "v1") == {}
    assert refusals(text % "translateText", "v1") == {"predictions-action-order": None}
    assert refusals(text % "identifyText", "v2") == {
        "predictions-action-order": "identifyText is not supported in this context!"
    }


def test_v2_alone_takes_an_action_without_brackets() -> None:
    text = "type Query { a: Int @predictions(actions: translateText) }"
    assert refusals(text, "v1") == {
        "predictions-not-a-list": "actions.forEach is not a function"
    }
    assert calls(text) == (PredictionsCall(PredictionsAction.TRANSLATE_TEXT),)


def test_v2_alone_takes_functions_on_an_extended_root_type() -> None:
    text = 'type Query { a: Int } extend type Query { b: Int @function(name: "b") }'
    assert calls(text, "v2") == (FunctionCall("b"),)
    assert set(refusals(text, "v1")) == {"directive-on-extension"}
    elsewhere = text.replace("Query { b", "Thing { b") + " type Thing { c: Int }"
    assert refusals(elsewhere, "v2") == {
        "directive-on-extension": "The '@function' directive cannot be used on fields "
        "of type extensions other than 'Query', 'Mutation', and 'Subscription'. See "
        "Thing.b"
    }


def test_what_a_field_that_waits_for_nobody_answers_is_shown_as_it_was_written() -> (
    None
):
    text = """
type Query {
  send(to: [ID!]): String! @function(name: "send", invocationType: Event)
}
type EventInvocationResponse { success: Boolean! }
"""
    assert refusals(text)["event-response"] == (
        "Invalid return type String! for send(to: [ID!]): String! "
        "@function(name: send, invocationType: Event).\n"
        "Use return type 'EventInvocationResponse' and, if necessary, add 'type "
        "EventInvocationResponse { success: Boolean! }' to your model schema."
    )


@VERSIONS
@pytest.mark.parametrize("directive", ['@function(name: "a")', "@hasNothing"])
def test_one_directive_answers_a_field(directive: str, transformer: str) -> None:
    text = f'type Query {{ a: String {directive} @http(url: "https://e.com/") }}'
    assert ("resolved-twice" in refusals(text, transformer)) is (
        "function" in directive
    )
