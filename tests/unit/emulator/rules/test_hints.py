"""What a refused caller's operator is told, by real resolvers over a real store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.emulator.calls import FieldCall, FieldError, Resolved
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.pitfalls.facts import ConditionFailure
from amplikit.emulator.trace import Decision, Trace
from amplikit.errors import Where
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller
from amplikit.planner import plan
from amplikit.store import SqliteStore

V1, V2 = Transformer.V1, Transformer.V2
FILE = "note.graphql"
OWNED = """type Note @model
@auth(rules: [
  {allow: owner}
])
{ id: ID! text: String }"""
GROUPS_FIRST = """type Note @model
@auth(rules: [
  {allow: groups, groups: ["Admin"]}
  {allow: groups, groupsField: "team"}
  {allow: owner}
])
{ id: ID! text: String team: String }"""
GROUPS = OWNED.replace("owner", 'groups, groups: ["Admin"]')
TEAM = OWNED.replace("owner", 'groups, groupsField: "team"').replace(
    "text", "team: String text"
)
WITH_SECRET = """type Note @model
@auth(rules: [
  {allow: owner}
  {allow: groups, groups: ["Admin"]}
])
{ id: ID! text: String secret: String @auth(rules: [
  {allow: groups, groups: ["Admin"]}
  {allow: owner, operations: [read]}
]) }"""
MACHINES = OWNED.replace("owner", "private, provider: iam")
OWNER_RULE = Where(FILE, 3, 3)


def user(name: str, *groups: str) -> UserPoolCaller:
    claims = {"sub": f"sub-{name}", "username": name, "cognito:groups": [*groups]}
    return UserPoolCaller(f"sub-{name}", name, "issuer", claims)


ALICE, BOB = user("alice"), user("bob")
KEY = ApiKeyCaller("k")
ROLE = IamCaller("fn", "arn:fn", "1", "AKIA", "fn")
GUEST = replace(ROLE, cognito_identity_auth_type="unauthenticated")


@dataclass
class Api:
    interpreter: Interpreter

    def ask(
        self, field: str, caller: Caller, **arguments: object
    ) -> tuple[Resolved | FieldError, Trace]:
        trace = Trace()
        parent = "Query" if field.startswith(("get", "list")) else "Mutation"
        call = FieldCall(parent, field, arguments, None, caller, (field,))
        return self.interpreter.run(call, trace), trace

    def denial(self, field: str, caller: Caller, **arguments: object) -> Decision:
        answer, trace = self.ask(field, caller, **arguments)
        assert isinstance(answer, FieldError), answer
        (denied,) = [one for one in trace.decisions if one.verdict == "deny"]
        assert denied.layer == "rule"
        return denied


def serve(schema: str, transformer: Transformer) -> Api:
    auth = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
    compiled = compile_schema(
        (Source(FILE, schema),), CompileOptions(transformer, auth)
    )
    assert compiled.api is not None, compiled.problems
    blueprint = plan(compiled.api, Config("test", transformer, auth))
    numbers = count(1)
    interpreter = Interpreter(
        blueprint,
        SqliteStore.in_memory(blueprint.tables),
        NextTokens(b"s" * 32),
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        new_id=lambda: f"id-{next(numbers)}",
    )
    return Api(interpreter)


def with_note(schema: str, transformer: Transformer, creator: Caller = ALICE) -> Api:
    api = serve(schema, transformer)
    answer, _ = api.ask("createNote", creator, input={"id": "1", "text": "t"})
    assert isinstance(answer, Resolved), answer
    return api


@pytest.mark.parametrize("field", ["updateNote", "deleteNote"])
@pytest.mark.parametrize(
    ("transformer", "stored", "caller"),
    [(V1, "alice", "bob"), (V2, "sub-alice::alice", "sub-bob::bob")],
)
def test_another_owners_write_names_rule_values_and_fix(
    transformer: Transformer, stored: str, caller: str, field: str
) -> None:
    denied = with_note(OWNED, transformer).denial(field, BOB, input={"id": "1"})

    assert denied.rule == OWNER_RULE
    ((_, values),) = denied.values
    assert values == {"caller": caller, "owner": stored}
    verb = field.removesuffix("Note")
    assert denied.hint == (
        f"Only the owner named in 'owner' may {verb}: call as the owner, or add "
        f"{{ allow: private, operations: [{verb}] }}."
    )


@pytest.mark.parametrize("transformer", [V1, V2])
def test_the_rule_of_a_decision_is_the_one_its_hint_speaks_of(
    transformer: Transformer,
) -> None:
    api = with_note(GROUPS_FIRST, transformer)

    denied = api.denial("updateNote", BOB, input={"id": "1"})

    assert denied.rule == Where(FILE, 5, 3)
    assert denied.hint.startswith("Only the owner named in 'owner' or ")
    assert "group 'Admin' or a group that 'team' names may update" in denied.hint


@pytest.mark.parametrize(
    ("schema", "caller", "creator", "rule", "hint"),
    [
        (GROUPS, BOB, user("a", "Admin"), OWNER_RULE, "Add the user to group 'Admin'"),
        (
            OWNED,
            KEY,
            ALICE,
            OWNER_RULE,
            (
                "No rule of 'Note' allows 'update' to API_KEY: add { allow: public,"
                " operations: [update] } beside the rule at note.graphql:3:3."
            ),
        ),
        (
            MACHINES,
            ROLE,
            replace(ROLE, cognito_identity_auth_type="authenticated"),
            OWNER_RULE,
            "In transformer v2 this rule means the identity pool's signed-in role only",
        ),
        (
            MACHINES,
            GUEST,
            replace(ROLE, cognito_identity_auth_type="authenticated"),
            OWNER_RULE,
            "In transformer v2 this rule is for the other role of the identity pool",
        ),
    ],
    ids=["group", "no rule", "machine", "guest"],
)
def test_a_refusal_in_v2_is_told_with_its_rule(
    schema: str, caller: Caller, creator: Caller, rule: Where, hint: str
) -> None:
    denied = with_note(schema, V2, creator).denial(
        "updateNote", caller, input={"id": "1"}
    )

    assert denied.rule == rule
    assert denied.hint.startswith(hint)


def test_a_machine_is_shown_the_way_in_with_a_project_and_without() -> None:
    creator = replace(ROLE, cognito_identity_auth_type="authenticated")
    api = with_note(MACHINES, V2, creator)

    hint = api.denial("updateNote", ROLE, input={"id": "1"}).hint

    assert "admin_role_names in the project's amplify-config/identities.toml" in hint
    assert "adminRoles in --flags" in hint


@pytest.mark.parametrize("field", ["updateNote", "deleteNote"])
@pytest.mark.parametrize("schema", [OWNED, TEAM], ids=["owner", "groups"])
def test_a_write_of_what_is_not_there_says_so_in_v2(schema: str, field: str) -> None:
    denied = serve(schema, V2).denial(field, user("alice", "G"), input={"id": "nope"})

    assert denied.rule == OWNER_RULE
    assert denied.hint.startswith("There is no item to ")
    assert "check the key" in denied.hint


def test_a_role_that_no_item_could_let_in_is_not_sent_to_look_for_one() -> None:
    denied = serve(GROUPS, V2).denial("updateNote", ALICE, input={"id": "nope"})

    assert denied.hint.startswith("Add the user to group 'Admin'")


@pytest.mark.parametrize(
    ("schema", "transformer"),
    [(OWNED, V1), (OWNED.replace("owner", "private"), V2)],
    ids=["v1", "v2, private"],
)
def test_an_update_that_finds_nothing_to_update_is_no_denial(
    schema: str, transformer: Transformer
) -> None:
    api = serve(schema, transformer)

    answer, trace = api.ask("updateNote", ALICE, input={"id": "nope"})

    assert isinstance(answer, FieldError)
    assert answer.error_type == "DynamoDB:ConditionalCheckFailedException"
    assert ConditionFailure(("updateNote",), found=False, by_rules=False) in trace.facts
    assert not [one for one in trace.decisions if one.verdict == "deny"]


def test_a_condition_of_the_callers_own_is_no_denial() -> None:
    api = with_note(OWNED, V1)

    answer, trace = api.ask(
        "updateNote",
        ALICE,
        input={"id": "1"},
        condition={"text": {"eq": "another"}},
    )

    assert isinstance(answer, FieldError)
    assert [one.verdict for one in trace.decisions] == ["allow"]
    assert ConditionFailure(("updateNote",), found=True, by_rules=False) in trace.facts


@pytest.mark.parametrize("transformer", [V1, V2])
def test_a_create_for_somebody_else_is_told_to_leave_the_owner_out(
    transformer: Transformer,
) -> None:
    denied = serve(OWNED, transformer).denial(
        "createNote", BOB, input={"text": "t", "owner": "alice"}
    )

    assert denied.rule == OWNER_RULE
    assert denied.hint == (
        "The input's 'owner' does not name the caller: leave it out, and the caller "
        "becomes the owner."
    )


def test_who_lacks_a_claim_is_not_told_to_become_the_owner() -> None:
    nameless = replace(BOB, claims={"sub": "sub-bob"})

    denied = serve(OWNED, V2).denial(
        "createNote", nameless, input={"text": "t", "owner": "alice"}
    )

    assert denied.rule == OWNER_RULE
    assert "leave it out" not in denied.hint


def test_a_field_that_no_rule_of_the_caller_covers_names_the_rule() -> None:
    api = serve(WITH_SECRET, V2)

    denied = api.denial("createNote", ALICE, input={"text": "t", "secret": "s"})

    assert denied.rule == OWNER_RULE
    assert denied.values == (("fields", ["secret"]),)
    assert denied.hint.startswith("Let the rule that admits the caller cover 'secret'")


@pytest.mark.parametrize(
    ("schema", "caller", "place"),
    [
        (WITH_SECRET, ALICE, Where(FILE, 7, 3)),
        (
            """type Note @model
@auth(rules: [
  {allow: owner}
  {allow: groups, groups: ["Admin"]}
])
{ id: ID! text: String secret: String @auth(rules: [
  {allow: owner}
  {allow: groups, groups: ["Admin"], operations: [read]}
]) }""",
            user("root", "Admin"),
            Where(FILE, 7, 3),
        ),
    ],
    ids=["owner", "group"],
)
def test_a_delete_that_a_fields_rules_refuse_names_the_field(
    schema: str, caller: Caller, place: Where
) -> None:
    denied = with_note(schema, V2).denial("deleteNote", caller, input={"id": "1"})

    assert denied.rule == place
    assert "delete needs every field, and the rules of 'secret' leave" in denied.hint


@pytest.mark.parametrize("transformer", [V1, V2])
def test_only_a_page_that_goes_on_has_more(transformer: Transformer) -> None:
    api = serve(OWNED.replace("owner", "private"), transformer)
    for number in range(3):
        api.ask("createNote", ALICE, input={"id": str(number), "text": "t"})

    _, one = api.ask("listNotes", ALICE, limit=1)
    _, all_ = api.ask("listNotes", ALICE, filter={"text": {"eq": "x"}})
    _, single = api.ask("getNote", ALICE, id="1")

    told = [(read.more, read.single) for t in (one, all_, single) for read in t.reads]
    assert told == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize(
    ("rule", "caller"),
    [
        ('allow: groups, groups: ["Admin"]', user("ann", "Admin")),
        ("allow: private", BOB),
        ("allow: public", KEY),
    ],
)
def test_a_rule_that_lacks_the_operation_alone_is_named(
    rule: str, caller: Caller
) -> None:
    api = serve(OWNED.replace("allow: owner", f"{rule}, operations: [read]"), V2)

    denied = api.denial("updateNote", caller, input={"id": "1"})

    assert denied.rule == OWNER_RULE
    assert "is for this caller, but does not allow 'update'" in denied.hint
