from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Authorize, Resolver
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, Caller, UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
KEY = ApiKeyCaller("key-1")
VERSIONS = pytest.mark.parametrize("transformer", Transformer)
GROUPS = """
type Query {
  a: Int @function(name: "one") @function(name: "two")
    @auth(rules: [{allow: groups, groups: ["Admin"]}, {allow: owner}])
}
"""


def blueprint(text: str, transformer: Transformer) -> Blueprint:
    compiled = compile_schema(
        (Source("schema.graphql", text),), CompileOptions(transformer, AUTH)
    )
    assert compiled.api is not None, compiled.problems
    return plan(compiled.api, Config("test", transformer, AUTH))


def resolver(text: str, transformer: Transformer) -> Resolver:
    (only,) = blueprint(text, transformer).resolvers
    return only


def user(*groups: str) -> UserPoolCaller:
    claims = {"sub": "s", "username": "u", "cognito:groups": [*groups]}
    return UserPoolCaller("s", "u", "issuer", claims)


def ask(text: str, transformer: Transformer, caller: Caller) -> FieldError:
    made = blueprint(text, transformer)
    interpreter = Interpreter(
        made,
        SqliteStore.in_memory(made.tables),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        new_id=lambda: "id",
    )
    call = FieldCall("Query", "a", {}, None, caller, ("a",))
    answer = interpreter.run(call, Trace())
    assert isinstance(answer, FieldError)
    return answer


@VERSIONS
def test_rules_come_before_the_functions(transformer: Transformer) -> None:
    found = resolver(GROUPS, transformer)
    assert [function.name for function in found.functions] == [
        "QueryAAuthFN",
        "InvokeOneLambdaDataSource",
        "InvokeTwoLambdaDataSource",
    ]
    (check,) = found.functions[0].before
    assert isinstance(check, Authorize)
    assert [grant.names for grant in check.grants] == [("Admin",)]


@VERSIONS
def test_a_member_reaches_the_function_which_a_rehearsal_does_not_call(
    transformer: Transformer,
) -> None:
    answer = ask(GROUPS, transformer, user("Admin"))
    assert answer == FieldError(
        "@function: the function 'one' is not called here.",
        "NotRunLocally",
    )


@pytest.mark.parametrize(
    ("transformer", "caller", "error_type"),
    [
        (Transformer.V1, user(), "Unauthorized"),
        (Transformer.V1, KEY, "NotRunLocally"),
        (Transformer.V2, user(), "Unauthorized"),
        (Transformer.V2, KEY, "Unauthorized"),
    ],
)
def test_v1_checks_those_alone_whose_mode_a_rule_names(
    transformer: Transformer, caller: Caller, error_type: str
) -> None:
    assert ask(GROUPS, transformer, caller).error_type == error_type


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        ('@http(url: "https://e.com/a")', "no GET request is sent from here"),
        (
            "@predictions(actions: [translateText])",
            "needs Amazon Translate",
        ),
    ],
)
def test_what_is_missing_is_named(directive: str, words: str) -> None:
    text = f"type Query {{ a: String {directive} }}"
    answer = ask(text, Transformer.V2, KEY)
    assert words in answer.message
    assert answer.error_type == "NotRunLocally"


@VERSIONS
def test_a_data_source_exists_once(transformer: Transformer) -> None:
    text = """
type Query {
  a: Int @function(name: "f-${env}") @function(name: "g")
  b: Int @function(name: "f-${env}")
  c: Int @http(url: "https://e.com/c")
}
"""
    assert [source.name for source in blueprint(text, transformer).data_sources] == [
        "FLambdaDataSource",
        "GLambdaDataSource",
        "httpsecomDataSource",
    ]


@VERSIONS
def test_roles_of_the_identity_pool_may_call_what_rules_open_to_iam(
    transformer: Transformer,
) -> None:
    text = """
type Query {
  a: Int @function(name: "f") @auth(rules: [{allow: private, provider: iam}])
}
"""
    signed_in, guest = blueprint(text, transformer).roles
    assert [statement.resources for statement in signed_in.policy] == [
        ("types/Query/fields/a",)
    ]
    assert guest.policy == ()
