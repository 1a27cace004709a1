from __future__ import annotations

from dataclasses import replace

import pytest

from amplikit.blueprint.grants import (
    groups_of,
    holds_for_caller,
    holds_for_item,
    named_values,
    owner_identity,
)
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, GroupText, OwnerIs, Who
from amplikit.emulator.rules.grants import item_condition
from amplikit.identity.caller import ApiKeyCaller, IamCaller, UserPoolCaller
from amplikit.store.evaluate import compile_condition

_USERNAME = ("username", "cognito:username")
V1_OWNER = OwnerIs(
    "owner", (_USERNAME,), is_list=False, missing_claim="nobody", as_stored=True
)
V2_OWNER = OwnerIs("owner", (("sub",), _USERNAME), is_list=False, missing_claim=None)
V1_GROUP = GroupIs("group", "cognito:groups", is_list=False, as_stored=True)
V2_GROUP = GroupIs("group", "cognito:groups", is_list=False)


def user(**claims: object) -> UserPoolCaller:
    return UserPoolCaller("a-1", "alice", "issuer", claims)


ALICE = user(sub="a-1", username="alice")


def by_item(item: OwnerIs | GroupIs) -> Grant:
    return Grant(None, "rule", AuthMode.USER_POOLS, Who.ITEM, item=item)


STORED = [
    ("v1: the name", V1_OWNER, ALICE, "alice", True),
    ("v1: whatever shape is stored", V1_OWNER, ALICE, ["bob", "alice"], True),
    ("v1: callers without a claim share a name", V1_OWNER, user(), "nobody", True),
    ("v1: a sub is no name", V1_OWNER, ALICE, "a-1", False),
    ("v2: both joined", V2_OWNER, ALICE, "a-1::alice", True),
    ("v2: the sub alone", V2_OWNER, ALICE, "a-1", True),
    ("v2: the name alone", V2_OWNER, ALICE, "alice", True),
    ("v2: another sub", V2_OWNER, ALICE, "b-2::alice", False),
    ("v2: an undeclared list", V2_OWNER, ALICE, ["alice"], False),
    ("v2: a text where a list is declared",
     replace(V2_OWNER, is_list=True), ALICE, "alice", False),
    ("v2: a claim is missing", V2_OWNER, user(username="alice"), "alice", False),
    ("v2: an id token's name", V2_OWNER,
     user(**{"sub": "a-1", "cognito:username": "alice"}), "alice", True),
    ("nobody owns an absent owner", V2_OWNER, ALICE, None, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("owner", "caller", "stored", "expected"),
    [case[1:] for case in STORED],
    ids=[case[0] for case in STORED],
)
def test_an_owner_is_recognised(
    owner: OwnerIs, caller: UserPoolCaller, stored: object, *, expected: bool
) -> None:
    assert holds_for_item(by_item(owner), caller, {"owner": stored}) is expected


def test_a_filter_takes_the_claims_there_are() -> None:
    condition = item_condition(by_item(V2_OWNER), user(sub="a-1"))
    assert condition is not None
    holds = compile_condition(condition, "FilterExpression")
    assert holds({"owner": "a-1"})
    assert not holds({"owner": "alice"})


def test_an_item_test_wants_every_claim() -> None:
    assert owner_identity(V2_OWNER, user(sub="a-1")) is None
    assert named_values(by_item(V2_OWNER), user(sub="a-1")) == ()


def test_what_is_stored_is_named_last() -> None:
    assert named_values(by_item(V2_OWNER), ALICE) == ("a-1", "alice", "a-1::alice")


def test_neither_keys_nor_roles_are_owners() -> None:
    for caller in (ApiKeyCaller("k"), IamCaller("r", "arn", "1", "AKIA", "r")):
        grant = replace(by_item(V2_OWNER), mode=caller.mode)
        assert item_condition(grant, caller) is None
        assert not holds_for_item(grant, caller, {"owner": None})


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        (["Admin", "Staff"], ("Admin", "Staff")),
        ("Admin", ("Admin",)),
        ('["Admin", "Staff"]', ("Admin", "Staff")),
        ('"Admin"', ('"Admin"',)),
        ("7", ("7",)),
        (None, ()),
        (7, ()),
    ],
)
def test_a_claim_names_groups(claim: object, names: tuple[str, ...]) -> None:
    assert groups_of(user(**{"cognito:groups": claim}), "cognito:groups") == names


@pytest.mark.parametrize(
    ("text", "claim", "expected"),
    [
        (GroupText.IGNORED, "Admin", False),
        (GroupText.PARSED, "Admin", True),
        (GroupText.PARSED, "SuperAdmin", False),
        (GroupText.SEARCHED, "SuperAdmin", True),
        (GroupText.SEARCHED, ["SuperAdmin"], False),
        (GroupText.IGNORED, ["Admin"], True),
    ],
)
def test_a_static_group_reads_text_as_the_transformer_does(
    text: GroupText, claim: object, *, expected: bool
) -> None:
    grant = Grant(
        None, "rule", AuthMode.USER_POOLS, Who.GROUPS, ("Admin",), group_text=text
    )
    caller = user(**{"cognito:groups": claim})
    assert holds_for_caller(grant, caller) is expected


@pytest.mark.parametrize(
    ("group", "stored", "expected"),
    [
        (V1_GROUP, "Admin", True),
        (V1_GROUP, ["x", "Admin"], True),
        (V2_GROUP, "Admin", True),
        (V2_GROUP, ["Admin"], False),
        (replace(V2_GROUP, is_list=True), ["Admin"], True),
        (replace(V2_GROUP, is_list=True), "SuperAdmin", True),
        (V2_GROUP, "SuperAdmin", False),
        (V2_GROUP, None, False),
    ],
)
def test_a_dynamic_group_is_compared(
    group: GroupIs, stored: object, *, expected: bool
) -> None:
    caller = user(**{"cognito:groups": ["Admin"]})
    assert holds_for_item(by_item(group), caller, {"group": stored}) is expected


@pytest.mark.parametrize(
    ("who", "kind", "expected"),
    [
        (Who.SIGNED_IN_ROLE, "authenticated", True),
        (Who.SIGNED_IN_ROLE, "unauthenticated", False),
        (Who.SIGNED_IN_ROLE, None, False),
        (Who.GUEST_ROLE, "unauthenticated", True),
        (Who.GUEST_ROLE, None, False),
        (Who.ADMIN_ROLE, None, True),
        (Who.ADMIN_ROLE, "authenticated", False),
        (Who.IAM_ACCESS, None, True),
        (Who.IAM_ACCESS, "authenticated", False),
        (Who.ANY_OF_MODE, None, True),
    ],
)
def test_a_role_is_recognised(who: Who, kind: str | None, *, expected: bool) -> None:
    caller = IamCaller(
        role="my-admin-role-dev",
        user_arn="arn:aws:sts::123456789012:assumed-role/my-admin-role-dev/s",
        account_id="123456789012",
        access_key_id="ASIA",
        username="AROA:s",
        cognito_identity_pool_id=kind and "pool",
        cognito_identity_id=kind and "identity",
        cognito_identity_auth_type=kind,
    )
    grant = Grant(None, "rule", AuthMode.IAM, who, ("admin-role",))
    assert holds_for_caller(grant, caller) is expected
