from __future__ import annotations

import importlib
import json
import pkgutil
from typing import TYPE_CHECKING

import boto3
import pytest

from amplikit.identity.user_pool import operations
from amplikit.identity.user_pool.operations import OPERATIONS
from amplikit.identity.user_pool.protocol import TARGET_PREFIX

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from amplikit.identity.user_pool.operation import Operation
    from tests.unit.identity.conftest import Browser


def test_each_module_of_operations_is_listed() -> None:
    modules = [
        importlib.import_module(f"{operations.__name__}.{found.name}")
        for found in pkgutil.iter_modules(operations.__path__)
    ]
    listed = [operation.name for operation in OPERATIONS]
    assert len(listed) == len(set(listed))
    assert set(listed) == {each.name for one in modules for each in one.OPERATIONS}


# What belongs to parts that are not here, such as devices and threat protection.
UNREAD = {
    *("AnalyticsConfiguration", "AnalyticsMetadata", "ClientSecret", "ClientType"),
    *("ContextData", "DefaultRedirectURI", "DeviceKey", "RevokeAssociatedSessions"),
    *("EnablePropagateAdditionalUserContextData", "SupportedIdentityProviders"),
    *("UserContextData",),
}
KINDS = {
    "boolean": "flag",
    "integer": "integer",
    "list": "list",
    "map": "texts",
    "string": "text",
    "structure": "structure",
}


@pytest.fixture(scope="module")
def service_model() -> ServiceModel:
    client = boto3.client("cognito-idp", region_name="us-east-1")
    return client.meta.service_model


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_an_operation_takes_what_boto3_sends(
    service_model: ServiceModel, operation: Operation
) -> None:
    known = service_model.operation_model(operation.name)
    members = known.input_shape.members
    declared = {each.name: each for each in operation.parameters}
    unread = members.keys() - declared.keys()
    # The session of a sign-up, which signs in without a password, is not here.
    assert unread <= UNREAD | {"Session"}
    required = {each.name for each in operation.parameters if each.required}
    # Sign-up without a password is not here either.
    assert required - {"Password"} == set(known.input_shape.required_members) - {
        "Password"
    }
    for name, parameter in declared.items():
        shape = members[name]
        is_attributes = (
            shape.type_name == "list" and shape.member.type_name == "structure"
        )
        wanted = "attributes" if is_attributes else KINDS[shape.type_name]
        assert parameter.kind == wanted, name


def test_the_operations_that_boto3_signs_need_a_signature(
    service_model: ServiceModel,
) -> None:
    signed = {
        operation.name
        for operation in OPERATIONS
        if service_model.operation_model(operation.name).auth_type != "none"
    }
    assert signed == {operation.name for operation in OPERATIONS if operation.signed}


def test_every_operation_of_the_service_is_known(
    browser: Browser, service_model: ServiceModel
) -> None:
    for name in service_model.operation_names:
        answer = json.loads(browser.raw(TARGET_PREFIX + name, b"{}").body)
        assert not answer["message"].startswith("Unknown operation"), name


def test_an_error_is_a_400_with_its_type_in_body_and_header(browser: Browser) -> None:
    answer = browser.raw(TARGET_PREFIX + "SignUp", b"{}")
    assert answer.status == 400
    headers = dict(answer.headers)
    assert headers["content-type"] == "application/x-amz-json-1.1"
    assert headers["x-amzn-errortype"] == "InvalidParameterException"
    assert len(headers["x-amzn-requestid"]) == 36
    assert json.loads(answer.body) == {
        "__type": "InvalidParameterException",
        "message": "3 validation errors detected:"
        " Value null at 'clientId' failed to satisfy constraint:"
        " Member must not be null;"
        " Value null at 'username' failed to satisfy constraint:"
        " Member must not be null;"
        " Value null at 'password' failed to satisfy constraint:"
        " Member must not be null",
    }


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("", "Unknown operation ''."),
        ("SignUp", "Unknown operation 'SignUp'."),
        (TARGET_PREFIX + "SignUpp", "Unknown operation 'SignUpp'."),
        (TARGET_PREFIX, "Unknown operation ''."),
        (
            TARGET_PREFIX + "ConfirmDevice",
            "amplikit does not have the operation 'ConfirmDevice'.",
        ),
        (
            TARGET_PREFIX + "AdminGetDevice",
            "amplikit does not have the operation 'AdminGetDevice'.",
        ),
    ],
)
def test_an_operation_that_is_not_there_says_so(
    browser: Browser, target: str, message: str
) -> None:
    answer = browser.raw(target, b"{}")
    assert answer.status == 400
    assert json.loads(answer.body) == {
        "__type": "UnknownOperationException",
        "message": message,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"7",
        b'"SignUp"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"Username": "\\ud800"}',
        b'{"Username": 7}',
        b'{"Username": true}',
        b'{"Username": ["a"]}',
        b'{"Username": {"a": 1}}',
        b'{"UserAttributes": {"Name": "email"}}',
        b'{"UserAttributes": ["email"]}',
        b'{"UserAttributes": [{"Value": "x"}]}',
        b'{"UserAttributes": [{"Name": "email", "Value": 7}]}',
        b'{"ClientMetadata": [1]}',
        b'{"ClientMetadata": {"a": 1}}',
    ],
)
def test_what_has_not_the_form_is_refused(browser: Browser, body: bytes) -> None:
    answer = browser.raw(TARGET_PREFIX + "SignUp", body)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"] == "SerializationException"


def test_a_password_is_never_repeated_in_an_error(browser: Browser) -> None:
    answer = browser.call("SignUp", Username="a", Password=" S3cret-word ")
    assert answer["message"] == (
        "1 validation error detected: Value at 'password' failed to satisfy"
        r" constraint: Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$"
    )


@pytest.mark.parametrize(
    "operation", ["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "InitiateAuth"]
)
@pytest.mark.parametrize(
    ("changes", "type_", "message"),
    [
        (
            {"ClientId": "unknown"},
            "ResourceNotFoundException",
            "User pool client unknown does not exist.",
        ),
        (
            {"SecretHash": "x", "AuthParameters": {"SECRET_HASH": "x"}},
            "NotAuthorizedException",
            None,
        ),
    ],
)
def test_only_the_pools_client_may_call(
    browser: Browser,
    operation: str,
    changes: dict[str, object],
    type_: str,
    message: str | None,
) -> None:
    given = {
        "Username": "alice",
        "Password": "Passw0rd!",
        "ConfirmationCode": "1",
        "AuthFlow": "USER_PASSWORD_AUTH",
    }
    answer = browser.call(operation, **given, **changes)
    assert answer["__type"] == type_
    assert message in (None, answer["message"])


def test_an_unknown_flow_names_those_that_there_are(browser: Browser) -> None:
    answer = browser.call("InitiateAuth", AuthFlow="MAGIC")
    assert answer["__type"] == "InvalidParameterException"
    assert "Value 'MAGIC' at 'authFlow'" in answer["message"]
    assert "USER_PASSWORD_AUTH" in answer["message"]
