from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity.tokens import TokenRequest, issue_tokens

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

PASSWORD, OTHER = "Passw0rd!", "Other-7-x"
MISMATCH = (
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
)
EXPIRED = (
    "ExpiredCodeException",
    "Invalid code provided, please request a code again.",
)


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


@pytest.fixture
def ann(browser: Browser) -> Browser:
    browser.sign_up("ann")
    browser.confirm("ann")
    return browser


def tokens(browser: Browser, password: str = PASSWORD) -> dict[str, Any]:
    return browser.sign_in("ann", password)["AuthenticationResult"]


def own(browser: Browser, operation: str, **given: object) -> dict[str, Any]:
    access = tokens(browser)["AccessToken"]
    return browser.call(operation, AccessToken=access, **given)


def attributes(browser: Browser) -> dict[str, str]:
    shown = own(browser, "GetUser")["UserAttributes"]
    return {each["Name"]: each["Value"] for each in shown}


def test_a_user_sees_herself(ann: Browser) -> None:
    assert own(ann, "GetUser")["Username"] == "ann"
    assert attributes(ann) == {
        "email": "ann@example.com",
        "email_verified": "true",
        "sub": ann.store.pool.users.get("ann").sub,
    }


def test_a_changed_address_must_be_proved_again(ann: Browser) -> None:
    changed = own(
        ann,
        "UpdateUserAttributes",
        UserAttributes=[
            {"Name": "email", "Value": "new@example.com"},
            {"Name": "given_name", "Value": "Ann"},
        ],
    )
    (details,) = changed["CodeDeliveryDetailsList"]
    assert details["Destination"] == "n***@e***"
    assert attributes(ann)["email_verified"] == "false"
    code = ann.code()
    wrong = own(ann, "VerifyUserAttribute", AttributeName="email", Code="x")
    assert error(wrong) == MISMATCH
    assert own(ann, "VerifyUserAttribute", AttributeName="email", Code=code) == {}
    assert attributes(ann)["email_verified"] == "true"
    again = own(ann, "VerifyUserAttribute", AttributeName="email", Code=code)
    assert error(again) == EXPIRED
    sent = own(ann, "GetUserAttributeVerificationCode", AttributeName="email")
    assert sent["CodeDeliveryDetails"]["AttributeName"] == "email"


def test_a_code_for_what_is_not_there_is_not_sent(ann: Browser) -> None:
    before = len(ann.store.pool.outbox.messages())
    refused = own(ann, "GetUserAttributeVerificationCode", AttributeName="phone_number")
    assert refused["__type"] == "InvalidParameterException"
    assert len(ann.store.pool.outbox.messages()) == before


@pytest.mark.parametrize(
    ("change", "type_"),
    [
        (("email_verified", "true"), "NotAuthorizedException"),
        (("sub", "x"), "InvalidParameterException"),
        (("email", ""), "InvalidParameterException"),
        (("email", "x"), "InvalidParameterException"),
        (("cognito:groups", "x"), "InvalidParameterException"),
    ],
)
def test_a_user_cannot_write_everything(
    ann: Browser, change: tuple[str, str], type_: str
) -> None:
    written = [dict(zip(("Name", "Value"), change, strict=True))]
    refused = own(ann, "UpdateUserAttributes", UserAttributes=written)
    assert refused["__type"] == type_
    assert attributes(ann)["email"] == "ann@example.com"


def test_attributes_are_removed(ann: Browser) -> None:
    written = [{"Name": "custom:a", "Value": "1"}]
    own(ann, "UpdateUserAttributes", UserAttributes=written)
    assert own(ann, "DeleteUserAttributes", UserAttributeNames=["custom:a"]) == {}
    assert "custom:a" not in attributes(ann)
    for name in ("email", "sub", "email_verified", "nothing"):
        refused = own(ann, "DeleteUserAttributes", UserAttributeNames=[name])
        assert "__type" in refused


def test_a_password_is_changed(ann: Browser) -> None:
    access = tokens(ann)["AccessToken"]

    def change(previous: str, proposed: str) -> dict[str, Any]:
        return ann.call(
            "ChangePassword",
            AccessToken=access,
            PreviousPassword=previous,
            ProposedPassword=proposed,
        )

    assert change("Wrong0rd!", OTHER)["__type"] == "NotAuthorizedException"
    assert change(PASSWORD, "weak")["__type"] == "InvalidPasswordException"
    assert change(PASSWORD, OTHER) == {}
    assert "AuthenticationResult" in ann.sign_in("ann", OTHER)
    assert "AuthenticationResult" not in ann.sign_in("ann", PASSWORD)


def test_the_old_password_cannot_be_guessed_by_changing_it(ann: Browser) -> None:
    access = tokens(ann)["AccessToken"]
    answers = [
        ann.call(
            "ChangePassword",
            AccessToken=access,
            PreviousPassword="Wrong0rd!",
            ProposedPassword=OTHER,
        )["message"]
        for _ in range(6)
    ]
    assert answers[-1] == "Password attempts exceeded"


def test_a_user_leaves(ann: Browser) -> None:
    access = tokens(ann)["AccessToken"]
    assert ann.call("DeleteUser", AccessToken=access) == {}
    assert ann.call("GetUser", AccessToken=access)["__type"] == "UserNotFoundException"
    ann.sign_up("ann")
    # The name is another user's now.
    assert ann.call("GetUser", AccessToken=access)["__type"] == "UserNotFoundException"


@pytest.mark.parametrize(
    "operation",
    [
        *("GetUser", "DeleteUser", "GlobalSignOut", "AssociateSoftwareToken"),
        "SetUserMFAPreference",
    ],
)
def test_what_is_no_access_token_is_refused(ann: Browser, operation: str) -> None:
    found = tokens(ann)
    access = found["AccessToken"]
    head, payload, signature = access.split(".")
    spoiled = (
        *("x", "", found["IdToken"], found["RefreshToken"], f"{head}.{payload}."),
        f"{head}.{payload}x.{signature}",
        "eyJhbGciOiJub25lIn0." + payload + ".",
    )
    for token in spoiled:
        refused = ann.call(operation, AccessToken=token)
        # One that is required may not be empty.
        required = not token and operation != "AssociateSoftwareToken"
        expected = "InvalidParameter" if required else "NotAuthorized"
        assert refused["__type"] == f"{expected}Exception"
    ann.later(hours=1)
    assert error(ann.call(operation, AccessToken=access)) == (
        "NotAuthorizedException",
        "Access Token has expired",
    )


def test_a_token_without_the_scope_is_not_enough(ann: Browser) -> None:
    pool = ann.store.pool
    request = TokenRequest(
        pool.users.get("ann"),
        ann.issuer,
        ann.store.facts.user_pool_client_id,
        ann.now,
        scope="openid email",
    )
    pair = issue_tokens(request, pool.signing_keys, pool.entropy)
    assert error(ann.call("GetUser", AccessToken=pair.access_token)) == (
        "NotAuthorizedException",
        "Access Token does not have required scopes",
    )


def test_a_sign_out_everywhere_ends_every_sign_in(ann: Browser) -> None:
    pool = ann.store.pool
    request = TokenRequest(
        pool.users.get("ann"),
        ann.issuer,
        ann.store.facts.user_pool_client_id,
        ann.now,
    )
    printed = issue_tokens(request, pool.signing_keys, pool.entropy).access_token
    first, second = tokens(ann), tokens(ann)
    assert ann.call("GlobalSignOut", AccessToken=first["AccessToken"]) == {}
    for access in (first["AccessToken"], second["AccessToken"], printed):
        assert error(ann.call("GetUser", AccessToken=access)) == (
            "NotAuthorizedException",
            "Access Token has been revoked",
        )
    refused = ann.refresh(second["RefreshToken"])
    assert refused["message"] == "Refresh Token has been revoked"


def test_a_revoked_token_ends_its_own_sign_in(ann: Browser) -> None:
    first, second = tokens(ann), tokens(ann)
    refreshed = ann.refresh(first["RefreshToken"])["AuthenticationResult"]
    assert ann.call("RevokeToken", Token=first["RefreshToken"]) == {}
    for access in (first["AccessToken"], refreshed["AccessToken"]):
        refused = ann.call("GetUser", AccessToken=access)
        assert refused["message"] == "Access Token has been revoked"
    refused = ann.refresh(first["RefreshToken"])
    assert refused["message"] == "Refresh Token has been revoked"
    assert "Username" in ann.call("GetUser", AccessToken=second["AccessToken"])
    assert ann.call("RevokeToken", Token="unknown") == {}
    access = ann.call("RevokeToken", Token=second["AccessToken"])
    assert access["__type"] == "UnsupportedTokenTypeException"


def reset(browser: Browser, code: str, password: str = OTHER) -> dict[str, Any]:
    return browser.call(
        "ConfirmForgotPassword",
        Username="ann",
        ConfirmationCode=code,
        Password=password,
    )


def test_a_forgotten_password_is_replaced(ann: Browser) -> None:
    assert error(reset(ann, "123456")) == EXPIRED
    sent = ann.call("ForgotPassword", Username="ann")
    assert sent["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    code = ann.code()
    assert error(reset(ann, "x")) == MISMATCH
    assert reset(ann, code, "weak")["__type"] == "InvalidPasswordException"
    assert reset(ann, code) == {}
    assert error(reset(ann, code)) == EXPIRED
    assert "AuthenticationResult" in ann.sign_in("ann", OTHER)


def test_a_code_for_a_password_holds_for_an_hour(ann: Browser) -> None:
    ann.call("ForgotPassword", Username="ann")
    ann.later(hours=1)
    assert error(reset(ann, ann.code())) == EXPIRED


def test_codes_for_a_password_cannot_be_guessed(ann: Browser) -> None:
    ann.call("ForgotPassword", Username="ann")
    kinds = [reset(ann, "x")["__type"] for _ in range(16)]
    assert kinds == ["CodeMismatchException"] * 15 + ["LimitExceededException"]
    assert reset(ann, ann.code())["__type"] == "LimitExceededException"


def test_a_code_serves_its_own_purpose(browser: Browser) -> None:
    browser.sign_up("ann")
    assert error(reset(browser, browser.code())) == EXPIRED
