"""The nearest patch for a refusal: what it writes, and that it is the narrowest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.denials import ByField, ByMode, ByPolicy, ByRule, Denial
from amplikit.blueprint.fixes import AdminRole, AllowField, IamAccess
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.cli._patches import Patch, Stage, patch_for, staged
from amplikit.compiler import Source
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.calls import FieldCall
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.schema import executable_schema
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import ApiKeyCaller, Caller, IamCaller, UserPoolCaller
from amplikit.inspect.fixes import instead
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest

V1, V2 = Transformer.V1, Transformer.V2
AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM))
ARN = "arn:aws:sts::123456789012:assumed-role/%s/session"
ALLOW_ALL = PolicyStatement("Allow", ("appsync:GraphQL",), ("*",))
KEY = ApiKeyCaller("k")
TOOLS = IamCaller("tools", ARN % "tools", "1", "AKIA", "tools")
GUEST = replace(
    TOOLS,
    role="test-unauthRole",
    user_arn=ARN % "test-unauthRole",
    cognito_identity_pool_id="p",
    cognito_identity_id="i",
    cognito_identity_auth_type="unauthenticated",
)
NOTE = """type Note @model @auth(rules: [
  RULES
]) {
  id: ID!
  text: String
  owner: String
  secret: String SECRET
}"""


def user(name: str, *groups: str) -> UserPoolCaller:
    claims = {"sub": f"s-{name}", "username": name, "cognito:groups": [*groups]}
    return UserPoolCaller(f"s-{name}", name, "issuer", claims)


@dataclass
class Asked:
    """One call, asked of any stage over one stored note of Alice's."""

    coordinate: str
    caller: Caller
    arguments: dict[str, object] = field(default_factory=dict)

    def denial(self, stage: Stage) -> Denial | None:
        found = stage.situation
        blueprint, parent = found.blueprint, self.coordinate.partition(".")[0]
        name = self.coordinate.partition(".")[2]
        store = SqliteStore.in_memory(blueprint.tables)
        first = found.config.transformer is V1
        owner = "alice" if first else "s-alice::alice"
        item = {"id": "1", "text": "t", "secret": "s", "owner": owner}
        for table in blueprint.tables:
            store.put(PutRequest(table.name, item))
        interpreter = Interpreter(
            blueprint,
            store,
            NextTokens(b"s" * 32),
            clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
            new_id=lambda: "new",
        )
        trace = Trace()
        if isinstance(self.caller, IamCaller):
            policies = RolePolicies(blueprint.roles, found.config.roles, "arn:x")
            trace.decisions.append(policies.decide(self.caller, self.coordinate))
        schema = executable_schema(blueprint, interpreter)
        schema.decide(self.coordinate, self.caller, (name,), trace)
        call = FieldCall(
            parent,
            name,
            self.arguments,
            item if parent == "Note" else None,
            self.caller,
            (name,),
        )
        ask = interpreter.subscribe if parent == "Subscription" else interpreter.run
        if self.coordinate in interpreter.coordinates:
            ask(call, trace)
        return next((one.denial for one in trace.decisions if one.denial), None)


def stage(schema: str, transformer: Transformer, **config: object) -> Stage:
    whole = replace(Config("test", transformer, AUTH), **config)
    found = staged((Source("note.graphql", schema),), whole)
    assert found is not None
    return found


def patch(now: Stage, asked: Asked) -> Patch | None:
    denial = asked.denial(now)
    assert denial is not None
    found = patch_for(now, denial, asked.denial)
    assert found is None or asked.denial(found.after) is None
    return found


def schema(rules: str, secret: str = "") -> str:
    auth = f"@auth(rules: [{secret}])" if secret else ""
    return NOTE.replace("RULES", rules).replace("SECRET", auth)


def added(now: Stage, found: Patch) -> list[str]:
    """Return the lines of the schema that are new."""
    before = now.sources[0].text.splitlines()
    after = found.after.sources[0].text.splitlines()
    return [line.strip() for line in after if line not in before]


UPDATE = {"input": {"id": "1", "text": "new"}}
CREATE = {"input": {"id": "2", "text": "new"}}
DELETE = {"input": {"id": "1"}}


@pytest.mark.parametrize(
    ("rules", "secret", "transformer", "asked", "lines"),
    [
        (
            "{ allow: owner, operations: [read] }",
            "",
            V2,
            Asked("Mutation.updateNote", user("alice"), UPDATE),
            ["{ allow: owner, operations: [update, read] }"],
        ),
        (
            "{ allow: owner } { allow: public, operations: [read] }",
            "",
            V2,
            Asked("Mutation.updateNote", user("bob", "Staff"), UPDATE),
            [
                (
                    "{ allow: owner } { allow: public, operations: [read] }, "
                    '{ allow: groups, groups: ["Staff"], provider: userPools, '
                    "operations: [update] }"
                )
            ],
        ),
        (
            '{ allow: groups, groups: ["Staff"], operations: [read] }',
            "",
            V1,
            Asked("Mutation.updateNote", user("bob"), UPDATE),
            None,
        ),
        (
            "{ allow: owner }",
            "",
            V2,
            Asked("Query.getNote", KEY, {"id": "1"}),
            [
                "{ allow: owner }",
                "{ allow: public, provider: apiKey, operations: [get] }",
            ],
        ),
        (
            "{ allow: owner }",
            "",
            V1,
            Asked("Query.getNote", KEY, {"id": "1"}),
            [
                "{ allow: owner }",
                "{ allow: public, provider: apiKey, operations: [read] }",
            ],
        ),
        (
            "{ allow: owner }",
            "",
            V2,
            Asked("Subscription.onCreateNote", KEY),
            ["{ allow: public, provider: apiKey, operations: [listen] }"],
        ),
        (
            "{ allow: owner }",
            "{ allow: owner, operations: [read] }",
            V2,
            Asked(
                "Mutation.createNote",
                user("alice"),
                {"input": {"id": "2", "secret": "s"}},
            ),
            [
                (
                    "secret: String @auth(rules: [{ allow: owner, operations: "
                    "[create, read] }])"
                )
            ],
        ),
        (
            "{ allow: private }",
            '{ allow: groups, groups: ["HR"] }',
            V2,
            Asked("Note.secret", user("bob")),
            [
                (
                    'secret: String @auth(rules: [{ allow: groups, groups: ["HR"] }, '
                    "{ allow: private, provider: userPools, operations: [read] }])"
                )
            ],
        ),
        (
            "{ allow: private }",
            "{ allow: private, operations: [read] }",
            V2,
            Asked("Mutation.deleteNote", user("bob"), DELETE),
            [
                (
                    "secret: String @auth(rules: [{ allow: private, operations: "
                    "[delete, read] }])"
                )
            ],
        ),
        (
            "{ allow: owner }",
            "",
            V2,
            Asked("Query.listNotes", GUEST),
            ["{ allow: public, provider: identityPool, operations: [list] }"],
        ),
    ],
    ids=[
        "the owner's rule",
        "the caller's group",
        "v1 does not protect",
        "a key in v2",
        "a key in v1",
        "a subscription",
        "a field of the input",
        "a field that is read",
        "a field that blocks delete",
        "a guest",
    ],
)
def test_the_nearest_patch_is_the_narrowest_that_does(
    rules: str,
    secret: str,
    transformer: Transformer,
    asked: Asked,
    lines: list[str] | None,
) -> None:
    now = stage(schema(rules, secret), transformer)
    if lines is None:
        assert asked.denial(now) is None
        return

    found = patch(now, asked)

    assert found is not None
    assert added(now, found)[-1] == lines[-1]


@pytest.mark.parametrize(
    ("rules", "config", "asked", "edits"),
    [
        (
            "{ allow: owner }",
            {"roles": (RoleConfig("tools", (ALLOW_ALL,)),)},
            Asked("Mutation.updateNote", TOOLS, UPDATE),
            [AdminRole("tools")],
        ),
        (
            "{ allow: owner }",
            {"roles": (RoleConfig("tools", ()),)},
            Asked("Mutation.updateNote", TOOLS, UPDATE),
            [
                AllowField("tools", "types/Mutation/fields/updateNote"),
                AdminRole("tools"),
            ],
        ),
        (
            "",
            {"roles": (RoleConfig("tools", (ALLOW_ALL,)),)},
            Asked("Mutation.updateNote", TOOLS, UPDATE),
            [IamAccess()],
        ),
    ],
    ids=["admin role", "policy, then admin role", "no rule at all"],
)
def test_a_role_is_let_in_by_the_configuration(
    rules: str, config: dict[str, object], asked: Asked, edits: list[object]
) -> None:
    text = schema(rules) if rules else "type Note @model { id: ID! text: String }"

    found = patch(stage(text, V2, **config), asked)

    assert found is not None
    assert [*found.config_edits] == edits


def test_a_patch_never_shuts_out_whom_no_rule_named() -> None:
    """v1 leaves reads open to the default mode while no rule is about them."""
    now = stage(schema("{ allow: owner, operations: [update] }"), V1)

    found = patch(now, Asked("Query.getNote", KEY, {"id": "1"}))

    assert found is not None
    for caller in (user("alice"), user("bob")):
        asked = Asked("Query.getNote", caller, {"id": "1"})
        assert asked.denial(now) is None
        assert asked.denial(found.after) is None


@pytest.mark.parametrize(
    ("transformer", "asked", "kind", "says"),
    [
        (
            V2,
            Asked("Mutation.updateNote", user("bob"), {"input": {"id": "9"}}),
            "request",
            "There is no such item",
        ),
        (
            V2,
            Asked("Mutation.createNote", user("bob"), {"input": {"owner": "alice"}}),
            "request",
            "The input's 'owner' does not name the caller: leave it out",
        ),
        (
            V1,
            Asked("Subscription.onCreateNote", user("bob")),
            "request",
            'Subscribe with owner: "bob"',
        ),
        (
            V2,
            Asked("Mutation.updateNote", user("bob"), UPDATE),
            "caller",
            "Call as the owner, 's-alice::alice'.",
        ),
    ],
    ids=["no item", "another's name", "no argument", "another's item"],
)
def test_the_request_or_the_caller_is_changed_where_that_is_the_answer(
    transformer: Transformer, asked: Asked, kind: str, says: str
) -> None:
    now = stage(schema("{ allow: owner }"), transformer)
    denial = asked.denial(now)
    assert denial is not None

    found = instead(denial, now.situation.api)

    assert found is not None
    assert found.kind == kind
    assert found.says.startswith(says)
    assert (patch_for(now, denial, asked.denial) is None) is (kind == "request")


def test_the_group_that_may_is_told() -> None:
    now = stage(schema('{ allow: groups, groups: ["Staff"] }'), V2)
    denial = Asked("Mutation.updateNote", user("bob"), UPDATE).denial(now)
    assert denial is not None

    found = instead(denial, now.situation.api)

    assert found is not None
    assert (found.kind, found.group) == ("group", "Staff")


def test_every_layer_says_why_it_refuses() -> None:
    cases = [
        (Asked("Query.getNote", KEY, {"id": "1"}), ByMode),
        (Asked("Query.getNote", TOOLS, {"id": "1"}), ByPolicy),
        (Asked("Mutation.updateNote", user("bob"), UPDATE), ByRule),
        (
            Asked(
                "Mutation.updateNote",
                user("alice"),
                {"input": {"id": "1", "secret": "s"}},
            ),
            ByField,
        ),
    ]
    now = stage(schema("{ allow: owner }", "{ allow: owner, operations: [read] }"), V2)
    for asked, kind in cases:
        denial = asked.denial(now)
        assert denial is not None
        assert isinstance(denial.cause, kind)
