from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


@pytest.fixture
def ann(browser: Browser) -> Browser:
    browser.sign_up("ann")
    browser.confirm("ann")
    return browser


def client(browser: Browser, **settings: object) -> dict[str, Any]:
    given = {"ClientName": "app", "ExplicitAuthFlows": FLOWS} | settings
    return browser.admin("CreateUserPoolClient", **given)["UserPoolClient"]


def secret_hash(made: dict[str, Any], name: str) -> str:
    key, text = made["ClientSecret"].encode(), (name + made["ClientId"]).encode()
    return base64.b64encode(hmac.digest(key, text, "sha256")).decode()


def sign_in(
    browser: Browser, made: dict[str, Any], name: str = "ann", **more: str
) -> dict[str, Any]:
    return browser.call(
        "InitiateAuth",
        ClientId=made["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD, **more},
    )


def test_a_client_with_a_secret_must_prove_it(ann: Browser) -> None:
    made = client(ann, GenerateSecret=True)
    missing = "is configured with secret but SECRET_HASH was not received"
    assert error(sign_in(ann, made)) == (
        "NotAuthorizedException",
        f"Client {made['ClientId']} {missing}",
    )
    right = secret_hash(made, "ann")
    for wrong in ("x", right[:-2], secret_hash(made, "bob"), "é"):
        assert error(sign_in(ann, made, SECRET_HASH=wrong)) == (
            "NotAuthorizedException",
            f"Unable to verify secret hash for client {made['ClientId']}",
        )
    found = sign_in(ann, made, SECRET_HASH=right)["AuthenticationResult"]
    begun = {"ClientId": made["ClientId"], "AuthFlow": "REFRESH_TOKEN_AUTH"}
    parameters = {"REFRESH_TOKEN": found["RefreshToken"]}
    refused = ann.call("InitiateAuth", **begun, AuthParameters=parameters)
    assert refused["__type"] == "NotAuthorizedException"
    parameters["SECRET_HASH"] = right
    refreshed = ann.call("InitiateAuth", **begun, AuthParameters=parameters)
    assert "AuthenticationResult" in refreshed


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("SignUp", {"Password": PASSWORD}),
        ("ConfirmSignUp", {"ConfirmationCode": "1"}),
        ("ResendConfirmationCode", {}),
        ("ForgotPassword", {}),
        ("ConfirmForgotPassword", {"ConfirmationCode": "1", "Password": PASSWORD}),
    ],
)
def test_every_call_proves_the_secret(
    ann: Browser, operation: str, given: dict[str, str]
) -> None:
    made = client(ann, GenerateSecret=True)
    named = {"ClientId": made["ClientId"], "Username": "bob", **given}
    for wrong in ({}, {"SecretHash": "x"}):
        refused = ann.call(operation, **named, **wrong)
        assert refused["__type"] == "NotAuthorizedException"
        assert "ecret" in refused["message"]
    right = ann.call(operation, **named, SecretHash=secret_hash(made, "bob"))
    assert right.get("__type") != "NotAuthorizedException"


def test_a_client_allows_what_it_allows(ann: Browser) -> None:
    made = client(ann, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    assert error(sign_in(ann, made)) == (
        "InvalidParameterException",
        "USER_PASSWORD_AUTH flow not enabled for this client",
    )
    refused = ann.call(
        "InitiateAuth",
        ClientId=made["ClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": "x"},
    )
    assert refused["__type"] == "InvalidParameterException"


def test_a_client_that_tells_who_exists_tells(ann: Browser) -> None:
    made = client(ann, PreventUserExistenceErrors="LEGACY")
    unknown = ("UserNotFoundException", "User does not exist.")
    assert error(sign_in(ann, made, "bob")) == unknown
    for operation, given in (
        ("ForgotPassword", {}),
        ("ResendConfirmationCode", {}),
        ("ConfirmSignUp", {"ConfirmationCode": "1"}),
        ("ConfirmForgotPassword", {"ConfirmationCode": "1", "Password": PASSWORD}),
        (
            "InitiateAuth",
            {
                "AuthFlow": "USER_SRP_AUTH",
                "AuthParameters": {"USERNAME": "bob", "SRP_A": "2"},
            },
        ),
    ):
        named = {"ClientId": made["ClientId"], "Username": "bob", **given}
        assert error(ann.call(operation, **named)) == unknown


def test_a_clients_lifetimes_are_its_tokens(ann: Browser) -> None:
    made = client(
        ann,
        AccessTokenValidity=5,
        TokenValidityUnits={"AccessToken": "minutes", "RefreshToken": "hours"},
        RefreshTokenValidity=1,
    )
    found = sign_in(ann, made)["AuthenticationResult"]
    assert found["ExpiresIn"] == 300
    ann.later(minutes=5)
    seen = ann.call("GetUser", AccessToken=found["AccessToken"])
    assert seen["message"] == "Access Token has expired"
    for validity in ({"AccessTokenValidity": 25}, {"RefreshTokenValidity": 3651}):
        refused = ann.admin("CreateUserPoolClient", ClientName="a", **validity)
        assert refused["__type"] == "InvalidParameterException"


def test_a_client_reads_and_writes_what_it_may(ann: Browser) -> None:
    made = client(ann, ReadAttributes=["given_name"], WriteAttributes=["given_name"])
    access = sign_in(ann, made)["AuthenticationResult"]["AccessToken"]
    for name, allowed in (("given_name", True), ("family_name", False)):
        answer = ann.call(
            "UpdateUserAttributes",
            AccessToken=access,
            UserAttributes=[{"Name": name, "Value": "x"}],
        )
        assert ("__type" not in answer) is allowed
    shown = ann.call("GetUser", AccessToken=access)["UserAttributes"]
    assert [each["Name"] for each in shown] == ["given_name", "sub"]


def test_refresh_tokens_take_turns(ann: Browser) -> None:
    made = client(ann, RefreshTokenRotation={"Feature": "ENABLED"})
    first = sign_in(ann, made)["AuthenticationResult"]["RefreshToken"]

    def turn(token: str) -> dict[str, Any]:
        return ann.call(
            "GetTokensFromRefreshToken", ClientId=made["ClientId"], RefreshToken=token
        )

    second = turn(first)["AuthenticationResult"]["RefreshToken"]
    assert turn(first)["__type"] == "NotAuthorizedException"
    assert "AuthenticationResult" in turn(second)
    refused = ann.call(
        "InitiateAuth",
        ClientId=made["ClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": "x"},
    )
    assert refused["__type"] == "InvalidParameterException"


def test_a_refresh_token_that_does_not_rotate_stays(ann: Browser) -> None:
    token = ann.sign_in("ann")["AuthenticationResult"]["RefreshToken"]
    for _ in range(2):
        found = ann.call("GetTokensFromRefreshToken", RefreshToken=token)
        assert found["AuthenticationResult"].keys() == {
            *("AccessToken", "ExpiresIn", "IdToken", "TokenType")
        }


def test_another_clients_token_is_refused(ann: Browser) -> None:
    made = client(ann)
    token = sign_in(ann, made)["AuthenticationResult"]["RefreshToken"]
    assert ann.refresh(token)["message"] == "Invalid Refresh Token"
    assert ann.call("RevokeToken", Token=token)["__type"] == "UnauthorizedException"


def test_a_deleted_client_is_unknown_and_its_tokens_with_it(ann: Browser) -> None:
    made = client(ann)
    access = sign_in(ann, made)["AuthenticationResult"]["AccessToken"]
    ann.admin("DeleteUserPoolClient", ClientId=made["ClientId"])
    assert sign_in(ann, made)["__type"] == "ResourceNotFoundException"
    seen = ann.call("GetUser", AccessToken=access)
    assert seen["message"] == "Invalid Access Token"


def test_a_client_is_changed(ann: Browser) -> None:
    made = client(ann, GenerateSecret=True)
    changed = ann.admin(
        "UpdateUserPoolClient",
        ClientId=made["ClientId"],
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        AuthSessionValidity=5,
    )["UserPoolClient"]
    assert changed["AuthSessionValidity"] == 5
    assert changed["ClientSecret"] == made["ClientSecret"]
    assert changed["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH"]
    gone = ann.admin("UpdateUserPoolClient", ClientId="none")
    assert gone["__type"] == "ResourceNotFoundException"
