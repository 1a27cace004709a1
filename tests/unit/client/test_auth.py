"""Who calls: headers, signatures, and where credentials come from."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from amplikit_client import (
    ApiKeyAuth,
    AppSyncClient,
    IamAuth,
    InvalidCall,
    UserPoolAuth,
)
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "http://localhost:20002/graphql"


def signed_by_botocore(
    url: str, body: bytes, headers: dict[str, str], keys: Credentials, region: str
) -> str:
    """Sign the same headers again, with the time that they carry."""
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0]
    sent = {name.lower(): value for name, value in headers.items()}
    request = AWSRequest(
        "POST",
        url,
        data=body,
        headers={name: sent[name] for name in signed.split(";") if name != "host"},
    )
    request.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(keys, "appsync", region)
    canonical = signer.canonical_request(request)
    return signer.signature(signer.string_to_sign(request, canonical), request)


BODIES = {
    "empty": b"{}",
    "ascii": b'{"query": "{ a }"}',
    "non-ascii": '{"query": "{ a(x: \\"Zürich ✓ 👍\\") }"}'.encode(),
    "large": b"x" * 1_000_000,
}
URLS = {
    "local": URL,
    "default port": "http://localhost:80/graphql",
    "tls": "https://localhost/graphql",
    "aws": "https://abc.appsync-api.eu-west-1.amazonaws.com/graphql",
    "ipv6": "http://[::1]:20002/graphql",
    "upper case": "http://LocalHost:20002/graphql",
}


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("token", [None, "session+token/="], ids=["fixed", "temporary"])
def test_a_signature_is_the_one_botocore_computes(
    url: str, body: bytes, token: str | None
) -> None:
    headers = IamAuth("eu-west-1", "AKIDEXAMPLE", "secret/+", token).headers(
        url, body, NOW
    )
    keys = Credentials("AKIDEXAMPLE", "secret/+", token)
    # requests sends the host in lower case, and so it is signed.
    expected = signed_by_botocore(url.lower(), body, headers, keys, "eu-west-1")
    assert headers["Authorization"].endswith(f"Signature={expected}")
    assert headers["x-amz-date"] == "20260102T030405Z"
    assert headers.get("x-amz-security-token") == token


REGIONS = {
    "given": (IamAuth("us-west-2"), "https://x.appsync-api.eu-west-1.amazonaws.com/g"),
    "host": (IamAuth(), "https://x.appsync-api.us-west-2.amazonaws.com/graphql"),
    "host in China": (IamAuth(), "https://x.appsync-api.us-west-2.amazonaws.com.cn/g"),
}


@pytest.mark.parametrize(("auth", "url"), REGIONS.values(), ids=REGIONS)
def test_a_region_given_or_in_the_host_wins_over_the_environment(
    auth: IamAuth, url: str
) -> None:
    assert auth.region_for(url, {"AWS_REGION": "eu-north-1"}) == "us-west-2"


ENVIRONMENTS = {
    "AWS_REGION": ({"AWS_REGION": "a", "AWS_DEFAULT_REGION": "b"}, "a"),
    "AWS_DEFAULT_REGION": ({"AWS_DEFAULT_REGION": "b"}, "b"),
    "empty": ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "b"}, "b"),
}


@pytest.mark.parametrize(("environ", "region"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_region_of_a_local_api_is_the_environments(
    environ: dict[str, str], region: str
) -> None:
    assert IamAuth().region_for(URL, environ) == region


def test_no_region_is_an_error_that_says_what_to_set() -> None:
    with pytest.raises(InvalidCall, match="AWS_REGION"):
        IamAuth().region_for(URL, {})


def test_nothing_secret_is_in_a_repr(service: Callable) -> None:
    iam = IamAuth("r", "AKIDSECRET", "hidden", "hidden")
    api = service((200, {"data": {}}))
    for auth in (ApiKeyAuth("hidden"), UserPoolAuth("hidden"), iam):
        client = AppSyncClient(URL, auth, transport=api)
        client.execute("{ a }")
        shown = [client, auth, api.calls[-1], vars(auth) if auth is iam else None]
        assert "hidden" not in repr(shown)


@pytest.mark.parametrize("value", ["", " ", "a\nb", "a\x00", "schlüssel", None, 7])
def test_a_key_or_token_that_no_header_can_hold_is_refused(value: object) -> None:
    with pytest.raises(InvalidCall):
        ApiKeyAuth(value)
    with pytest.raises(InvalidCall):
        UserPoolAuth(value)
    with pytest.raises(InvalidCall):
        UserPoolAuth(lambda: value).headers(URL, b"", NOW)


def test_white_space_around_a_token_is_not_sent() -> None:
    assert UserPoolAuth("jwt\n").headers(URL, b"", NOW) == {"Authorization": "jwt"}
    assert ApiKeyAuth(" da2-x ").headers(URL, b"", NOW) == {"x-api-key": "da2-x"}


@pytest.mark.parametrize(
    "given",
    [{"access_key": "a"}, {"secret_key": "b"}, {"session_token": "c"}],
    ids=["key alone", "secret alone", "token alone"],
)
def test_half_of_the_credentials_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(InvalidCall):
        IamAuth("eu-west-1", **given)


PRINT_KEY = """
import sys
from amplikit_client import IamAuth, InvalidCall
auth = IamAuth("eu-west-1")
try:
    held = auth.credentials.current()
    print(held.access_key, held.session_token, "boto3" in sys.modules)
except InvalidCall as error:
    print(error)
"""
NO_AWS = {
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
IN_ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}
OWN_SESSION = """
import boto3
boto3.setup_default_session(aws_access_key_id="OWN", aws_secret_access_key="s")
"""
SOURCES = {
    "environment, without boto3": ("", IN_ENVIRONMENT, "AKID None False"),
    "temporary": ("", {**IN_ENVIRONMENT, "AWS_SESSION_TOKEN": "t"}, "AKID t False"),
    "nothing": ("", {}, "No AWS credentials are found: set AWS_ACCESS_KEY_ID and"),
    "half": ("", {"AWS_ACCESS_KEY_ID": "AKID"}, ""),
    "the program's own session": (
        OWN_SESSION,
        IN_ENVIRONMENT,
        "OWN None True",
    ),
    "no boto3 at all": (
        "import sys; sys.modules['boto3'] = None",
        {},
        "No AWS credentials are found: set AWS_ACCESS_KEY_ID and",
    ),
}


@pytest.mark.parametrize(
    ("before", "environ", "printed"), SOURCES.values(), ids=SOURCES
)
def test_credentials_come_from_where_boto3_would_take_them(
    before: str, environ: dict[str, str], printed: str
) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"{before}\n{PRINT_KEY}"],
        env={**NO_AWS, **environ},
        capture_output=True,
        text=True,
        check=bool(printed),
    )
    assert found.stdout.startswith(printed)


def test_credentials_of_a_profile_are_found_by_boto3(tmp_path: object) -> None:
    profile = tmp_path / "credentials"
    profile.write_text("[default]\naws_access_key_id=FILE\naws_secret_access_key=s\n")
    found = subprocess.run(
        [sys.executable, "-c", PRINT_KEY],
        env={**NO_AWS, "AWS_SHARED_CREDENTIALS_FILE": str(profile)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "FILE None True\n"


def test_credentials_that_change_are_seen_by_the_next_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    auth = IamAuth("eu-west-1")
    # A default session, which any call of boto3.client makes, comes before.
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    for key in ("AKIDONE", "AKIDTWO"):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        signed = auth.headers(URL, b"{}", NOW)["Authorization"]
        assert f"Credential={key}/20260102/eu-west-1/appsync/aws4_request" in signed
