from __future__ import annotations

import pytest

from amplikit.blueprint.api import Field, Model, RuleOperation, Transformer
from amplikit.blueprint.config import Config
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.blueprint.operations import Grant, GroupText, OwnerIs, Who
from amplikit.compiler import CompileOptions, Source, compile_schema
from amplikit.planner.access import Access

AUTH = AuthConfig(AuthMode.USER_POOLS, (AuthMode.API_KEY, AuthMode.IAM, AuthMode.OIDC))


def access(text: str, transformer: Transformer, **config: object) -> Access:
    compiled = compile_schema(
        (Source("schema.graphql", text),), CompileOptions(transformer, AUTH)
    )
    assert compiled.api is not None, compiled.problems
    settings = Config("test", transformer, AUTH, **config)
    return Access(compiled.api, settings, compiled.api.models[0])


def field(model: Model, name: str) -> Field:
    found = model.field(name)
    assert found is not None
    return found


def who(grants: tuple[Grant, ...]) -> list[tuple[AuthMode, Who]]:
    return [(grant.mode, grant.who) for grant in grants]


OWNER_AND_READERS = """
type Note @model @auth(rules: [
  {allow: owner}, {allow: private, operations: [read]}, {allow: private, provider: iam}
]) { id: ID! text: String }
"""


def test_in_v1_private_switches_the_owner_check_off() -> None:
    seen = access(OWNER_AND_READERS, Transformer.V1)
    assert who(seen.grants(RuleOperation.GET)) == [
        (AuthMode.USER_POOLS, Who.ANY_OF_MODE),
        (AuthMode.IAM, Who.ANY_OF_MODE),
    ]
    assert who(seen.grants(RuleOperation.UPDATE)) == [
        (AuthMode.IAM, Who.ANY_OF_MODE),
        (AuthMode.USER_POOLS, Who.ITEM),
    ]


def test_in_v2_iam_means_the_identity_pools_role() -> None:
    seen = access(OWNER_AND_READERS, Transformer.V2)
    assert who(seen.grants(RuleOperation.UPDATE)) == [
        (AuthMode.IAM, Who.SIGNED_IN_ROLE),
        (AuthMode.USER_POOLS, Who.ITEM),
    ]


def test_the_configuration_grants_beside_the_rules() -> None:
    seen = access(
        OWNER_AND_READERS,
        Transformer.V2,
        admin_role_names=("admin",),
        iam_access=True,
    )
    assert who(seen.grants(RuleOperation.DELETE))[:2] == [
        (AuthMode.IAM, Who.ADMIN_ROLE),
        (AuthMode.IAM, Who.IAM_ACCESS),
    ]


def test_v1_keeps_one_list_of_owners_for_all_tokens() -> None:
    text = """
    type Note @model @auth(rules: [
      {allow: owner}, {allow: owner, provider: oidc, ownerField: "by"}
    ]) { id: ID! by: String }
    """
    seen = access(text, Transformer.V1)
    found = {
        (grant.mode, grant.item.attribute)
        for grant in seen.grants(RuleOperation.GET)
        if isinstance(grant.item, OwnerIs)
    }
    assert found == {
        (mode, name)
        for mode in (AuthMode.USER_POOLS, AuthMode.OIDC)
        for name in ("owner", "by")
    }


@pytest.mark.parametrize(
    ("transformer", "claim", "expected"),
    [
        (Transformer.V1, None, (("username", "cognito:username"),)),
        (Transformer.V1, "username", (("username", "cognito:username"),)),
        (Transformer.V1, "cognito:username", (("cognito:username",),)),
        (Transformer.V2, None, (("sub",), ("username", "cognito:username"))),
        (Transformer.V2, "cognito:username", (("cognito:username",),)),
        (Transformer.V2, "custom:tenant::sub", (("custom:tenant",), ("sub",))),
    ],
)
def test_an_owner_is_made_of_claims(
    transformer: Transformer, claim: str | None, expected: tuple[tuple[str, ...], ...]
) -> None:
    given = f', identityClaim: "{claim}"' if claim else ""
    text = f"type Note @model @auth(rules: [{{allow: owner{given}}}]) {{ id: ID! }}"
    (grant,) = access(text, transformer).grants(RuleOperation.GET)
    assert isinstance(grant.item, OwnerIs)
    assert grant.item.claims == expected


@pytest.mark.parametrize(
    ("transformer", "rule", "expected"),
    [
        (Transformer.V1, 'groups: ["A"]', GroupText.IGNORED),
        (Transformer.V1, 'groups: ["A"], groupClaim: "custom:g"', GroupText.PARSED),
        (Transformer.V2, 'groups: ["A"]', GroupText.SEARCHED),
        (Transformer.V2, 'groupsField: "g"', GroupText.PARSED),
    ],
)
def test_a_text_of_groups_is_read_as_the_transformer_does(
    transformer: Transformer, rule: str, expected: GroupText
) -> None:
    text = f"type Note @model @auth(rules: [{{allow: groups, {rule}}}]) {{ id: ID! }}"
    (grant,) = access(text, transformer).grants(RuleOperation.GET)
    assert grant.group_text is expected


PAYROLL = """
type Post @model @auth(rules: [{allow: owner}, {allow: groups, groups: ["HR"]}]) {
  id: ID!
  title: String
  salary: Int
    @auth(rules: [{allow: groups, groups: ["HR"], operations: [read, update]}])
}
"""


def test_a_field_rule_replaces_the_models() -> None:
    seen = access(PAYROLL, Transformer.V2)
    by_who = {grant.who: grant for grant in seen.grants(RuleOperation.UPDATE)}
    assert by_who[Who.ITEM].fields == {"id", "title"}
    assert by_who[Who.GROUPS].fields == {"id", "title", "salary"}
    assert by_who[Who.GROUPS].null_fields == {"id", "title"}
    assert seen.grants(RuleOperation.DELETE) == ()


def test_who_may_delete_may_touch_an_item() -> None:
    text = """
    type Post @model
      @auth(rules: [{allow: groups, groups: ["A"], operations: [delete]}])
    { id: ID! title: String }
    """
    (grant,) = access(text, Transformer.V2).grants(RuleOperation.UPDATE)
    assert (grant.fields, grant.null_fields) == ({"id"}, {"id", "title"})


def test_who_may_not_delete_may_not_name_the_owner() -> None:
    """A field that is not declared is covered by rules that cover everything alone."""
    text = """
    type Post @model @auth(rules: [{allow: owner, operations: [read, update]}]) {
      id: ID!
      title: String
    }
    """
    (grant,) = access(text, Transformer.V2).grants(RuleOperation.UPDATE)
    assert (grant.fields, grant.null_fields) == ({"id", "title"}, set())


@pytest.mark.parametrize(
    ("rules", "guarded"),
    [
        ("{allow: owner}", ["salary"]),
        ("{allow: private}", []),
        ("{allow: private, operations: [read]}, {allow: owner}", []),
        ('{allow: owner}, {allow: groups, groups: ["HR"]}', ["salary"]),
    ],
)
def test_a_field_is_guarded_when_its_readers_differ(
    rules: str, guarded: list[str]
) -> None:
    text = f"""
    type Post @model @auth(rules: [{{allow: private}}]) {{
      id: ID! title: String salary: Int @auth(rules: [{rules}])
    }}
    """
    seen = access(text, Transformer.V2)
    found = [one.name for one in seen.model.fields if seen.readers_differ(one)]
    assert found == guarded
