from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.identity import user_pool
from amplikit.identity.user_pool import OPERATIONS
from amplikit.identity.user_pool.protocol import TARGET_PREFIX

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser


def snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def test_each_operation_is_listed_and_has_its_file() -> None:
    folder = Path(user_pool.__file__).parent
    files = {
        path.stem
        for path in folder.glob("*.py")
        if "OPERATION = Operation(" in path.read_text()
    }
    assert files == {snake_case(operation.name) for operation in OPERATIONS}


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
            TARGET_PREFIX + "ForgotPassword",
            "amplikit does not have the operation 'ForgotPassword' yet.",
        ),
        (
            TARGET_PREFIX + "AdminGetUser",
            "amplikit does not have the operation 'AdminGetUser' yet.",
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
