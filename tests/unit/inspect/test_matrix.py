"""Who may do what, read off the blueprint with the item unknown."""

from __future__ import annotations

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, RoleConfig
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.resources import PolicyStatement
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.inspect.matrix import Cell, Matrix, columns_of, matrix
from amplikit.planner import plan

AUTH = AuthConfig(
    AuthMode.USER_POOLS,
    (AuthMode.API_KEY, AuthMode.IAM, AuthMode.OIDC, AuthMode.LAMBDA),
)
ALL = PolicyStatement("Allow", ("appsync:GraphQL",), ("*",))
NO_DELETE = PolicyStatement("Deny", ("appsync:*",), ("types/Mutation/fields/delete*",))
ROLES = (RoleConfig("ops-console", (ALL, NO_DELETE)), RoleConfig("worker", (ALL,)))


def found(text: str, transformer: str = "v2", admins: tuple[str, ...] = ()) -> Matrix:
    version = Transformer(transformer)
    options = CompileOptions(version, AUTH, (), admins)
    compiled = compile_schema([Source("a.graphql", text)], options)
    assert compiled.api is not None, [str(one) for one in compiled.problems]
    config = Config(
        "app",
        version,
        AUTH,
        flags=compiled.api.flags,
        groups=("staff",),
        roles=ROLES,
        admin_role_names=admins,
    )
    blueprint = plan(compiled.api, config)
    return matrix(compiled.api, blueprint, config, columns_of(blueprint, config))


def cell(matrix: Matrix, coordinate: str, operation: str, identity: str) -> Cell:
    place = [one.id for one in matrix.identities].index(identity)
    return next(
        row.cells[place]
        for section in matrix.sections
        for row in section.rows
        if row.operation == operation
        and coordinate in {row.coordinate, *(f"{section.name}.{f}" for f in row.fields)}
    )


POST = "type Post @model @auth(rules: [%s]) { id: ID! title: String%s }"
OWNER = "{ allow: owner }"
TEAM = '{ allow: groups, groupsField: "team" }'
CREATE = "{ allow: owner, operations: [create] }"
ADMIN = '{ allow: groups, groups: ["Admin"] }'
BOTH = f"{OWNER}, {ADMIN}"
SECRET = f" secret: Int @auth(rules: [{ADMIN}])"
NEEDED = (
    f" secret: Int! @auth(rules: [{ADMIN}, {{ allow: owner, operations: [read] }}])"
)

CELLS = [
    ("v2", OWNER, "", "Query.getPost", "get", "user",
     "depends: owner named in 'owner'", "rule"),
    ("v2", OWNER, "", "Query.getPost", "get", "owner:owner", "allow", "rule"),
    ("v2", OWNER, "", "Query.getPost", "get", "api-key", "deny", "directive"),
    ("v2", OWNER, "", "Mutation.createPost", "create", "user", "allow", "rule"),
    ("v2", OWNER, " owner: String", "Mutation.createPost", "create", "user",
     "depends: owner named in 'owner'", "rule"),
    ("v2", f"{OWNER}, {TEAM}", " team: String", "Query.getPost", "get", "group:staff",
     "depends: owner named in 'owner' or group named in 'team'", "rule"),
    ("v2", TEAM, " team: String", "Query.getPost", "get", "user", "deny", "rule"),
    ("v2", TEAM, " team: String", "Subscription.onCreatePost", "onCreate",
     "member:team", "allow", "rule"),
    ("v2", BOTH, SECRET, "Post.secret", "read", "owner:owner", "deny", "rule"),
    ("v2", BOTH, SECRET, "Post.secret", "update", "owner:owner", "deny", "rule"),
    ("v2", BOTH, SECRET, "Post.secret", "update", "group:Admin", "allow", "rule"),
    ("v2", BOTH, SECRET, "Mutation.deletePost", "delete", "owner:owner", "deny",
     "rule"),
    ("v2", BOTH, NEEDED, "Mutation.createPost", "create", "owner:owner", "deny",
     "rule"),
    ("v2", BOTH, SECRET, "Mutation.createPost", "create", "owner:owner",
     "depends: every field but secret", "rule"),
    ("v1", CREATE, "", "Mutation.deletePost", "delete", "user", "allow", "rule"),
    ("v1", CREATE, "", "Query.listPosts", "list", "user", "allow", "rule"),
    ("v1", ADMIN, "", "Query.listPosts", "list", "user", "deny", "rule"),
    ("v1", ADMIN, "", "Query.listPosts", "list", "group:Admin", "allow", "rule"),
    ("v2", "{ allow: private, provider: iam }", "", "Query.getPost", "get",
     "signed-in-role", "allow", "rule"),
    ("v2", "{ allow: private, provider: iam }", "", "Query.getPost", "get",
     "guest", "deny", "policy"),
    ("v2", "{ allow: private, provider: iam }", "", "Query.getPost", "get",
     "role:worker", "deny", "rule"),
    ("v1", "{ allow: private, provider: iam }", "", "Query.getPost", "get",
     "role:worker", "allow", "rule"),
    ("v1", "{ allow: private, provider: iam }", "", "Mutation.deletePost", "delete",
     "role:ops-console", "deny", "policy"),
    ("v2", '{ allow: owner, provider: oidc, identityClaim: "email" }', "",
     "Query.getPost", "get", "oidc-user",
     "depends: owner named in 'owner' (claim email)", "rule"),
    ("v2", "{ allow: custom, provider: function }", "", "Query.getPost", "get",
     "lambda", "allow", "rule"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("version", "written", "asked", "expected"),
    [(one[0], one[1:3], one[3:6], one[6:]) for one in CELLS],
)
def test_a_cell_says_what_decides(
    version: str,
    written: tuple[str, str],
    asked: tuple[str, str, str],
    expected: tuple[str, str],
) -> None:
    one = cell(found(POST % written, version), *asked)
    assert (one.text, one.layer) == expected


def test_the_rule_that_decides_has_its_place() -> None:
    one = cell(found(POST % (OWNER, "")), "Query.getPost", "get", "user")
    assert [str(rule.where) for rule in one.rules] == ["a.graphql:1:32"]


def test_what_v1_leaves_open_is_said_to_be() -> None:
    one = cell(found(POST % (CREATE, ""), "v1"), "Query.getPost", "get", "user")
    assert one.rules == ()
    assert one.reason.startswith("No rule protects it against")


def test_an_admin_role_is_whose_arn_contains_the_name() -> None:
    given = found(POST % (OWNER, ""), admins=("ops", "elsewhere"))
    assert [one.id for one in given.identities if one.mode is AuthMode.IAM] == [
        "signed-in-role",
        "guest",
        "role:ops-console",
        "role:worker",
        "admin:elsewhere",
    ]
    answers = {
        who: cell(given, "Mutation.deletePost", "delete", who).text
        for who in ("role:ops-console", "role:worker", "admin:elsewhere")
    }
    assert answers == {
        "role:ops-console": "deny",
        "role:worker": "deny",
        "admin:elsewhere": "allow",
    }
    get = cell(given, "Query.getPost", "get", "role:ops-console")
    assert (get.text, get.layer) == ("allow", "policy")


def test_fields_that_are_ruled_as_their_model_have_no_row() -> None:
    rows = found(POST % (OWNER, " text: String")).sections[0].rows
    assert [row.fields for row in rows if row.fields] == []


def test_fields_that_are_ruled_alike_share_a_row() -> None:
    text = f"{SECRET}{SECRET.replace('secret', 'other')}"
    rows = found(POST % (BOTH, text)).sections[0].rows
    found_rows = {(row.operation, row.fields) for row in rows}
    assert ("read", ("secret", "other")) in found_rows


def test_a_relation_is_judged_by_the_items_it_leads_to() -> None:
    text = (
        "type Post @model @auth(rules: [{ allow: private }])"
        " { id: ID! notes: [Note] @hasMany }"
        " type Note @model @auth(rules: [{ allow: owner }]) { id: ID! }"
    )
    one = cell(found(text), "Post.notes", "read", "owner:owner")
    assert one.text == "depends: owner named in 'Note.owner'"


def test_a_composite_key_is_covered_with_its_parts() -> None:
    key = ' @primaryKey(sortKeyFields: ["a", "b"])'
    text = (
        f"type Post @model @auth(rules: [{BOTH}])"
        f" {{ id: ID!{key} a: Int! b: Int!{SECRET} }}"
    )
    one = cell(found(text), "Mutation.createPost", "create", "owner:owner")
    assert one.text == "depends: every field but secret"


def test_every_subscription_has_its_row() -> None:
    text = (
        'type Post @model(subscriptions: { onCreate: ["one", "two"], level: on })'
        " @auth(rules: [{ allow: private }]) { id: ID! }"
    )
    rows = found(text).sections[0].rows
    listening = [row.coordinate for row in rows if row.operation == "onCreate"]
    assert listening == ["Subscription.one", "Subscription.two"]


def test_an_owner_whom_no_argument_can_name_hears_nothing_in_v1() -> None:
    text = (
        "type Post @model(mutations: { create: null },"
        ' subscriptions: { onUpdate: ["onUpdatePost"] })'
        f" @auth(rules: [{OWNER}, {ADMIN}]) {{ id: ID! }}"
    )
    asked = ("Subscription.onUpdatePost", "onUpdate")
    assert cell(found(text, "v1"), *asked, "owner:owner").text == "deny"
    assert cell(found(text, "v1"), *asked, "group:Admin").text == "allow"
