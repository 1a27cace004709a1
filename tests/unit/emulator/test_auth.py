from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from graphql import DirectiveNode, parse

import amplikit.emulator.auth
from amplikit.blueprint.config import RoleConfig
from amplikit.blueprint.field_access import field_access
from amplikit.blueprint.modes import AuthConfig, AuthMode, DefaultAction
from amplikit.blueprint.resources import PolicyStatement, Role, RoleKind
from amplikit.emulator.auth.classify import AUTH_TYPES, classify
from amplikit.emulator.auth.policy import RolePolicies, refuses_whole_request
from amplikit.emulator.auth.presented import Issuers
from amplikit.emulator.refusal import RequestRefusal
from amplikit.identity.caller import ApiKeyCaller, IamCaller, UserPoolCaller

KEY, IAM, POOL = AuthMode.API_KEY, AuthMode.IAM, AuthMode.USER_POOLS
OIDC, LAMBDA = AuthMode.OIDC, AuthMode.LAMBDA
JWT = "eyJhIjoxfQ.eyJpc3MiOiJ4In0.c2ln"
ISSUERS = Issuers(("x", "pool2"), ("https://o.example/", "https://p.example"))
FOREIGN = "eyJhIjoxfQ.eyJpc3MiOiJ5In0.c2ln"
WITHOUT_ISSUER = "eyJhIjoxfQ.e30.c2ln"
SIGV4 = "AWS4-HMAC-SHA256 Credential=x"


def jwt(issuer: str | None) -> str:
    claims = json.dumps({"iss": issuer}).encode()
    return f"eyJhIjoxfQ.{urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    ("headers", "modes", "expected"),
    [
        ({"x-api-key": "k"}, (POOL, KEY), KEY),
        ({"x-api-key": "k", "authorization": JWT}, (POOL, KEY), KEY),
        ({"x-api-key": "k", "authorization": JWT}, (POOL,), POOL),
        ({"x-api-key": "k"}, (POOL,), "Valid authorization header not provided."),
        ({"authorization": SIGV4}, (POOL, IAM), IAM),
        ({"authorization": SIGV4}, (KEY, POOL), "Valid authorization header"),
        ({"authorization": SIGV4}, (POOL,), "Unable to parse JWT token."),
        ({"authorization": SIGV4}, (IAM, LAMBDA), IAM),
        ({"authorization": JWT}, (KEY, POOL), POOL),
        ({"authorization": f"Bearer {JWT}"}, (POOL,), POOL),
        ({"authorization": f"bearer {JWT}"}, (POOL, LAMBDA), POOL),
        ({"authorization": jwt("https://o.example")}, (OIDC, KEY), OIDC),
        ({"authorization": jwt("https://o.example/")}, (LAMBDA, OIDC), OIDC),
        ({"authorization": f"Bearer {jwt('https://p.example/')}"}, (POOL, OIDC), OIDC),
        ({"authorization": jwt("https://p.example//x")}, (OIDC, KEY), "Valid author"),
        ({"authorization": jwt("pool2")}, (POOL, OIDC), POOL),
        ({"authorization": jwt("pool2")}, (OIDC, KEY), "Valid authorization header"),
        ({"authorization": jwt(None)}, (OIDC,), OIDC),
        ({"authorization": jwt("https://q.example")}, (OIDC,), OIDC),
        ({"authorization": "secret"}, (OIDC,), "Unable to parse JWT token."),
        ({"authorization": SIGV4}, (OIDC,), "Unable to parse JWT token."),
        ({"authorization": SIGV4}, (OIDC, LAMBDA), LAMBDA),
        ({"authorization": jwt("https://o.example") + "="}, (OIDC, LAMBDA), OIDC),
        ({"authorization": "x" + jwt("https://o.example")}, (OIDC, LAMBDA), LAMBDA),
        ({"authorization": "a.b.c"}, (OIDC, LAMBDA), LAMBDA),
        ({"authorization": f"Bearer {JWT}"}, (IAM, LAMBDA), LAMBDA),
        ({"x-api-key": "k"}, (LAMBDA,), "Valid authorization header not provided."),
        ({"authorization": ""}, (LAMBDA,), "Valid authorization header not provided."),
        ({"authorization": JWT}, (OIDC, KEY), "Valid authorization header"),
        ({"authorization": "secret"}, (POOL, LAMBDA), LAMBDA),
        ({"authorization": JWT}, (LAMBDA,), LAMBDA),
        ({"authorization": FOREIGN}, (POOL, KEY), "Valid authorization header"),
        ({"authorization": f"Bearer {FOREIGN}"}, (POOL, IAM), "Valid authorization"),
        ({"authorization": WITHOUT_ISSUER}, (POOL, KEY), "Valid authorization header"),
        ({"authorization": FOREIGN}, (POOL, LAMBDA), "Valid authorization header"),
        ({"authorization": FOREIGN}, (POOL, OIDC), "Valid authorization header"),
        ({"authorization": FOREIGN}, (POOL,), POOL),
        ({"authorization": "x"}, (POOL,), "Unable to parse JWT token."),
        ({"authorization": "a.b.c"}, (POOL, KEY), "Valid authorization header"),
        ({}, (POOL,), "Valid authorization header not provided."),
    ],
)
def test_the_shape_of_the_credentials_chooses_the_mode(
    headers: dict[str, str], modes: tuple[AuthMode, ...], expected: AuthMode | str
) -> None:
    found = classify(headers, modes, ISSUERS)

    if isinstance(expected, AuthMode):
        assert found is expected
    else:
        assert isinstance(found, RequestRefusal)
        assert (found.status, found.error_type) == (401, "UnauthorizedException")
        assert found.message.startswith(expected)


def test_every_mode_has_a_way_to_identify_and_each_way_its_file() -> None:
    folder = Path(amplikit.emulator.auth.__file__).parent
    helpers = {"__init__", "classify", "directives", "policy", "presented"}
    helpers |= {"authorizer", "bearer", "fetch", "issuers", "providers"}
    helpers |= {"role_trust", "token_issuers"}
    files = {path.stem for path in folder.glob("*.py")} - helpers

    assert {*AUTH_TYPES} == {*AuthMode}
    used = {identify.__module__.rpartition(".")[2] for identify in AUTH_TYPES.values()}
    assert used == files


def directives(text: str) -> tuple[DirectiveNode, ...]:
    definition = parse(f"type T {text} {{ a: Int }}").definitions[0]
    return tuple(definition.directives or ())


USERS = UserPoolCaller("s", "alice", "i", {"cognito:groups": ["A"]}, ("A",))
PARTNER = ApiKeyCaller("k")
ROLE = IamCaller("r", "arn", "1", "AK", "u")
ONLY_POOL = AuthConfig(POOL)
POOL_AND_MORE = AuthConfig(POOL, (KEY, IAM))
POOLS = "@aws_cognito_user_pools"
CLOSED_POOL = AuthConfig(POOL, (), DefaultAction.DENY)
CLOSED_AND_MORE = AuthConfig(POOL, (KEY, IAM), DefaultAction.DENY)


@pytest.mark.parametrize(
    ("field", "parent", "auth", "admitted"),
    [
        ("", "", POOL_AND_MORE, {"user"}),
        ("", "", AuthConfig(KEY, (POOL,)), {"key"}),
        ("@aws_api_key", "", POOL_AND_MORE, {"key"}),
        ("@aws_api_key @aws_iam", "", POOL_AND_MORE, {"key", "role"}),
        ("", "@aws_api_key @aws_iam", POOL_AND_MORE, {"key", "role"}),
        ("@aws_iam", "@aws_api_key @aws_iam", POOL_AND_MORE, {"role"}),
        (f'{POOLS}(cognito_groups: ["A"])', "", POOL_AND_MORE, {"user"}),
        (f'{POOLS}(cognito_groups: "A")', "", POOL_AND_MORE, {"user"}),
        (f'{POOLS}(cognito_groups: ["B"])', "", POOL_AND_MORE, set()),
        (f"{POOLS}(cognito_groups: [])", "", POOL_AND_MORE, {"user"}),
        (f'{POOLS}(cognito_groups: ["B"]) @aws_iam', "", POOL_AND_MORE, {"role"}),
        (f'{POOLS}(cognito_groups: ["B"])', "", ONLY_POOL, {"user"}),
        ('@aws_auth(cognito_groups: ["B"])', "", ONLY_POOL, set()),
        ('@aws_auth(cognito_groups: ["A", "B"])', "", ONLY_POOL, {"user"}),
        ('@aws_auth(cognito_groups: ["B"])', "", POOL_AND_MORE, {"user"}),
        ("@deprecated", "@aws_iam", POOL_AND_MORE, {"role"}),
        ("", "", CLOSED_POOL, set()),
        ("", POOLS, CLOSED_POOL, set()),
        ('@aws_auth(cognito_groups: ["A"])', "", CLOSED_POOL, {"user"}),
        ('@aws_auth(cognito_groups: ["B"])', "", CLOSED_POOL, set()),
        ("", "", CLOSED_AND_MORE, set()),
        (POOLS, "", CLOSED_AND_MORE, {"user"}),
        ("", f"{POOLS} @aws_iam", CLOSED_AND_MORE, {"user", "role"}),
        (f'{POOLS}(cognito_groups: ["B"])', "", CLOSED_AND_MORE, set()),
        ("@aws_api_key", "", CLOSED_AND_MORE, {"key"}),
        ("", "", AuthConfig(KEY, (POOL,), DefaultAction.DENY), {"key"}),
    ],
)
def test_directives_admit(
    field: str, parent: str, auth: AuthConfig, admitted: set[str]
) -> None:
    access = field_access(directives(field), directives(parent), auth)

    callers = {"user": USERS, "key": PARTNER, "role": ROLE}
    assert {name for name, one in callers.items() if access.admits(one)} == admitted


def statement(effect: str, *resources: str) -> PolicyStatement:
    return PolicyStatement(effect, ("appsync:GraphQL",), resources)


def test_a_role_has_the_statements_of_both_its_sources_and_deny_wins() -> None:
    policies = RolePolicies(
        (Role("r", RoleKind.FUNCTION, (statement("Allow", "types/Query/*"),)),),
        (RoleConfig("r", (statement("Deny", "types/Query/fields/b"),)),),
        "arn:aws:appsync:us-east-1:1:apis/a",
    )

    assert policies.verdict("r", "Query", "a").allowed
    assert not policies.verdict("r", "Query", "b").allowed
    assert not policies.verdict("r", "Mutation", "a").allowed
    assert not policies.verdict("nobody", "Query", "a").allowed
    assert policies.connects("r")
    assert not policies.connects("nobody")


@pytest.mark.parametrize(
    ("requested", "denied", "refused"),
    [(1, 1, True), (2, 2, True), (2, 1, False), (1, 0, False), (0, 0, False)],
)
def test_a_request_is_refused_when_all_its_root_fields_are(
    requested: int, denied: int, *, refused: bool
) -> None:
    assert refuses_whole_request(requested, denied) is refused
