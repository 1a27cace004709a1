"""The warnings about rules, each with the transformer's own text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from compiling import compilation

if TYPE_CHECKING:
    from amplikit.errors import Problem


def warnings(text: str, transformer: str = "v2", **flags: bool) -> list[Problem]:
    result = compilation(text, transformer, **flags)
    assert result.api is not None, [str(problem) for problem in result.problems]
    return [problem for problem in result.problems if problem.amplify]


def test_all_owners_who_may_reassign_stand_in_one_warning() -> None:
    (found,) = warnings(
        "type Post @model @auth(rules: [{ allow: owner },"
        '{ allow: owner, ownerField: "editors" }]) { id: ID! editors: [String] }'
        "type Note @model @auth(rules: [{ allow: owner }]) { id: ID! owner: String }"
    )
    assert found.code == "owner-may-reassign"
    assert found.where is not None
    assert found.where.line == 1
    assert found.amplify is not None
    assert "role(s): Post: [owner, editors], Note: [owner]. If" in found.amplify.message


@pytest.mark.parametrize(
    "field",
    [
        "owner: String @auth(rules: [{ allow: owner, operations: [read, create] }])",
        "text: String",
    ],
    ids=["a rule without update", "a named field that nobody declared"],
)
def test_an_owner_who_cannot_write_the_field_is_not_warned_of(field: str) -> None:
    name = "owner" if field.startswith("owner") else "writer"
    assert not warnings(
        f'type Post @model @auth(rules: [{{ allow: owner, ownerField: "{name}" }}]) '
        f"{{ id: ID! {field} }}"
    )


def test_only_the_last_type_with_rules_is_asked_for_the_old_provider() -> None:
    old = "@auth(rules: [{ allow: private, provider: iam }])"
    new = "@auth(rules: [{ allow: private, provider: identityPool }])"
    text = "type A @model {} {{ id: ID! }}\ntype B @model {} {{ id: ID! }}"
    assert not warnings(text.format(old, new))
    (found,) = warnings(text.format(new, old))
    assert found.code == "provider-iam-deprecated"
    assert found.where is not None
    assert found.where.line == 2


def test_a_claim_by_name_is_warned_of_while_the_flag_is_off() -> None:
    text = "type A @model @auth(rules: [{ allow: owner%s }]) { id: ID! }"
    off = {"useSubUsernameForDefaultIdentityClaim": False}
    codes = [problem.code for problem in warnings(text % "", **off)]
    assert codes == ["owner-claim-changes", "owner-may-reassign"]
    named = ', identityClaim: "username"'
    assert [p.code for p in warnings(text % named, **off)] == ["owner-may-reassign"]


def test_an_owner_field_beside_its_other_spelling_is_warned_of() -> None:
    (found,) = warnings(
        'type A @model @auth(rules: [{ allow: owner, ownerField: "author" }])'
        "{ id: ID! Author: String }"
    )
    assert found.code == "owner-field-spelling"


def test_v1_says_that_operations_count_alone() -> None:
    found = warnings(
        "type A @model @auth(rules: [{ allow: owner, operations: [read], "
        "queries: [get], mutations: [create] }]) { id: ID! }",
        "v1",
    )
    assert [problem.code for problem in found] == ["legacy-operations-ignored"] * 2


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_rule_on_a_root_field_is_warned_of(version: str) -> None:
    (found,) = warnings(
        'type Query { me: String @function(name: "me") '
        "@auth(rules: [{ allow: public }]) }",
        version,
    )
    assert found.code == "rule-on-root-field"
