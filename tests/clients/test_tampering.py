"""Requests that are not what was signed, and tokens that nobody here issued."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from issued import token
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from requests_aws4auth import AWS4Auth

if TYPE_CHECKING:
    from amplikit.demo.stage import Stage

QUERY = "query { listUsers(limit: 1) { items { id } } }"
SIGNED = 'mutation { createUser(input: { username: "signed" }) { id } }'


@pytest.fixture(scope="module")
def signed(stage: Stage) -> requests.PreparedRequest:
    held = stage.credentials("admin-tools")
    auth = AWS4Auth(
        held["AccessKeyId"],
        held["SecretAccessKey"],
        stage.server["region"],
        "appsync",
        session_token=held["SessionToken"],
    )
    return requests.Request(
        "POST", stage.server["graphql_url"], json={"query": SIGNED}, auth=auth
    ).prepare()


def send(request: requests.PreparedRequest) -> requests.Response:
    with requests.Session() as session:
        return session.send(request, timeout=20)


def test_the_request_as_it_was_signed_is_answered(
    signed: requests.PreparedRequest,
) -> None:
    assert send(signed).json()["data"]["createUser"]["id"]


def test_every_changed_byte_of_the_body_is_refused(
    signed: requests.PreparedRequest,
) -> None:
    body = (
        bytes(signed.body or b"", "utf-8")
        if isinstance(signed.body, str)
        else signed.body
    )
    assert isinstance(body, bytes)
    for position in range(len(body)):
        request = signed.copy()
        changed = bytes([body[position] ^ 1])
        request.body = body[:position] + changed + body[position + 1 :]
        answer = send(request)
        assert answer.status_code == 403, (position, answer.text)


@pytest.mark.parametrize(
    "header", ["Authorization", "x-amz-date", "x-amz-security-token", "Content-Type"]
)
def test_every_changed_byte_of_a_signed_header_is_refused(
    signed: requests.PreparedRequest, header: str
) -> None:
    value = signed.headers[header]
    text = value.decode() if isinstance(value, bytes) else value
    for position, character in enumerate(text):
        if character == " ":
            continue  # white space around list members carries no meaning
        request = signed.copy()
        other = "0" if character != "0" else "1"
        request.headers[header] = text[:position] + other + text[position + 1 :]
        answer = send(request)
        assert answer.status_code in {400, 401, 403}, (header, position, answer.text)


def foreign(stage: Stage, **claims: object) -> dict[str, object]:
    """Return the claims of a real token, with some of them replaced."""
    payload = stage.tokens["alice"].split(".")[1]
    real: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return {**real, **claims}


def header(stage: Stage) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        base64.urlsafe_b64decode(stage.tokens["alice"].split(".")[0] + "==")
    )
    return found


def other_key() -> RSAKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return RSAKey.import_key(private)


def unsigned(stage: Stage) -> str:
    parts = ({"alg": "none", "kid": header(stage)["kid"]}, foreign(stage))
    encoded = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in parts
    ]
    return ".".join([*encoded, ""])


def signed_with_another_key(stage: Stage) -> str:
    return jwt.encode(header(stage), foreign(stage), other_key())


def of_another_pool(stage: Stage) -> str:
    issuer = stage.server["issuer"][:-1] + "x"
    return jwt.encode(header(stage), foreign(stage, iss=issuer), other_key())


def signed_with_the_public_key(stage: Stage) -> str:
    jwks = requests.get(stage.server["jwks_url"], timeout=20).text
    key = OctKey.import_key(jwks)
    return jwt.encode({**header(stage), "alg": "HS256"}, foreign(stage), key)


def expired(stage: Stage) -> str:
    short = token(stage, "alice", "--expires", "1")
    time.sleep(1.1)  # the token's own clock, not a wait for something to happen
    return short


def edited(stage: Stage) -> str:
    head, _, signature = stage.tokens["alice"].split(".")
    payload = json.dumps(foreign(stage, username="bob")).encode()
    return (
        f"{head}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"
    )


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        signed_with_another_key,
        of_another_pool,
        signed_with_the_public_key,
        expired,
        edited,
    ],
)
def test_a_token_that_the_pool_did_not_issue_is_refused(
    stage: Stage, forge: object
) -> None:
    assert callable(forge)
    answer = requests.post(
        stage.server["graphql_url"],
        json={"query": QUERY},
        headers={"Authorization": forge(stage)},
        timeout=20,
    )
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["errorType"] == "UnauthorizedException"
    assert "data" not in answer.json()


def test_the_token_itself_is_let_in(stage: Stage) -> None:
    answer = requests.post(
        stage.server["graphql_url"],
        json={"query": QUERY},
        headers={"Authorization": stage.tokens["alice"]},
        timeout=20,
    )
    assert "errors" not in answer.json()
