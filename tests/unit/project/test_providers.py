"""Who vouches for tokens: in ``api.toml`` and in ``--auth``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.modes import AuthConfig, AuthMode, DefaultAction
from amplikit.blueprint.providers import (
    AuthProviders,
    LambdaAuthorizer,
    OidcProvider,
    UserPoolProvider,
)
from amplikit.errors import ConfigInvalid
from amplikit.project import Project, load
from amplikit.project.options import config_without_project, overrides_from_options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    WriteProject = Callable[..., Path]

HEAD = 'name = "shop"\ntransformer = "v2"\n[auth]\n'
ALL_MODES = (
    'default = "AMAZON_COGNITO_USER_POOLS"\n'
    'additional = ["OPENID_CONNECT", "AWS_LAMBDA"]\n'
)
POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc"


def write_function(root: Path, name: str) -> None:
    (root / "lambdas" / "f").mkdir(parents=True)
    (root / "lambdas" / "f" / name).touch()


def test_every_provider_that_can_be_written_is_read(
    write_project: WriteProject, tmp_path: Path
) -> None:
    write_function(tmp_path, "main.py")
    root = write_project(
        api=HEAD
        + ALL_MODES
        + 'default_action = "DENY"\n[auth.user_pool]\nclient_ids = "a|b"\n'
        + f'[[auth.user_pools]]\nissuer = "{POOL}"\nclient_ids = "c"\n'
        + '[[auth.oidc]]\nissuer = "https://id.example/t/"\nclient_ids = "d"\n'
        + "iat_ttl_ms = 60000\nauth_ttl_ms = 70000\n"
        + '[[auth.oidc]]\nissuer = "http://127.0.0.1:8080/realms/x"\n'
        + '[auth.lambda]\nfunction = "judge"\nttl_s = 300\ntoken_pattern = "t-.+"\n',
        identities='[[roles.r.statements]]\nactions = ["appsync:*"]\n'
        'resources = ["*"]\n',
        functions='[functions.judge]\nfolder = "lambdas/f"\nrole = "r"\n'
        'handler = "main.go"\n',
    )
    config = load(Project(root)).config
    assert config.auth.default_action is DefaultAction.DENY
    assert config.providers == AuthProviders(
        client_ids="a|b",
        user_pools=(UserPoolProvider(POOL, "c"),),
        oidc=(
            OidcProvider("https://id.example/t/", "d", 60_000, 70_000),
            OidcProvider("http://127.0.0.1:8080/realms/x"),
        ),
        authorizer=LambdaAuthorizer("judge", 300, "t-.+"),
    )


WRONG = [
    pytest.param('[[auth.oidc]]\nissuer = "http://id.example"\n', id="plain http"),
    pytest.param('[[auth.oidc]]\nissuer = "https://u:p@id.example"\n', id="password"),
    pytest.param('[[auth.oidc]]\nissuer = "https://id.example?x=1"\n', id="query"),
    pytest.param('[[auth.oidc]]\nissuer = "file:///etc/passwd"\n', id="file"),
    pytest.param("[[auth.oidc]]\n", id="no issuer"),
    pytest.param(
        '[[auth.oidc]]\nissuer = "https://a.b"\n[[auth.oidc]]\nissuer = "https://a.b/"',
        id="issuer twice",
    ),
    pytest.param(
        '[[auth.oidc]]\nissuer = "https://a.b"\nclient_ids = "("\n', id="pattern"
    ),
    pytest.param(
        '[[auth.oidc]]\nissuer = "https://a.b"\niat_ttl_ms = 0\n', id="no time at all"
    ),
    pytest.param('[auth.lambda]\nfunction = "nobody"\n', id="no such function"),
    pytest.param('[auth.lambda]\nfunction = "f"\nttl_s = 3601\n', id="too long"),
    pytest.param("[auth.lambda]\n", id="no function"),
    pytest.param("[auth.user_pool]\nclients = 1\n", id="unknown key"),
    pytest.param('[[auth.user_pools]]\nissuer = "pool"\n', id="pool without a URL"),
]


@pytest.mark.parametrize("text", WRONG)
def test_a_provider_that_does_not_hold_is_refused(
    write_project: WriteProject, text: str
) -> None:
    with pytest.raises(ConfigInvalid) as raised:
        load(Project(write_project(api=HEAD + ALL_MODES + text)))
    assert all(problem.where for problem in raised.value.problems)


@pytest.mark.parametrize(
    "text",
    [
        '[[auth.oidc]]\nissuer = "https://id.example"\n',
        '[auth.lambda]\nfunction = "f"\n',
        'default_action = "DENY"\n',
    ],
    ids=["oidc", "lambda", "default action"],
)
def test_settings_of_a_mode_that_is_off_are_refused(
    write_project: WriteProject, tmp_path: Path, text: str
) -> None:
    write_function(tmp_path, "handler.py")
    root = write_project(
        api=HEAD + 'default = "API_KEY"\n' + text,
        functions='[functions.f]\nfolder = "lambdas/f"\nrole = "r"\n',
        identities='[[roles.r.statements]]\nactions = ["a:b"]\nresources = ["*"]\n',
    )
    with pytest.raises(ConfigInvalid) as raised:
        load(Project(root))
    assert [each.code for each in raised.value.problems] == ["config-value-invalid"]


def test_appsyncs_own_objects_are_read_as_the_option() -> None:
    auth = {
        "default": {
            "authenticationType": "AMAZON_COGNITO_USER_POOLS",
            "userPoolConfig": {
                "userPoolId": "us-east-1_Own",
                "defaultAction": "DENY",
                "appIdClientRegex": "a.*",
            },
        },
        "additional": [
            "AWS_IAM",
            {
                "authenticationType": "OPENID_CONNECT",
                "openIDConnectConfig": {
                    "issuerUrl": "https://id.example",
                    "clientId": "x|y",
                    "iatTTL": "1000",
                    "authTTL": 0,
                },
            },
            {
                "AuthenticationType": "OPENID_CONNECT",
                "OpenIDConnectConfig": {"Issuer": "https://id2.example"},
            },
            {
                "authenticationType": "AMAZON_COGNITO_USER_POOLS",
                "userPoolConfig": {
                    "userPoolId": "eu-west-1_Abc",
                    "awsRegion": "eu-west-1",
                },
            },
            {
                "authenticationType": "AWS_LAMBDA",
                "lambdaAuthorizerConfig": {
                    "lambdaFunction": "judge",
                    "ttlSeconds": 5,
                    "identityValidationExpression": "t.*",
                },
            },
        ],
    }
    overrides = overrides_from_options("v2", json.dumps(auth), None)
    config = config_without_project(overrides)
    assert config.auth == AuthConfig(
        AuthMode.USER_POOLS,
        (AuthMode.IAM, AuthMode.OIDC, AuthMode.LAMBDA),
        DefaultAction.DENY,
    )
    assert config.providers == AuthProviders(
        "a.*",
        (UserPoolProvider(POOL),),
        (
            OidcProvider("https://id.example", "x|y", 1000),
            OidcProvider("https://id2.example"),
        ),
        LambdaAuthorizer("judge", 5, "t.*"),
    )


def oidc(**settings: object) -> dict[str, object]:
    return {"authenticationType": "OPENID_CONNECT", "openIDConnectConfig": settings}


BAD_OPTIONS: dict[str, list[object]] = {
    "no issuer": [oidc(clientId="x")],
    "plain http": [oidc(issuer="http://id.example")],
    "one issuer twice": [
        oidc(issuer="https://id.example"),
        oidc(issuer="https://id.example/"),
    ],
    "a pattern that is none": [oidc(issuer="https://id.example", clientId="(")],
    "a time that is none": [oidc(issuer="https://id.example", iatTTL="soon")],
    "an unknown key": [oidc(issuer="https://id.example", more=1)],
    "settings of another mode": [
        {"authenticationType": "AWS_IAM", "openIDConnectConfig": {}}
    ],
    "settings as a text": [
        {"authenticationType": "OPENID_CONNECT", "openIDConnectConfig": "x"}
    ],
    "no type": [{"openIDConnectConfig": {}}],
    "an authorizer without a function": [
        {"authenticationType": "AWS_LAMBDA", "lambdaAuthorizerConfig": {}}
    ],
}


@pytest.mark.parametrize("name", [*BAD_OPTIONS])
def test_an_object_that_does_not_hold_is_refused(name: str) -> None:
    auth = json.dumps({"default": "API_KEY", "additional": BAD_OPTIONS[name]})
    with pytest.raises(ConfigInvalid) as raised:
        overrides_from_options("v2", auth, None)
    assert {each.code for each in raised.value.problems} == {"option-invalid"}
