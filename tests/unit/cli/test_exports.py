from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Amplikit

FORMS = ("aws-exports", "amplifyconfiguration", "amplify_outputs")


def test_amplify_js_takes_every_form_for_its_own_configuration(
    amplikit: Amplikit, project: Path
) -> None:
    files = {
        form: amplikit("exports", "--project", str(project), "--format", form).out
        for form in FORMS
    }

    script = files["aws-exports"]
    first = json.loads(re.search(r"const awsmobile = (.*?\n});", script, re.DOTALL)[1])
    values = json.loads(re.search(r"const values = (.*?\n});", script, re.DOTALL)[1])
    configuration = json.loads(files["amplifyconfiguration"])
    outputs = json.loads(files["amplify_outputs"])
    assert first == configuration
    assert {name: outputs[name] for name in ("Auth", "API")} == configuration
    # What makes amplify-js take a file for the CLI's, or for Gen 2's.
    assert not any(name.startswith("aws_") for name in (*first, *outputs))
    assert not outputs["version"].startswith("1")
    cognito = configuration["Auth"]["Cognito"]
    assert cognito["userPoolEndpoint"] == "http://127.0.0.1:20002/cognito-idp/"
    assert cognito["identityPoolEndpoint"] == "http://127.0.0.1:20002/cognito-identity/"
    assert outputs["auth"]["user_pool_id"] == cognito["userPoolId"]
    assert values["aws_user_pools_id"] == cognito["userPoolId"]
    url = "http://127.0.0.1:20002/graphql"
    key = configuration["API"]["GraphQL"]["apiKey"]
    assert re.fullmatch("da2-[a-z0-9]{26}", key)
    assert configuration["API"]["GraphQL"] == {
        "endpoint": url,
        "region": "us-east-1",
        "defaultAuthMode": "apiKey",
        "apiKey": key,
    }
    assert values["aws_appsync_graphqlEndpoint"] == url
    assert (outputs["data"]["url"], outputs["data"]["api_key"]) == (url, key)


def test_what_the_pool_asks_for_is_exported(amplikit: Amplikit, project: Path) -> None:
    (project / "amplify-config" / "identities.toml").write_text(
        '[user_pool]\nmfa = "ON"\nsecond_factors = ["SOFTWARE_TOKEN_MFA"]\n'
        'username_attributes = ["email"]\n'
        "[user_pool.password_policy]\nminimum_length = 12\nsymbols = false\n"
    )

    ran = amplikit("exports", "--project", str(project))

    assert ran.status == 0, ran.err
    outputs = json.loads(ran.out)
    cognito = outputs["Auth"]["Cognito"]
    assert cognito["mfa"] == {"status": "on", "totpEnabled": True, "smsEnabled": False}
    assert cognito["loginWith"] == {"username": False, "email": True, "phone": False}
    assert cognito["passwordFormat"]["minLength"] == 12
    assert cognito["passwordFormat"]["requireSpecialCharacters"] is False
    assert outputs["auth"]["mfa_configuration"] == "REQUIRED"
    assert outputs["auth"]["mfa_methods"] == ["TOTP"]
    assert outputs["auth"]["password_policy"]["require_symbols"] is False


def test_an_api_without_keys_exports_none(amplikit: Amplikit, project: Path) -> None:
    api = project / "amplify-config" / "api.toml"
    api.write_text(
        re.sub(r'default = "API_KEY"', 'default = "AWS_IAM"', api.read_text())
    )

    ran = amplikit("exports", "--project", str(project))

    graphql = json.loads(ran.out)["API"]["GraphQL"]
    assert graphql["defaultAuthMode"] == "iam"
    assert "da2-" not in ran.out


def test_a_key_that_is_gone_is_not_exported(amplikit: Amplikit, project: Path) -> None:
    at = ("--project", str(project))
    (key,) = json.loads(amplikit("keys", "list", *at, "--json").out)
    assert key["key"] in amplikit("exports", *at).out

    assert amplikit("keys", "revoke", key["id"], *at).status == 0

    assert key["key"] not in amplikit("exports", *at).out


@pytest.mark.parametrize("form", ["", "json", "AWS-EXPORTS "])
def test_another_form_is_a_problem(
    amplikit: Amplikit, project: Path, form: str
) -> None:
    ran = amplikit("exports", "--project", str(project), "--format", form)

    assert (ran.status, ran.out) == (1, "")
    assert "Traceback" not in ran.err
