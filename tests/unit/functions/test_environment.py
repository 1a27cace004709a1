"""What a function's process sees of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.functions.environment import process_environment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from conftest import Project

ENVIRONMENT = """
import os
def handler(event, context):
    return dict(os.environ)
"""


def test_it_starts_empty_but_for_what_lambda_sets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "developer")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIADEVELOPER")
    monkeypatch.setenv("SECRET_OF_THE_DEVELOPER", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    seen = project.run(ENVIRONMENT, environment=(("TABLE", "posts"),)).payload
    assert set(seen) - {"LC_CTYPE"} == {
        "APPSYNC_URL",
        "AWS_ACCESS_KEY_ID",
        "AWS_CONFIG_FILE",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_STS",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SHARED_CREDENTIALS_FILE",
        "HOME",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "PATH",
        "TABLE",
        "TMPDIR",
        "TZ",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }


EXPECTED = {
    "AWS_ACCESS_KEY_ID": "ASIALOCALEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "local-secret",
    "AWS_SESSION_TOKEN": "local-token",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:20003",
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY": "http://127.0.0.1:20003/cognito-identity/",
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:20003/cognito-idp/",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:20003/dynamodb/",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:20003/sts/",
    "AWS_EC2_METADATA_DISABLED": "true",
    "_HANDLER": "handler.handler",
}


def test_a_function_cannot_replace_what_is_reserved(project: Project) -> None:
    own = tuple((name, "own") for name in EXPECTED)
    seen = project.run(ENVIRONMENT, environment=own).payload
    assert {name: seen[name] for name in EXPECTED} == EXPECTED


OPEN = ("APPSYNC_URL", "HOME", "LANG", "PATH", "TMPDIR", "TZ")


def test_a_function_replaces_what_lambda_leaves_open(project: Project) -> None:
    own = dict.fromkeys(OPEN, "/own") | {"TZ": "Europe/Zurich"}
    seen = project.run(ENVIRONMENT, environment=tuple(own.items())).payload
    assert {name: seen[name] for name in OPEN} == own


def test_the_url_is_ours_unless_the_function_has_one(project: Project) -> None:
    seen = project.run(ENVIRONMENT).payload
    assert seen["APPSYNC_URL"] == "http://127.0.0.1:20002/graphql"


IMPORTS = """
import sys
def handler(event, context):
    found = {}
    for name in event:
        try:
            __import__(name)
            found[name] = True
        except ImportError:
            found[name] = False
    return found
"""


def test_the_client_is_importable_and_our_own_modules_are_not(
    project: Project,
) -> None:
    project.write("", "beside.py")
    names = ["amplikit_client", "boto3", "beside", "sandbox", "runtime_api"]
    assert project.run(IMPORTS, names).payload == {
        "amplikit_client": True,
        "boto3": True,
        "beside": True,
        "sandbox": False,
        "runtime_api": False,
    }


def test_boto3_finds_the_roles_credentials_and_the_local_endpoint(
    project: Project,
) -> None:
    code = """
import boto3
def handler(event, context):
    other, users = boto3.client("sns"), boto3.client("cognito-idp")
    tables = boto3.client("dynamodb")
    keys = boto3.Session().get_credentials().get_frozen_credentials()
    urls = [each.meta.endpoint_url for each in (other, users, tables)]
    return [*urls, tables.meta.region_name, keys.access_key]
"""
    assert project.run(code, timeout_s=20.0).payload == [
        "http://127.0.0.1:20003",
        "http://127.0.0.1:20003/cognito-idp/",
        "http://127.0.0.1:20003/dynamodb/",
        "eu-west-1",
        "ASIALOCALEXAMPLE",
    ]


def test_no_bytecode_is_left_in_the_functions_folder(project: Project) -> None:
    project.write("VALUE = 1", "beside.py")
    project.run("import beside\ndef handler(event, context): return beside.VALUE")
    assert {path.name for path in project.folder.iterdir()} == {
        "beside.py",
        "handler.py",
    }


def test_it_trusts_the_authority_of_a_server_with_tls(
    project: Project, tmp_path: Path
) -> None:
    bundle = "/data/tls/bundle.pem"
    function, context = project.function(), project.context(ca_bundle=bundle)

    seen = process_environment(function, context, tmp_path, "127.0.0.1:1")

    trusted = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    assert {name: seen.get(name) for name in trusted} == dict.fromkeys(trusted, bundle)
