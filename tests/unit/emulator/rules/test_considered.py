"""What came of each rule of a check, the caller's side against the item's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Authorize
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.rules.considered import considered
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller
from amplikit.planner import plan

V1, V2 = Transformer.V1, Transformer.V2
SCHEMA = """type Note @model @auth(rules: [
  { allow: owner }
  { allow: groups, groups: ["Admin"], operations: [read] }
  { allow: public, operations: [read] }
  { allow: private, provider: iam, operations: [update] }
]) {
  id: ID
  text: String
  secret: String @auth(rules: [{ allow: owner, operations: [read] }])
}"""
OWNER, GROUP, PUBLIC, IAM, SECRET = 2, 3, 4, 5, 9
ARN = "arn:aws:sts::123456789012:assumed-role/fn/session"
ROLE = IamCaller("fn", ARN, "123456789012", "AKIA", "fn")
GUEST = replace(ROLE, cognito_identity_id="x", cognito_identity_auth_type="un")
KEY = ApiKeyCaller("k")


def user(name: str, *groups: str) -> UserPoolCaller:
    claims = {"sub": f"s-{name}", "username": name, "cognito:groups": [*groups]}
    return UserPoolCaller(f"s-{name}", name, "issuer", claims)


def check_of(coordinate: str, transformer: Transformer, **config: object) -> Authorize:
    auth = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
    source = Source("note.graphql", SCHEMA)
    compiled = compile_schema((source,), CompileOptions(transformer, auth))
    assert compiled.api is not None, compiled.problems
    whole = replace(Config("test", transformer, auth), **config)
    resolvers = {r.coordinate: r for r in plan(compiled.api, whole).resolvers}
    (found,) = (
        one
        for function in resolvers[coordinate].functions
        for one in (*function.before, *function.after)
        if isinstance(one, Authorize) and one.given is None
    )
    return found


@pytest.mark.parametrize(
    ("coordinate", "transformer", "caller", "item", "expected"),
    [
        (
            "Mutation.updateNote",
            V2,
            user("bob"),
            {"owner": "s-al::al"},
            {
                OWNER: ("failed", "'owner' does not name the caller."),
                GROUP: ("skipped", "it is for read, not"),
                PUBLIC: ("skipped", "it is for API_KEY, and the call came by AMAZON"),
                IAM: ("skipped", "it is for AWS_IAM, and the call came by AMAZON"),
                SECRET: ("skipped", "it is for read, not"),
            },
        ),
        (
            "Mutation.updateNote",
            V2,
            user("al"),
            {"owner": "s-al::al"},
            {OWNER: ("matched", "it lets the caller in, for the fields ")},
        ),
        (
            "Mutation.deleteNote",
            V2,
            user("al"),
            {"owner": "s-al::al"},
            {OWNER: ("skipped", "delete needs every field, and 'secret' have other")},
        ),
        (
            "Query.getNote",
            V2,
            user("bob", "Admin"),
            None,
            {
                OWNER: ("items", "the items' 'owner' decides."),
                GROUP: ("matched", "it lets the caller in."),
            },
        ),
        (
            "Query.getNote",
            V2,
            user("bob", "Others"),
            None,
            {GROUP: ("failed", "the caller is in none of its groups.")},
        ),
        (
            "Mutation.updateNote",
            V2,
            ROLE,
            {},
            {IAM: ("failed", "in transformer v2 it is for the identity pool's signed")},
        ),
        (
            "Mutation.updateNote",
            V1,
            ROLE,
            None,
            {IAM: ("matched", "it lets the caller in.")},
        ),
        (
            "Query.listNotes",
            V1,
            user("bob"),
            None,
            {
                OWNER: ("items", "the items' 'owner' decides."),
                PUBLIC: ("skipped", "it is for API_KEY"),
            },
        ),
        ("Query.getNote", V2, KEY, None, {PUBLIC: ("matched", "it lets")}),
        (
            "Mutation.updateNote",
            V2,
            user("al"),
            None,
            {OWNER: ("failed", "there is no item whose 'owner' could name")},
        ),
    ],
    ids=[
        "another's item",
        "own item",
        "delete, a field has rules",
        "member",
        "no member",
        "a function's role in v2",
        "a function's role in v1",
        "a page in v1",
        "a key",
        "no item",
    ],
)
def test_each_rule_is_told_with_what_came_of_it(
    coordinate: str,
    transformer: Transformer,
    caller: Caller,
    item: object,
    expected: dict[int, tuple[str, str]],
) -> None:
    check = check_of(coordinate, transformer)

    told = {
        one.where.line: (one.outcome, one.why)
        for one in considered(check, caller, item)
        if one.where is not None
    }

    for line, (outcome, why) in expected.items():
        assert told[line][0] == outcome
        assert told[line][1].startswith(why)
    assert {OWNER, GROUP, PUBLIC, IAM} <= told.keys()


def test_both_sides_of_a_comparison_are_told() -> None:
    check = check_of("Mutation.updateNote", V2)

    first = next(considered(check, user("bob"), {"owner": "s-al::al"}))

    assert first.rule == "{ allow: owner }"
    assert first.values == (("caller", "s-bob::bob"), ("owner", "s-al::al"))


def test_what_the_configuration_grants_comes_last_and_has_no_place() -> None:
    check = check_of("Mutation.updateNote", V2, admin_role_names=("tools",))

    *_, last = considered(check, ROLE, {})

    assert (last.rule, last.where, last.outcome) == ("admin_role_names", None, "failed")
    assert last.values == (("caller", ARN), ("admin roles", ["tools"]))


@pytest.mark.parametrize("transformer", [V1, V2])
def test_a_field_is_decided_by_its_own_rules_alone(transformer: Transformer) -> None:
    found = [*considered(check_of("Note.secret", transformer), user("bob"), {})]

    assert [one.where.line for one in found if one.where] == [SECRET]
