"""Who may call the operations that need a signature."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from datetime import timedelta

    from conftest import Answer, Api

URL = "http://127.0.0.1:20002/cognito-idp/"


def signed(
    api: Api, role: str, hour: timedelta, service: str = "cognito-idp"
) -> Answer:
    pool = api.identity.facts.user_pool_id
    body = json.dumps({"UserPoolId": pool, "Username": "ann"}).encode()
    headers = {"x-amz-target": "AWSCognitoIdentityProviderService.AdminGetUser"}
    found = api.identity.credentials.for_role(role, "s", api.clock[0], hour)
    request = AWSRequest("POST", URL, headers, body)
    credentials = Credentials(
        found.access_key_id, found.secret_key, found.session_token
    )
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return api.http("POST", "/cognito-idp/", dict(request.headers), body)


def test_a_role_with_the_right_may(api: Api, hour: timedelta) -> None:
    answer = signed(api, "pool-admin", hour)
    assert (answer.status, answer.json["__type"]) == (400, "UserNotFoundException")


def test_a_role_without_it_may_not(api: Api, hour: timedelta) -> None:
    answer = signed(api, "everything", hour)
    assert (answer.status, answer.json["__type"]) == (400, "AccessDeniedException")
    assert (
        "cognito-idp:AdminGetUser on resource: arn:aws:cognito-idp:us-east-1:"
        in (answer.json["message"])
    )
    assert "no policy of role 'everything'" in api.log[-1]


def test_a_signature_for_another_service_is_refused(api: Api, hour: timedelta) -> None:
    answer = signed(api, "pool-admin", hour, "appsync")
    assert answer.json["__type"] == "InvalidSignatureException"


@pytest.mark.parametrize("authorization", ["", "Bearer x", "AWS4-HMAC-SHA256 x"])
def test_without_a_signature_nobody_may(api: Api, authorization: str) -> None:
    headers = {
        "x-amz-target": "AWSCognitoIdentityProviderService.ListUsers",
        "authorization": authorization,
    }
    answer = api.http("POST", "/cognito-idp/", headers, b"{}")
    assert answer.json["__type"] in (
        "MissingAuthenticationTokenException",
        "IncompleteSignatureException",
    )


def test_an_answer_has_one_request_id(api: Api) -> None:
    sent: list[dict] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/cognito-idp/",
        "headers": [(b"host", b"localhost")],
    }
    request = {"type": "http.request", "body": b"{}"}

    async def receive() -> dict:
        return request

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(api.app(scope, receive, send))
    names = [name.lower() for name, _ in sent[0]["headers"]]
    assert names.count(b"x-amzn-requestid") == 1
