from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

PASSWORD, OTHER = "Passw0rd!", "Other-7-x"
EMAIL = [{"Name": "email", "Value": "ann@example.com"}]


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


def made(browser: Browser, name: str = "ann", **given: object) -> dict[str, Any]:
    return browser.admin(
        "AdminCreateUser", Username=name, UserAttributes=EMAIL, **given
    )


def attributes(answer: dict[str, Any], key: str = "UserAttributes") -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in answer[key]}


def test_a_user_is_invited_with_a_temporary_password(browser: Browser) -> None:
    user = made(browser, TemporaryPassword=PASSWORD)["User"]
    assert (user["Username"], user["UserStatus"], user["Enabled"]) == (
        *("ann", "FORCE_CHANGE_PASSWORD"),
        True,
    )
    assert attributes(user, "Attributes")["email"] == "ann@example.com"
    (message,) = browser.store.pool.outbox.messages()
    assert message.body == f"Your username is ann and temporary password is {PASSWORD}."
    assert error(made(browser)) == (
        "UsernameExistsException",
        "User account already exists",
    )


def challenge(browser: Browser, password: str = PASSWORD) -> dict[str, Any]:
    return browser.sign_in("ann", password)


def choose(
    browser: Browser, asked: dict[str, Any], password: str, **more: str
) -> dict[str, Any]:
    return browser.call(
        "RespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": password, **more},
    )


def test_the_invited_user_chooses_a_password(browser: Browser) -> None:
    made(browser, TemporaryPassword=PASSWORD)
    asked = challenge(browser)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    shown = asked["ChallengeParameters"]
    assert json.loads(shown["userAttributes"]) == {"email": "ann@example.com"}
    assert json.loads(shown["requiredAttributes"]) == []
    weak = choose(browser, asked, "weak")
    assert weak["__type"] == "InvalidPasswordException"
    forbidden = choose(browser, asked, OTHER, **{"userAttributes.sub": "x"})
    assert forbidden["__type"] == "InvalidParameterException"
    done = choose(browser, asked, OTHER, **{"userAttributes.given_name": "Ann"})
    assert "AuthenticationResult" in done
    assert choose(browser, asked, OTHER)["__type"] == "NotAuthorizedException"
    user = browser.admin("AdminGetUser", Username="ann")
    assert user["UserStatus"] == "CONFIRMED"
    assert attributes(user)["given_name"] == "Ann"
    assert "AuthenticationResult" in browser.sign_in("ann", OTHER)


def test_a_required_attribute_must_be_given_with_the_password(browser: Browser) -> None:
    browser.admin("AdminCreateUser", Username="ann", TemporaryPassword=PASSWORD)
    asked = challenge(browser)
    required = json.loads(asked["ChallengeParameters"]["requiredAttributes"])
    assert required == ["userAttributes.email"]
    assert choose(browser, asked, OTHER)["__type"] == "InvalidParameterException"
    done = choose(browser, asked, OTHER, **{"userAttributes.email": "a@b.c"})
    assert "AuthenticationResult" in done


def test_a_temporary_password_ends_after_a_week(browser: Browser) -> None:
    made(browser, TemporaryPassword=PASSWORD)
    browser.later(days=7)
    assert error(challenge(browser)) == (
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    )
    again = browser.admin(
        "AdminCreateUser",
        Username="ann",
        MessageAction="RESEND",
        TemporaryPassword=OTHER,
    )
    assert again["User"]["Username"] == "ann"
    assert challenge(browser, OTHER)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_nothing_is_sent_when_nothing_should_be(browser: Browser) -> None:
    made(browser, MessageAction="SUPPRESS")
    assert browser.store.pool.outbox.messages() == []
    refused = browser.admin("AdminCreateUser", Username="no", MessageAction="RESEND")
    assert refused["__type"] == "UserNotFoundException"


@pytest.mark.parametrize(
    ("permanent", "status"), [(True, "CONFIRMED"), (False, "FORCE_CHANGE_PASSWORD")]
)
def test_a_password_is_set(browser: Browser, status: str, *, permanent: bool) -> None:
    browser.sign_up("ann")
    browser.admin(
        "AdminSetUserPassword", Username="ann", Password=OTHER, Permanent=permanent
    )
    assert browser.admin("AdminGetUser", Username="ann")["UserStatus"] == status
    answer = browser.sign_in("ann", OTHER)
    assert ("AuthenticationResult" in answer) is permanent


def test_a_user_is_confirmed_without_proof_of_her_address(browser: Browser) -> None:
    browser.sign_up("ann")
    assert browser.admin("AdminConfirmSignUp", Username="ann") == {}
    user = browser.admin("AdminGetUser", Username="ann")
    assert user["UserStatus"] == "CONFIRMED"
    assert "email_verified" not in attributes(user)
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    refused = browser.admin("AdminConfirmSignUp", Username="ann")
    assert refused["__type"] == "NotAuthorizedException"


def test_a_user_is_shut_out_and_let_in_again(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    tokens = browser.sign_in("ann")["AuthenticationResult"]
    browser.admin("AdminDisableUser", Username="ann")
    assert error(browser.sign_in("ann")) == (
        "NotAuthorizedException",
        "User is disabled.",
    )
    assert browser.refresh(tokens["RefreshToken"])["__type"] == "NotAuthorizedException"
    seen = browser.call("GetUser", AccessToken=tokens["AccessToken"])
    assert seen["__type"] == "NotAuthorizedException"
    browser.admin("AdminEnableUser", Username="ann")
    assert "AuthenticationResult" in browser.sign_in("ann")


def test_a_password_is_reset(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    assert browser.admin("AdminResetUserPassword", Username="ann") == {}
    assert error(browser.sign_in("ann")) == (
        "PasswordResetRequiredException",
        "Password reset required for the user",
    )
    wrong = browser.sign_in("ann", "Wrong0rd!")
    assert error(wrong) == ("NotAuthorizedException", "Incorrect username or password.")
    done = browser.call(
        "ConfirmForgotPassword",
        Username="ann",
        ConfirmationCode=browser.code(),
        Password=OTHER,
    )
    assert done == {}
    assert "AuthenticationResult" in browser.sign_in("ann", OTHER)


def test_attributes_are_written_and_removed(browser: Browser) -> None:
    made(browser)
    written = [
        {"Name": "email_verified", "Value": "true"},
        {"Name": "custom:tenant", "Value": "a"},
    ]
    browser.admin("AdminUpdateUserAttributes", Username="ann", UserAttributes=written)
    shown = attributes(browser.admin("AdminGetUser", Username="ann"))
    assert shown["email_verified"] == "true"
    assert shown["custom:tenant"] == "a"
    browser.admin(
        "AdminDeleteUserAttributes",
        Username="ann",
        UserAttributeNames=["custom:tenant"],
    )
    shown = attributes(browser.admin("AdminGetUser", Username="ann"))
    assert "custom:tenant" not in shown
    refused = browser.admin(
        "AdminDeleteUserAttributes", Username="ann", UserAttributeNames=["email"]
    )
    assert refused["__type"] == "InvalidParameterException"


@pytest.mark.parametrize(
    "change",
    [
        {"Name": "sub", "Value": "x"},
        {"Name": "email", "Value": "nowhere"},
        {"Name": "email", "Value": ""},
        {"Name": "phone_number", "Value": "1"},
        {"Name": "email_verified", "Value": "maybe"},
        {"Name": "shoe_size", "Value": "44"},
    ],
    ids=lambda change: f"{change['Name']}-{change['Value']}",
)
def test_attributes_must_conform(browser: Browser, change: dict[str, str]) -> None:
    made(browser)
    refused = browser.admin(
        "AdminUpdateUserAttributes", Username="ann", UserAttributes=[change]
    )
    assert refused["__type"] == "InvalidParameterException"


def test_a_new_address_is_not_verified(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    changed = [{"Name": "email", "Value": "new@example.com"}]
    browser.admin("AdminUpdateUserAttributes", Username="ann", UserAttributes=changed)
    user = browser.store.pool.users.get("ann")
    assert user.attribute("email_verified") == "false"
    assert browser.sign_in("new@example.com")["__type"] == "NotAuthorizedException"


def test_a_user_is_deleted(browser: Browser) -> None:
    made(browser)
    assert browser.admin("AdminDeleteUser", Username="ann") == {}
    for operation in ("AdminDeleteUser", "AdminGetUser"):
        assert error(browser.admin(operation, Username="ann")) == (
            "UserNotFoundException",
            "User does not exist.",
        )


@pytest.mark.parametrize(
    "operation",
    [
        *("AdminGetUser", "AdminDeleteUser", "AdminCreateUser", "AdminConfirmSignUp"),
        *("AdminEnableUser", "AdminDisableUser", "AdminUserGlobalSignOut"),
        *("AdminSetUserPassword", "AdminInitiateAuth", "ListUsers", "CreateGroup"),
        *("DescribeUserPool", "ListUserPoolClients", "CreateUserPoolClient"),
    ],
)
def test_who_is_not_let_in_does_nothing(browser: Browser, operation: str) -> None:
    browser.sign_up("ann")
    pool = browser.store.facts.user_pool_id
    refused = browser.call(operation, UserPoolId=pool, Username="ann")
    assert error(refused) == (
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    )
    assert browser.store.pool.users.get("ann").status == "UNCONFIRMED"


def test_another_pool_is_not_here(browser: Browser) -> None:
    browser.is_admin = True
    refused = browser.call("ListUsers", UserPoolId="us-east-1_Another00")
    assert error(refused) == (
        "ResourceNotFoundException",
        "User pool us-east-1_Another00 does not exist.",
    )


def test_a_server_signs_users_in(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    client = browser.store.facts.user_pool_client_id

    def begin(flow: str, password: str = PASSWORD) -> dict[str, Any]:
        parameters = {"USERNAME": "ann", "PASSWORD": password}
        return browser.admin(
            "AdminInitiateAuth",
            ClientId=client,
            AuthFlow=flow,
            AuthParameters=parameters,
        )

    for flow in ("ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"):
        assert "AuthenticationResult" in begin(flow)
    wrong = begin("ADMIN_USER_PASSWORD_AUTH", "Wrong0rd!")
    assert wrong["__type"] == "NotAuthorizedException"
    assert begin("USER_PASSWORD_AUTH")["__type"] == "InvalidParameterException"
    browser.admin("AdminSetUserPassword", Username="ann", Password=OTHER)
    asked = begin("ADMIN_USER_PASSWORD_AUTH", OTHER)
    # A session that a server began is no browser's.
    assert choose(browser, asked, PASSWORD)["__type"] == "NotAuthorizedException"
    done = browser.admin(
        "AdminRespondToAuthChallenge",
        ClientId=client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": PASSWORD},
    )
    assert "AuthenticationResult" in done


def test_a_sign_out_ends_what_was_signed_in(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    tokens = browser.sign_in("ann")["AuthenticationResult"]
    browser.admin("AdminUserGlobalSignOut", Username="ann")
    assert error(browser.refresh(tokens["RefreshToken"])) == (
        "NotAuthorizedException",
        "Refresh Token has been revoked",
    )
    assert error(browser.call("GetUser", AccessToken=tokens["AccessToken"])) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )
    # A sign-in of the same second is another one.
    access = browser.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    assert browser.call("GetUser", AccessToken=access)["Username"] == "ann"
