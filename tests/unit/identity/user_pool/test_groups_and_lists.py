from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity.user_pool.admin import create_user

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser


def names(answer: dict[str, Any], key: str = "Users") -> list[str]:
    return [each["Username"] for each in answer[key]]


def test_a_group_is_made_described_and_removed(browser: Browser) -> None:
    made = browser.admin(
        "CreateGroup", GroupName="staff", Description="Us", Precedence=3
    )["Group"]
    assert (made["GroupName"], made["Description"], made["Precedence"]) == (
        *("staff", "Us"),
        3,
    )
    again = browser.admin("CreateGroup", GroupName="staff")
    assert again["__type"] == "GroupExistsException"
    changed = browser.admin("UpdateGroup", GroupName="staff", Precedence=0)["Group"]
    assert (changed["Description"], changed["Precedence"]) == ("Us", 0)
    assert browser.admin("GetGroup", GroupName="staff")["Group"] == changed
    assert browser.admin("DeleteGroup", GroupName="staff") == {}
    for operation in ("GetGroup", "DeleteGroup", "UpdateGroup", "ListUsersInGroup"):
        gone = browser.admin(operation, GroupName="staff")
        assert gone["__type"] == "ResourceNotFoundException"


def test_users_join_and_leave_groups(browser: Browser) -> None:
    for name in ("ann", "bob"):
        create_user(browser.store.pool, name, browser.now)
    browser.admin("CreateGroup", GroupName="staff")
    for name in ("bob", "ann", "ann"):
        joined = browser.admin("AdminAddUserToGroup", GroupName="staff", Username=name)
        assert joined == {}
    assert names(browser.admin("ListUsersInGroup", GroupName="staff")) == ["ann", "bob"]
    groups = browser.admin("AdminListGroupsForUser", Username="ann")["Groups"]
    assert [group["GroupName"] for group in groups] == ["staff"]
    browser.admin("AdminRemoveUserFromGroup", GroupName="staff", Username="ann")
    assert names(browser.admin("ListUsersInGroup", GroupName="staff")) == ["bob"]
    for name, group in (("no", "staff"), ("ann", "no")):
        refused = browser.admin("AdminAddUserToGroup", GroupName=group, Username=name)
        assert refused["__type"].endswith("NotFoundException")


@pytest.mark.parametrize(
    ("precedences", "preferred"),
    [
        ({"a": 2, "b": 1}, "role/b"),
        ({"a": 1, "b": 1}, None),
        ({"a": None, "b": 5}, "role/b"),
        ({"a": None, "b": None}, None),
    ],
)
def test_the_first_groups_role_is_preferred(
    browser: Browser, precedences: dict[str, int | None], preferred: str | None
) -> None:
    create_user(browser.store.pool, "ann", browser.now, password="Passw0rd!")
    for name, precedence in precedences.items():
        given = {} if precedence is None else {"Precedence": precedence}
        role = f"arn:aws:iam::123456789012:role/{name}"
        browser.admin("CreateGroup", GroupName=name, RoleArn=role, **given)
        browser.admin("AdminAddUserToGroup", GroupName=name, Username="ann")
    token = browser.sign_in("ann")["AuthenticationResult"]["IdToken"]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert len(claims["cognito:roles"]) == 2
    found = claims.get("cognito:preferred_role")
    assert found is None if preferred is None else found.endswith(preferred)


@pytest.fixture
def crowd(browser: Browser) -> Browser:
    pool = browser.store.pool
    for number in range(7):
        name = f"user{number}"
        made = create_user(
            pool, name, browser.now, email=f"{name}@{'a' if number % 2 else 'b'}.c"
        )
        attributes = {"name": f'N"{number}', "given_name": "Ann" * (number % 2)}
        pool.users.change_attributes(made, attributes, browser.now)
    return browser


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 7),
        ("  ", 7),
        ('username = "user3"', 1),
        ('username="user3"', 1),
        ('username ^= "user"', 7),
        ('username ^= "User"', 0),
        ('email ^= "USER1"', 1),
        ('email = "user1@a.c"', 1),
        ('given_name = "ann"', 3),
        ('name = "N\\"3"', 1),
        ('"username" = "user3"', 1),
        ('cognito:user_status = "CONFIRMED"', 7),
        ('cognito:user_status = "UNCONFIRMED"', 0),
        ('status = "Enabled"', 7),
        ('status = "Disabled"', 0),
        ('sub = "x"', 0),
        ('phone_number ^= "+"', 0),
    ],
)
def test_a_filter_finds(crowd: Browser, text: str, found: int) -> None:
    assert len(crowd.admin("ListUsers", Filter=text)["Users"]) == found


@pytest.mark.parametrize(
    "text",
    [
        "username",
        "username = user3",
        'username = "user3',
        'username == "user3"',
        'username != "user3"',
        'username = "a" and email = "b"',
        'custom:tenant = "a"',
        'groups = "a"',
        "username = 'user3'",
    ],
)
def test_a_filter_without_the_form_is_refused(crowd: Browser, text: str) -> None:
    refused = crowd.admin("ListUsers", Filter=text)
    assert refused["__type"] == "InvalidParameterException"


def test_pages_joined_are_the_whole_list(crowd: Browser) -> None:
    whole = names(crowd.admin("ListUsers"))
    for limit in (1, 2, 3, 7, 60):
        joined: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = crowd.admin("ListUsers", Limit=limit, **token)
            assert len(page["Users"]) <= limit
            joined += names(page)
            if "PaginationToken" not in page:
                break
            token = {"PaginationToken": page["PaginationToken"]}
        assert joined == whole


def test_a_page_token_serves_its_own_list(crowd: Browser) -> None:
    token = crowd.admin("ListUsers", Limit=1)["PaginationToken"]
    for given in (
        {"PaginationToken": token, "Filter": 'username ^= "u"'},
        {"PaginationToken": token[:-4]},
        {"PaginationToken": "é"},
        {"PaginationToken": "AAAA"},
    ):
        refused = crowd.admin("ListUsers", **given)
        assert refused["__type"] == "InvalidParameterException"


def test_a_user_who_is_deleted_between_pages_skips_nobody(crowd: Browser) -> None:
    page = crowd.admin("ListUsers", Limit=3)
    crowd.admin("AdminDeleteUser", Username="user0")
    rest = crowd.admin("ListUsers", PaginationToken=page["PaginationToken"])
    assert names(rest) == ["user3", "user4", "user5", "user6"]


@pytest.mark.parametrize("given", [{"Limit": 61}, {"Limit": -1}, {"Filter": "x" * 257}])
def test_a_list_has_its_limits(crowd: Browser, given: dict[str, object]) -> None:
    refused = crowd.admin("ListUsers", **given)
    assert refused["__type"] == "InvalidParameterException"


def test_only_the_attributes_asked_for_are_listed(crowd: Browser) -> None:
    (user,) = crowd.admin(
        "ListUsers", AttributesToGet=["email"], Filter='username = "user1"'
    )["Users"]
    assert user["Attributes"] == [{"Name": "email", "Value": "user1@a.c"}]


def test_the_pool_and_its_clients_are_described(browser: Browser) -> None:
    pool = browser.admin("DescribeUserPool")["UserPool"]
    assert pool["Id"] == browser.store.facts.user_pool_id
    assert pool["MfaConfiguration"] == "OPTIONAL"
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] == 8
    browser.is_admin = True
    listed = browser.call("ListUserPools", MaxResults=10)["UserPools"]
    assert [each["Id"] for each in listed] == [pool["Id"]]
    (client,) = browser.admin("ListUserPoolClients")["UserPoolClients"]
    shown = browser.admin("DescribeUserPoolClient", ClientId=client["ClientId"])
    assert "ALLOW_USER_SRP_AUTH" in shown["UserPoolClient"]["ExplicitAuthFlows"]
    assert "ClientSecret" not in shown["UserPoolClient"]
