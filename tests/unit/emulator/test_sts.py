"""``/sts/``: who calls, and who may assume which role."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from requests_aws4auth import AWS4Auth

from amplikit.blueprint.config import FunctionConfig, IamUserConfig, RoleConfig
from amplikit.blueprint.resources import PolicyStatement
from amplikit.emulator.server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from botocore.client import BaseClient
    from conftest import Api, MakeApi

# One for all: each session reads the services' descriptions again.
SESSION = boto3.Session()
ACCOUNT = "123456789012"


def statement(effect: str, action: str, *resources: str) -> PolicyStatement:
    return PolicyStatement(effect, (action,), resources)


def arn(role: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:role/{role}"


def roles() -> tuple[RoleConfig, ...]:
    every = (statement("Allow", "*", "*"),)
    return (
        RoleConfig("admin", every),
        RoleConfig("nothing", ()),
        RoleConfig("refusing", (*every, statement("Deny", "sts:*", arn("named")))),
        RoleConfig("some", (statement("Allow", "sts:AssumeRole", arn("open*")),)),
        RoleConfig("open", (statement("Allow", "appsync:*", "*"),)),
        RoleConfig("open-long", (), max_session_s=43_200),
        RoleConfig("named", (), trust=("role:nothing", "role:refusing", "user:ci")),
        RoleConfig("outside", (), trust=("account",), external_id="abc-123"),
        RoleConfig("pool", (), trust=("identity-pool",)),
        RoleConfig("runs", ()),
        RoleConfig("runs-and-open", (), trust=("lambda", "account")),
    )


@pytest.fixture
def api(make_api: MakeApi, tmp_path: Path) -> Api:
    functions = (
        FunctionConfig("f", tmp_path, "runs"),
        FunctionConfig("g", tmp_path, "runs-and-open"),
    )
    users = (
        IamUserConfig("ci", (statement("Allow", "appsync:*", "*"),)),
        IamUserConfig("ops", (statement("Allow", "*", "*"),)),
    )
    settings = {"roles": roles(), "functions": functions, "iam_users": users}
    return make_api(settings=settings)


@contextmanager
def served(api: Api) -> Iterator[str]:
    with running(api.service.runtime) as endpoints:
        yield endpoints.base_url


def credentials(api: Api, who: str) -> dict[str, str | None]:
    kind, _, name = who.partition(":")
    store = api.identity.credentials
    made = (
        store.for_iam_user(name, api.clock[0])
        if kind == "user"
        else store.for_role(name, "caller", api.clock[0], timedelta(hours=1))
    )
    return {
        "aws_access_key_id": made.access_key_id,
        "aws_secret_access_key": made.secret_key,
        "aws_session_token": made.session_token,
    }


def sts(url: str, keys: dict[str, Any]) -> BaseClient:
    return SESSION.client(
        "sts", region_name="us-east-1", endpoint_url=f"{url}/sts/", **keys
    )


def test_a_role_and_a_user_are_told_who_they_are(api: Api) -> None:
    with served(api) as url:
        role = sts(url, credentials(api, "role:open")).get_caller_identity()
        user = sts(url, credentials(api, "user:ci")).get_caller_identity()
    assert role["Account"] == user["Account"] == ACCOUNT
    assert role["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/open/caller"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}:caller", role["UserId"])
    assert user["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ci"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", user["UserId"])


def test_an_assumed_role_calls_the_api_as_itself(api: Api) -> None:
    api.resolvers.answers["Query.getPost"] = {"id": "1"}
    with served(api) as url:
        answer = sts(url, credentials(api, "role:some")).assume_role(
            RoleArn=arn("open"), RoleSessionName="job.1@x=+,-", DurationSeconds=900
        )
        made = answer["Credentials"]
        auth = AWS4Auth(
            made["AccessKeyId"],
            made["SecretAccessKey"],
            "us-east-1",
            "appsync",
            session_token=made["SessionToken"],
        )
        query = {"query": "{ getPost(id: 1) { id } }"}
        called = requests.post(f"{url}/graphql", json=query, auth=auth, timeout=10)
        api.clock[0] += timedelta(seconds=200)
        keys = {
            "aws_access_key_id": made["AccessKeyId"],
            "aws_secret_access_key": made["SecretAccessKey"],
            "aws_session_token": made["SessionToken"],
        }
        again = sts(url, keys).get_caller_identity()
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/open/job.1@x=+,-"
    assert answer["AssumedRoleUser"]["Arn"] == again["Arn"] == session
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":job.1@x=+,-")
    lasts = made["Expiration"].timestamp() - api.clock[0].timestamp() + 200
    assert lasts == pytest.approx(900, abs=1)
    assert called.json() == {"data": {"getPost": {"id": "1"}}}
    caller = api.resolvers.calls[0].caller
    assert (caller.role, caller.user_arn) == ("open", session)
    assert caller.cognito_identity_id is None


def test_an_iam_user_calls_the_api_with_a_long_term_key(api: Api) -> None:
    api.resolvers.answers["Query.getPost"] = {"id": "1"}
    keys = credentials(api, "user:ci")
    assert keys["aws_access_key_id"].startswith("AKIA")
    auth = AWS4Auth(
        keys["aws_access_key_id"], keys["aws_secret_access_key"], "us-east-1", "appsync"
    )
    with served(api) as url:
        query = {"query": "{ getPost(id: 1) { id } }"}
        answer = requests.post(f"{url}/graphql", json=query, auth=auth, timeout=10)
    assert answer.json() == {"data": {"getPost": {"id": "1"}}}
    assert api.resolvers.calls[0].caller.label == "iam:user/ci"


DENIED = [
    ("role:nothing", "open"),
    ("role:some", "admin"),
    ("role:admin", "named"),
    ("role:refusing", "named"),
    ("user:ops", "named"),
    ("role:admin", "pool"),
    ("role:admin", "runs"),
    ("role:admin", "outside"),
    ("role:admin", "test-authRole"),
    ("role:admin", "test-unauthRole"),
    ("role:admin", "writer"),
    ("role:admin", "nobody"),
    ("role:ci", "named"),
    ("user:ci", "open"),
]
ALLOWED = [
    ("role:admin", "open"),
    ("role:some", "open"),
    ("role:admin", "admin"),
    ("role:nothing", "named"),
    ("user:ci", "named"),
    ("user:ops", "open"),
    ("role:admin", "runs-and-open"),
]


@pytest.mark.parametrize(("who", "role"), DENIED)
def test_a_role_that_does_not_trust_the_caller_is_refused_like_one_that_is_not_there(
    api: Api, who: str, role: str
) -> None:
    with served(api) as url, pytest.raises(ClientError) as raised:
        sts(url, credentials(api, who)).assume_role(
            RoleArn=arn(role), RoleSessionName="session"
        )
    error = raised.value.response
    assert error["Error"]["Code"] == "AccessDenied"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403
    name = who.partition(":")[2]
    caller = (
        f"arn:aws:iam::{ACCOUNT}:user/{name}"
        if who.startswith("user")
        else f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/caller"
    )
    assert error["Error"]["Message"] == (
        f"User: {caller} is not authorized to perform: sts:AssumeRole on resource:"
        f" {arn(role)}"
    )


@pytest.mark.parametrize(("who", "role"), ALLOWED)
def test_trust_and_policy_let_a_caller_assume_a_role(
    api: Api, who: str, role: str
) -> None:
    with served(api) as url:
        answer = sts(url, credentials(api, who)).assume_role(
            RoleArn=arn(role), RoleSessionName="session"
        )
    assert f":assumed-role/{role}/session" in answer["AssumedRoleUser"]["Arn"]


def test_an_external_id_must_be_the_roles(api: Api) -> None:
    with served(api) as url:
        client = sts(url, credentials(api, "role:admin"))
        asked = {"RoleArn": arn("outside"), "RoleSessionName": "session"}
        for wrong in ("abc-12", "ABC-123", "abc-1234"):
            with pytest.raises(ClientError, match="AccessDenied"):
                client.assume_role(**asked, ExternalId=wrong)
        assert client.assume_role(**asked, ExternalId="abc-123")["Credentials"]
    assert "abc-123" not in "".join(api.log)


def assume(api: Api, who: str = "role:admin", **form: str) -> tuple[int, str, str]:
    """Return status, code and message of a request that boto3 would not send."""
    own = {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": arn("open-long")}
    given = {**own, "RoleSessionName": "session", **form}
    with served(api) as url:
        keys = credentials(api, who)
        auth = AWS4Auth(
            keys["aws_access_key_id"],
            keys["aws_secret_access_key"],
            "us-east-1",
            "sts",
            session_token=keys["aws_session_token"],
        )
        filled = {name: value for name, value in given.items() if value is not None}
        answer = requests.post(f"{url}/sts/", data=filled, auth=auth, timeout=10)
    code = re.search("<Code>(.*)</Code>", answer.text)
    message = re.search("<Message>(.*)</Message>", answer.text, re.DOTALL)
    return answer.status_code, code[1] if code else "", message[1] if message else ""


BAD: dict[str, tuple[dict[str, str | None], str]] = {
    "no role": ({"RoleArn": None}, "Value null at 'roleArn'"),
    "no session": ({"RoleSessionName": None}, "Value null at 'roleSessionName'"),
    "a short session": ({"RoleSessionName": "a"}, "Value 'a' at 'roleSessionName'"),
    "a long session": ({"RoleSessionName": "a" * 65}, "less than or equal to 64"),
    "a session with a space": ({"RoleSessionName": "a b"}, "regular expression"),
    "a session with a slash": ({"RoleSessionName": "a/b"}, "regular expression"),
    "a session beyond ASCII": ({"RoleSessionName": "aé"}, "regular expression"),
    "no ARN": ({"RoleArn": "open"}, "open is invalid"),
    "too short": ({"DurationSeconds": "899"}, "greater than or equal to 900"),
    "too long": ({"DurationSeconds": "43201"}, "less than or equal to 43200"),
    "chained": ({"DurationSeconds": "3601"}, "1 hour session limit"),
    "a short external id": ({"ExternalId": "a"}, "at 'externalId'"),
    "an odd external id": ({"ExternalId": "a b"}, "at 'externalId'"),
    "a session policy": ({"Policy": "{}"}, "does not evaluate the parameter Policy"),
    "a second factor": ({"TokenCode": "123456"}, "does not evaluate the parameter"),
}


@pytest.mark.parametrize("name", [*BAD])
def test_bad_input_is_refused(api: Api, name: str) -> None:
    form, text = BAD[name]
    status, code, message = assume(api, **form)
    assert (status, code) == (400, "ValidationError")
    assert text in message


def test_a_user_may_have_a_long_session_as_far_as_the_role_lets_it(api: Api) -> None:
    assert assume(api, "user:ops", DurationSeconds="43200")[0] == 200
    _, code, message = assume(
        api, "user:ops", DurationSeconds="3601", RoleArn=arn("open")
    )
    assert code == "ValidationError"
    assert "MaxSessionDuration" in message


def test_another_accounts_role_is_not_ours(api: Api) -> None:
    assert assume(api, RoleArn=arn("open", "210987654321"))[:2] == (403, "AccessDenied")


def test_unknown_actions_are_refused(api: Api) -> None:
    told = assume(api, Action="GetSession<Token>")
    text = "Could not find operation GetSession&lt;Token&gt; for version 2011-06-15"
    assert told == (400, "InvalidAction", text)
    assert assume(api, Version="2010-01-01")[1] == "InvalidAction"


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        ({"aws_secret_access_key": "x" * 40}, 403, "SignatureDoesNotMatch"),
        ({"aws_access_key_id": "ASIAUNKNOWN"}, 403, "InvalidClientTokenId"),
        ({"aws_session_token": None}, 403, "InvalidClientTokenId"),
        ({"aws_session_token": "x"}, 403, "InvalidClientTokenId"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused_in_the_query_protocols_words(
    api: Api, spoil: dict[str, str | None], status: int, code: str
) -> None:
    with served(api) as url:
        client = sts(url, credentials(api, "role:open") | spoil)
        with pytest.raises(ClientError) as raised:
            client.get_caller_identity()
    error = raised.value.response
    assert (error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"]) == (
        status,
        code,
    )


def test_without_a_signature_nobody_is_anybody(api: Api) -> None:
    answer = api.http("POST", "/sts/", {}, b"Action=GetCallerIdentity")
    assert answer.status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in answer.body
    assert answer.headers["content-type"] == "text/xml"
    assert "x-amzn-requestid" in answer.headers
    for body in (b"Action=%ZZ\xff", b"&&&=", b"\xff\xfe", b"a"):
        assert api.http("POST", "/sts/", {}, body).status in (400, 403)
