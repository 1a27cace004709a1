"""boto3 as it is at ``/cognito-identity/``: who gets which identity and which role."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config as BotoConfig
from botocore.exceptions import ClientError
from requests_aws4auth import AWS4Auth

from amplikit.blueprint.config import RoleConfig
from amplikit.blueprint.identity_pool import (
    AmbiguousRole,
    IdentityPoolSettings,
    MatchType,
    RoleMapping,
    RoleRule,
)
from amplikit.blueprint.resources import PolicyStatement
from amplikit.emulator.server import running
from amplikit.identity.identity_pool.identities import Identities, Login

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from botocore.client import BaseClient
    from conftest import Api, MakeApi

# One for all: each session reads the services' descriptions again.
SESSION = boto3.Session()
ROLES = (
    RoleConfig("admin", (PolicyStatement("Allow", ("*",), ("*",)),)),
    RoleConfig(
        "editor",
        (PolicyStatement("Allow", ("appsync:GraphQL",), ("*",)),),
        trust=("identity-pool",),
    ),
    RoleConfig("untrusting", ()),
)


@dataclass
class Pool:
    """The pool behind a socket, and its client."""

    api: Api
    url: str
    client: Any

    @property
    def id(self) -> str:
        return self.api.identity.facts.identity_pool_id

    @property
    def provider(self) -> str:
        return self.api.identity.facts.user_pool_provider

    def token(self, use: str = "id", **claims: object) -> str:
        issuer = f"{self.url}/cognito-idp/{self.api.identity.facts.user_pool_id}"
        return self.api.token(use, **{"iss": issuer, **claims})

    def logins(self, **claims: object) -> dict[str, str]:
        return {self.provider: self.token(**claims)}

    def get_id(self, logins: dict[str, str] | None = None) -> str:
        given = {} if logins is None else {"Logins": logins}
        return self.client.get_id(IdentityPoolId=self.id, **given)["IdentityId"]

    def credentials(
        self, identity_id: str, logins: dict[str, str] | None = None, **more: str
    ) -> dict[str, Any]:
        given = {} if logins is None else {"Logins": logins}
        answer = self.client.get_credentials_for_identity(
            IdentityId=identity_id, **given, **more
        )
        return answer["Credentials"]

    def role(self, logins: dict[str, str], **more: str) -> str:
        """Return the role that STS names for the credentials of these logins."""
        made = self.credentials(self.get_id(logins), logins, **more)
        sts = SESSION.client(
            "sts",
            region_name="us-east-1",
            endpoint_url=f"{self.url}/sts/",
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretKey"],
            aws_session_token=made["SessionToken"],
        )
        return sts.get_caller_identity()["Arn"].split("/")[1]

    def graphql(self, made: dict[str, Any], query: str) -> requests.Response:
        auth = AWS4Auth(
            made["AccessKeyId"],
            made["SecretKey"],
            "us-east-1",
            "appsync",
            session_token=made["SessionToken"],
        )
        return requests.post(
            f"{self.url}/graphql", json={"query": query}, auth=auth, timeout=10
        )


@contextmanager
def served(api: Api) -> Iterator[Pool]:
    with running(api.service.runtime) as endpoints:
        client = SESSION.client(
            "cognito-identity",
            region_name="us-east-1",
            endpoint_url=endpoints.identity_pool,
            config=BotoConfig(signature_version=UNSIGNED),
        )
        yield Pool(api, endpoints.base_url, client)


@pytest.fixture
def pool(make_api: MakeApi) -> Iterator[Pool]:
    with served(make_api(settings={"roles": ROLES})) as found:
        yield found


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Code"], error["Message"]


def test_a_users_credentials_carry_the_identity_into_the_request(pool: Pool) -> None:
    pool.api.resolvers.answers["Query.getPost"] = {"id": "1"}
    identity_id = pool.get_id(pool.logins())
    made = pool.credentials(identity_id, pool.logins())

    assert made["AccessKeyId"].startswith("ASIA")
    lasts = made["Expiration"].timestamp() - pool.api.clock[0].timestamp()
    assert lasts == pytest.approx(3600, abs=1)
    answer = pool.graphql(made, "{ getPost(id: 1) { id } }")
    assert answer.json() == {"data": {"getPost": {"id": "1"}}}
    caller = pool.api.resolvers.calls[0].caller
    sub = pool.api.identity.pool.users.get("alice").sub
    assert caller.cognito_identity_id == identity_id
    assert caller.cognito_identity_pool_id == pool.id
    assert caller.cognito_identity_auth_type == "authenticated"
    assert caller.cognito_identity_auth_provider == (
        f'"{pool.provider}","{pool.provider}:CognitoSignIn:{sub}"'
    )
    assert caller.user_arn == (
        "arn:aws:sts::123456789012:assumed-role/test-authRole/CognitoIdentityCredentials"
    )


def test_a_guest_gets_the_guest_role_and_a_new_identity_each_time(pool: Pool) -> None:
    first, second = pool.get_id(), pool.get_id()
    assert first != second
    made = pool.credentials(first)
    answer = pool.graphql(made, "{ getPost(id: 1) { id } }")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["message"] == "Permission denied"


def test_credentials_expire_after_an_hour(pool: Pool) -> None:
    made = pool.credentials(pool.get_id(pool.logins()), pool.logins())
    pool.api.identity.database.write(
        "UPDATE credential SET expires_at = 1 WHERE access_key_id = ?",
        made["AccessKeyId"],
    )
    answer = pool.graphql(made, "{ getPost(id: 1) { id } }")
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"] == "ExpiredTokenException"


def test_a_user_has_the_same_identity_each_time_and_another_user_another(
    pool: Pool,
) -> None:
    assert pool.get_id(pool.logins()) == pool.get_id(pool.logins())
    assert pool.get_id(pool.logins(sub="other")) != pool.get_id(pool.logins())


def test_the_local_issuer_is_a_name_of_the_provider_too(pool: Pool) -> None:
    host = pool.url.removeprefix("http://")
    name = f"{host}/cognito-idp/{pool.api.identity.facts.user_pool_id}"
    assert pool.get_id({name: pool.token()}) == pool.get_id(pool.logins())


def test_a_guest_becomes_the_user_who_signs_in_with_the_guests_id(pool: Pool) -> None:
    guest = pool.get_id()
    pool.credentials(guest, pool.logins())
    assert pool.get_id(pool.logins()) == guest
    code, message = refusal(lambda: pool.credentials(guest))
    assert code == "NotAuthorizedException"
    assert message.startswith("Logins don't match.")


def test_nobody_gets_the_credentials_of_another_identity(pool: Pool) -> None:
    mine = pool.get_id(pool.logins())
    theirs = pool.get_id(pool.logins(sub="other"))
    for call in (
        lambda: pool.credentials(theirs, pool.logins()),
        lambda: pool.credentials(mine),
    ):
        assert refusal(call)[1].startswith("Logins don't match.")


def test_a_guest_who_signs_in_again_becomes_who_the_user_was(pool: Pool) -> None:
    mine, guest = pool.get_id(pool.logins()), pool.get_id()

    answer = pool.client.get_credentials_for_identity(
        IdentityId=guest, Logins=pool.logins()
    )

    assert answer["IdentityId"] == mine
    assert refusal(lambda: pool.credentials(guest))[0] == "ResourceNotFoundException"


def test_guests_are_refused_where_they_are_not_wanted(make_api: MakeApi) -> None:
    settings = {"identity_pool": IdentityPoolSettings(guests=False)}
    text = "Unauthenticated access is not supported for this identity pool."
    with served(make_api(settings=settings)) as pool:
        assert refusal(pool.get_id) == ("NotAuthorizedException", text)
        guest = pool.api.identity.credentials.identities.guest(pool.api.clock[0])
        code, message = refusal(lambda: pool.credentials(guest.identity_id))
        assert (code, message) == ("NotAuthorizedException", text)
        assert pool.role(pool.logins()) == "test-authRole"


def changed(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    forged = json.dumps({**claims, "sub": "admin"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(forged).decode().rstrip('=')}.{signature}"


ATTACKS: dict[str, tuple[Callable[[Pool], str], str]] = {
    "an access token": (
        lambda pool: pool.token("access"),
        "Missing a required claim: aud",
    ),
    "no token": (lambda _: "x", "Not a valid OpenId Connect identity token."),
    "changed claims": (lambda pool: changed(pool.token()), "Token signature invalid"),
    "another issuer": (
        lambda pool: pool.token(iss="https://evil.example"),
        "Issuer doesn't match providerName",
    ),
    "another client": (
        lambda pool: pool.token(aud="other"),
        "Incorrect token audience.",
    ),
    "not yet valid": (
        lambda pool: pool.token(nbf=2**33),
        "Token is not valid yet.",
    ),
    "expired": (lambda pool: pool.token(exp=5), "Token expired: "),
}


@pytest.mark.parametrize("name", [*ATTACKS])
def test_a_login_that_does_not_hold_is_refused(pool: Pool, name: str) -> None:
    make, text = ATTACKS[name]
    login = {pool.provider: make(pool)}
    code, message = refusal(lambda: pool.get_id(login))
    assert code == "NotAuthorizedException"
    assert message.startswith(f"Invalid login token. {text}")
    guest = pool.get_id()
    assert refusal(lambda: pool.credentials(guest, login))[1] == message


def test_a_provider_that_the_pool_does_not_know_is_refused(pool: Pool) -> None:
    for name in ("accounts.google.com", "cognito-idp.us-east-1.amazonaws.com/x_y"):
        login = {name: pool.token()}
        assert refusal(lambda login=login: pool.get_id(login)) == (
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool.",
        )


def test_an_identity_or_a_pool_that_is_not_there_is_not_found(pool: Pool) -> None:
    other = "us-east-1:00000000-0000-4000-8000-000000000000"
    for call in (
        lambda: pool.client.get_id(IdentityPoolId=other),
        lambda: pool.credentials(other),
        lambda: pool.client.get_open_id_token(IdentityId=other),
    ):
        code, message = refusal(call)
        assert code == "ResourceNotFoundException"
        assert message.endswith(f"'{other}' not found.")
    assert refusal(lambda: pool.credentials("a:'; DROP TABLE"))[0] == (
        "ValidationException"
    )


def arn(role: str, account: str = "123456789012") -> str:
    return f"arn:aws:iam::{account}:role/{role}"


RULES = RoleMapping(
    (
        RoleRule("custom:level", MatchType.EQUALS, "9", "editor"),
        RoleRule("email", MatchType.CONTAINS, "@staff.", "editor"),
        RoleRule("custom:team", MatchType.STARTS_WITH, "ed", "editor"),
        RoleRule("cognito:groups", MatchType.EQUALS, "editors", "editor"),
        RoleRule("custom:kind", MatchType.NOT_EQUAL, "plain", "untrusting"),
    ),
    AmbiguousRole.AUTHENTICATED_ROLE,
)
TOKEN = RoleMapping(None)
STRICT = RoleMapping(None, AmbiguousRole.DENY)
PREFERRED, LISTED = "cognito:preferred_role", "cognito:roles"
ROLE_CASES = [
    (RULES, {}, {}, "test-authRole"),
    (RULES, {"custom:level": "9"}, {}, "editor"),
    (RULES, {"custom:level": "99"}, {}, "test-authRole"),
    (RULES, {"email": "a@staff.example"}, {}, "editor"),
    (RULES, {"custom:team": "editing"}, {}, "editor"),
    (RULES, {"custom:team": "my-editing"}, {}, "test-authRole"),
    (RULES, {"cognito:groups": ["x", "editors"]}, {}, "editor"),
    (RULES, {"custom:kind": "plain"}, {}, "test-authRole"),
    (RULES, {"custom:kind": "fine"}, {}, "Invalid identity pool configuration."),
    (RULES, {}, {"CustomRoleArn": arn("editor")}, "The token does not allow"),
    (TOKEN, {PREFERRED: arn("editor")}, {}, "editor"),
    (TOKEN, {}, {}, "test-authRole"),
    (TOKEN, {LISTED: [arn("editor")]}, {}, "test-authRole"),
    (TOKEN, {LISTED: [arn("editor")]}, {"CustomRoleArn": arn("editor")}, "editor"),
    (TOKEN, {PREFERRED: arn("editor")}, {"CustomRoleArn": arn("admin")}, "The token"),
    (TOKEN, {PREFERRED: arn("admin")}, {}, "Invalid identity pool configuration."),
    (TOKEN, {PREFERRED: arn("editor", "210987654321")}, {}, "Invalid identity pool"),
    (TOKEN, {PREFERRED: arn("nobody")}, {}, "Invalid identity pool configuration."),
    (STRICT, {}, {}, "The ambiguous role mapping rules for: cognito-idp."),
    (STRICT, {PREFERRED: arn("editor")}, {}, "editor"),
    (None, {PREFERRED: arn("editor")}, {}, "test-authRole"),
    (None, {}, {"CustomRoleArn": arn("editor")}, "The token does not allow"),
]


@pytest.mark.parametrize(("mapping", "claims", "more", "expected"), ROLE_CASES)
def test_the_role_follows_from_token_and_mapping(
    make_api: MakeApi,
    mapping: RoleMapping | None,
    claims: dict[str, object],
    more: dict[str, str],
    expected: str,
) -> None:
    settings = {
        "roles": ROLES,
        "identity_pool": IdentityPoolSettings(mapping=mapping),
    }
    with served(make_api(settings=settings)) as pool:
        logins = pool.logins(**claims)
        if " " in expected:
            assert refusal(lambda: pool.role(logins, **more))[1].startswith(expected)
        else:
            assert pool.role(logins, **more) == expected


def test_the_pools_own_token_buys_credentials_at_sts(pool: Pool) -> None:
    identity_id = pool.get_id(pool.logins())
    answer = pool.client.get_open_id_token(IdentityId=identity_id, Logins=pool.logins())
    claims = json.loads(base64.urlsafe_b64decode(answer["Token"].split(".")[1] + "=="))
    sub = pool.api.identity.pool.users.get("alice").sub
    assert claims["iss"] == "https://cognito-identity.amazonaws.com"
    assert (claims["sub"], claims["aud"]) == (identity_id, pool.id)
    assert claims["amr"] == ["authenticated", pool.provider, f"{pool.provider}:{sub}"]
    assert claims["exp"] - claims["iat"] == 600

    sts = SESSION.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=f"{pool.url}/sts/",
        config=BotoConfig(signature_version=UNSIGNED),
    )

    def assume(role: str, token: str = answer["Token"]) -> dict[str, Any]:
        return sts.assume_role_with_web_identity(
            RoleArn=arn(role), RoleSessionName="web", WebIdentityToken=token
        )

    made = assume("test-authRole")
    assert made["SubjectFromWebIdentityToken"] == identity_id
    for role in ("test-unauthRole", "admin", "nobody", "writer"):
        with pytest.raises(ClientError, match="AccessDenied"):
            assume(role)
    for token in (changed(answer["Token"]), pool.token(), "nonsense"):
        with pytest.raises(ClientError, match="InvalidIdentityToken"):
            assume("test-authRole", token)
    pool.api.clock[0] += timedelta(seconds=601)
    with pytest.raises(ClientError, match="InvalidIdentityToken"):
        assume("test-authRole")


def test_the_pools_own_token_is_no_user_pool_token(pool: Pool) -> None:
    token = pool.client.get_open_id_token(IdentityId=pool.get_id())["Token"]
    answer = requests.post(
        f"{pool.url}/graphql",
        json={"query": "{ userOnly }"},
        headers={"authorization": token},
        timeout=10,
    )
    assert answer.status_code == 401


def test_without_the_classic_flow_there_are_no_tokens(make_api: MakeApi) -> None:
    settings = {"identity_pool": IdentityPoolSettings(classic_flow=False)}
    with served(make_api(settings=settings)) as pool:
        guest = pool.get_id()
        call = lambda: pool.client.get_open_id_token(IdentityId=guest)  # noqa: E731
        assert refusal(call)[0] == "InvalidParameterException"


def administrator(pool: Pool, role: str) -> BaseClient:
    credential = pool.api.identity.credentials.for_role(
        role, "session", pool.api.clock[0], timedelta(hours=1)
    )
    return SESSION.client(
        "cognito-identity",
        region_name="us-east-1",
        endpoint_url=f"{pool.url}/cognito-identity/",
        aws_access_key_id=credential.access_key_id,
        aws_secret_access_key=credential.secret_key,
        aws_session_token=credential.session_token,
    )


def test_who_may_administer_the_pool_sees_it_and_nobody_else(pool: Pool) -> None:
    identity_id = pool.get_id(pool.logins())
    guest = pool.get_id()
    client = administrator(pool, "admin")
    (listed,) = client.list_identity_pools(MaxResults=5)["IdentityPools"]
    assert listed["IdentityPoolId"] == pool.id
    described = client.describe_identity_pool(IdentityPoolId=pool.id)
    assert described["AllowUnauthenticatedIdentities"] is True
    assert client.describe_identity(IdentityId=identity_id)["Logins"] == [pool.provider]
    first = client.list_identities(IdentityPoolId=pool.id, MaxResults=1)
    rest = client.list_identities(
        IdentityPoolId=pool.id, MaxResults=9, NextToken=first["NextToken"]
    )
    found = [one["IdentityId"] for one in (*first["Identities"], *rest["Identities"])]
    assert sorted(found) == sorted((identity_id, guest))
    client.delete_identities(IdentityIdsToDelete=[guest])
    assert refusal(lambda: pool.credentials(guest))[0] == "ResourceNotFoundException"

    for stranger, code in (
        (administrator(pool, "editor"), "AccessDeniedException"),
        (pool.client, "MissingAuthenticationTokenException"),
    ):
        for call in (
            lambda one=stranger: one.list_identity_pools(MaxResults=5),
            lambda one=stranger: one.describe_identity(IdentityId=identity_id),
            lambda one=stranger: one.delete_identities(
                IdentityIdsToDelete=[identity_id]
            ),
        ):
            assert refusal(call)[0] == code


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("GetId", b"{", "SerializationException"),
        ("GetId", b"[]", "SerializationException"),
        ("GetId", b"{}", "ValidationException"),
        ("GetId", b'{"IdentityPoolId": 1}', "ValidationException"),
        ("CreateIdentityPool", b"{}", "UnknownOperationException"),
        ("Nonsense", b"{}", "UnknownOperationException"),
        ("", b"{}", "UnknownOperationException"),
    ],
)
def test_bad_input_is_refused_in_the_protocols_form(
    api: Api, target: str, body: bytes, code: str
) -> None:
    name = {"x-amz-target": f"AWSCognitoIdentityService.{target}"}
    answer = api.http("POST", "/cognito-identity/", name, body)
    assert answer.status == 400
    assert answer.json["__type"] == code
    assert answer.headers["x-amzn-errortype"] == code
    assert answer.headers["access-control-allow-origin"] == "*"


def test_guests_who_keep_coming_do_not_fill_the_folder(api: Api) -> None:
    store = api.identity
    few = Identities(store.database, store.facts, store.pool.entropy, most=20)
    user = few.of((Login("p", "s"),), api.clock[0])
    for second in range(100):
        few.guest(api.clock[0] + timedelta(seconds=second))
    assert len(few.all()) <= 20
    assert few.of((Login("p", "s"),), api.clock[0]) == user
