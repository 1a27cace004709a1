"""boto3, unmodified, at the user pool: what users do, and what servers do."""

from __future__ import annotations

import base64
import hmac
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from pool_server import PoolServer
from pycognito.aws_srp import AWSSRP

from amplikit.identity.user_pool.totp import code_at

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

PASSWORD, OTHER = "Correct-horse-7", "Battery-staple-8"


@pytest.fixture(scope="module")
def browser(pool_server: PoolServer) -> CognitoIdentityProviderClient:
    return pool_server.browser()


@pytest.fixture(scope="module")
def admin(pool_server: PoolServer) -> CognitoIdentityProviderClient:
    return pool_server.admin()


def sign_up(server: PoolServer, name: str) -> None:
    browser, email = server.browser(), f"{name}@example.com"
    made = browser.sign_up(
        ClientId=server.client_id,
        Username=name,
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    assert made["UserConfirmed"] is False
    browser.confirm_sign_up(
        ClientId=server.client_id, Username=name, ConfirmationCode=server.code(email)
    )


def sign_in(server: PoolServer, name: str, password: str = PASSWORD) -> dict[str, Any]:
    return server.browser().initiate_auth(
        ClientId=server.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )


def turned(server: PoolServer, token: str) -> dict[str, Any]:
    return server.browser().get_tokens_from_refresh_token(
        ClientId=server.client_id, RefreshToken=token
    )["AuthenticationResult"]


def test_a_wrong_code_confirms_nobody(
    pool_server: PoolServer, browser: CognitoIdentityProviderClient
) -> None:
    client = {"ClientId": pool_server.client_id, "Username": "eli"}
    email = {"Name": "email", "Value": "eli@example.com"}
    browser.sign_up(**client, Password=PASSWORD, UserAttributes=[email])
    right = pool_server.code("eli@example.com")
    with pytest.raises(browser.exceptions.CodeMismatchException):
        browser.confirm_sign_up(**client, ConfirmationCode=right[::-1] + "0")
    with pytest.raises(browser.exceptions.UserNotConfirmedException):
        sign_in(pool_server, "eli")
    browser.confirm_sign_up(**client, ConfirmationCode=right)
    with pytest.raises(browser.exceptions.NotAuthorizedException):
        sign_in(pool_server, "eli", OTHER)
    assert sign_in(pool_server, "eli")["AuthenticationResult"]


# pycognito tells the time with utcnow().
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")
def test_srp_proves_a_password_to_boto3(
    pool_server: PoolServer, browser: CognitoIdentityProviderClient
) -> None:
    sign_up(pool_server, "ivy")

    def prove(password: str) -> dict[str, Any]:
        srp = AWSSRP(
            "ivy",
            password,
            pool_server.pool_id,
            pool_server.client_id,
            client=browser,
        )
        return srp.authenticate_user()

    with pytest.raises(browser.exceptions.NotAuthorizedException):
        prove(OTHER)
    tokens = prove(PASSWORD)["AuthenticationResult"]
    assert pool_server.note(tokens["AccessToken"]) == {"owner": "ivy"}


def test_a_user_lives_her_life(
    pool_server: PoolServer, browser: CognitoIdentityProviderClient
) -> None:
    sign_up(pool_server, "fay")
    tokens = sign_in(pool_server, "fay")["AuthenticationResult"]
    access = tokens["AccessToken"]
    refreshed = browser.initiate_auth(
        ClientId=pool_server.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )["AuthenticationResult"]
    assert "RefreshToken" not in refreshed
    assert "AccessToken" in turned(pool_server, tokens["RefreshToken"])
    browser.change_password(
        AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER
    )
    browser.update_user_attributes(
        AccessToken=access, UserAttributes=[{"Name": "name", "Value": "Fay"}]
    )
    shown = browser.get_user(AccessToken=access)["UserAttributes"]
    assert {"Name": "name", "Value": "Fay"} in shown
    browser.global_sign_out(AccessToken=access)
    with pytest.raises(browser.exceptions.NotAuthorizedException, match="revoked"):
        browser.get_user(AccessToken=access)
    with pytest.raises(browser.exceptions.NotAuthorizedException, match="revoked"):
        turned(pool_server, tokens["RefreshToken"])
    again = sign_in(pool_server, "fay", OTHER)["AuthenticationResult"]
    browser.delete_user(AccessToken=again["AccessToken"])
    with pytest.raises(browser.exceptions.NotAuthorizedException):
        sign_in(pool_server, "fay", OTHER)


def test_an_authenticator_app_is_asked_for(
    pool_server: PoolServer, browser: CognitoIdentityProviderClient
) -> None:
    sign_up(pool_server, "gil")
    access = sign_in(pool_server, "gil")["AuthenticationResult"]["AccessToken"]
    secret = browser.associate_software_token(AccessToken=access)["SecretCode"]

    def code(offset: int = 0) -> str:
        return code_at(secret, int(time.time()) // 30 + offset)

    with pytest.raises(browser.exceptions.EnableSoftwareTokenMFAException):
        browser.verify_software_token(AccessToken=access, UserCode="00000x")
    browser.verify_software_token(AccessToken=access, UserCode=code())
    browser.set_user_mfa_preference(
        AccessToken=access,
        SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
    )
    asked = sign_in(pool_server, "gil")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"

    def answer(text: str, session: str) -> dict[str, Any]:
        return browser.respond_to_auth_challenge(
            ClientId=pool_server.client_id,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=session,
            ChallengeResponses={"USERNAME": "gil", "SOFTWARE_TOKEN_MFA_CODE": text},
        )

    with pytest.raises(browser.exceptions.CodeMismatchException):
        answer(code(-9), asked["Session"])
    with pytest.raises(browser.exceptions.NotAuthorizedException):
        answer(code(), "x" * 100)
    assert "AuthenticationResult" in answer(code(), asked["Session"])
    with pytest.raises(browser.exceptions.NotAuthorizedException):
        answer(code(1), asked["Session"])


@pytest.mark.parametrize(
    ("call", "given", "error"),
    [
        (
            "sign_up",
            {"Username": "ida", "Password": "weak"},
            "InvalidPasswordException",
        ),
        (
            "confirm_sign_up",
            {"Username": "ida", "ConfirmationCode": "1"},
            "ExpiredCodeException",
        ),
        (
            "initiate_auth",
            {
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": "ida", "PASSWORD": "x"},
            },
            "NotAuthorizedException",
        ),
        (
            "initiate_auth",
            {
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": {"REFRESH_TOKEN": "x"},
            },
            "NotAuthorizedException",
        ),
        (
            "respond_to_auth_challenge",
            {
                "ChallengeName": "SMS_MFA",
                "Session": "x" * 40,
                "ChallengeResponses": {"USERNAME": "ida", "SMS_MFA_CODE": "1"},
            },
            "NotAuthorizedException",
        ),
        (
            "confirm_forgot_password",
            {"Username": "ida", "ConfirmationCode": "1", "Password": OTHER},
            "ExpiredCodeException",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_is_boto3s_own_exception(
    pool_server: PoolServer,
    browser: CognitoIdentityProviderClient,
    call: str,
    given: dict[str, Any],
    error: str,
) -> None:
    with pytest.raises(getattr(browser.exceptions, error)):
        getattr(browser, call)(ClientId=pool_server.client_id, **given)


def test_a_server_administers(
    pool_server: PoolServer, admin: CognitoIdentityProviderClient
) -> None:
    pool = {"UserPoolId": pool_server.pool_id}
    for number in range(5):
        admin.admin_create_user(
            **pool,
            Username=f"page{number}",
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": f"page{number}@example.com"}],
        )
    listed = admin.get_paginator("list_users").paginate(
        **pool, Filter='username ^= "page"', PaginationConfig={"PageSize": 2}
    )
    names = [user["Username"] for page in listed for user in page["Users"]]
    assert names == [f"page{number}" for number in range(5)]
    admin.create_group(**pool, GroupName="staff", Precedence=1)
    admin.admin_add_user_to_group(**pool, GroupName="staff", Username="page0")
    (member,) = admin.list_users_in_group(**pool, GroupName="staff")["Users"]
    assert member["UserCreateDate"].tzinfo is not None
    admin.admin_set_user_password(
        **pool, Username="page0", Password=PASSWORD, Permanent=True
    )
    answer = admin.admin_initiate_auth(
        **pool,
        ClientId=pool_server.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "page0", "PASSWORD": PASSWORD},
    )
    assert answer["AuthenticationResult"]["ExpiresIn"] == 3600
    with pytest.raises(admin.exceptions.UserNotFoundException):
        admin.admin_get_user(**pool, Username="nobody")


def test_a_client_with_a_secret_is_made_and_used(
    pool_server: PoolServer, admin: CognitoIdentityProviderClient
) -> None:
    sign_up(pool_server, "hal")
    made = admin.create_user_pool_client(
        UserPoolId=pool_server.pool_id,
        ClientName="server",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]
    message = f"hal{made['ClientId']}".encode()
    digest = hmac.digest(made["ClientSecret"].encode(), message, "sha256")
    given = {"USERNAME": "hal", "PASSWORD": PASSWORD}
    browser = pool_server.browser()
    begun = {"ClientId": made["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH"}
    with pytest.raises(browser.exceptions.NotAuthorizedException):
        browser.initiate_auth(**begun, AuthParameters=given)
    given["SECRET_HASH"] = base64.b64encode(digest).decode()
    assert browser.initiate_auth(**begun, AuthParameters=given)["AuthenticationResult"]


def test_nobody_administers_without_the_right_signature(
    pool_server: PoolServer,
) -> None:
    stranger = boto3.client(
        "cognito-idp",
        endpoint_url=pool_server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="ASIAXXXXXXXXXXXXXXXX",
        aws_secret_access_key="x" * 40,
    )
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        stranger.list_users(UserPoolId=pool_server.pool_id)


def test_users_sessions_and_codes_survive_a_restart(tmp_path: Path) -> None:
    server = PoolServer.start(tmp_path)
    sign_up(server, "jan")
    tokens = sign_in(server, "jan")["AuthenticationResult"]
    server.browser().forgot_password(ClientId=server.client_id, Username="jan")
    port = server.port
    server.stop()
    server = PoolServer.start(tmp_path, port)
    browser = server.browser()
    assert browser.get_user(AccessToken=tokens["AccessToken"])["Username"] == "jan"
    browser.initiate_auth(
        ClientId=server.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )
    browser.confirm_forgot_password(
        ClientId=server.client_id,
        Username="jan",
        ConfirmationCode=server.code("jan@example.com"),
        Password=OTHER,
    )
    assert sign_in(server, "jan", OTHER)["AuthenticationResult"]
    server.stop()
    assert "Traceback" not in server.log
    assert PASSWORD not in server.log
    assert tokens["AccessToken"] not in server.log
