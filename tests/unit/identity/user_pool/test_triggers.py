from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amplikit.identity import IdentityStore
from amplikit.identity.user_pool.triggers import TriggerFailed, TriggerReturned

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.unit.identity.conftest import Browser, Recorder


async def echo(event: dict[str, object]) -> TriggerReturned:
    return TriggerReturned({**event, "response": {}})


@pytest.fixture
def functions(browser: Browser) -> Recorder:
    browser.triggers.outcome = echo
    return browser.triggers


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


def test_a_confirmation_runs_post_confirmation(
    browser: Browser, functions: Recorder
) -> None:
    browser.sign_up("alice")
    code = browser.store.pool.outbox.messages()[0].code
    browser.call(
        "ConfirmSignUp",
        Username="alice",
        ConfirmationCode=code,
        ClientMetadata={"from": "test"},
    )
    facts = browser.store.facts
    assert functions.events == [
        {
            "version": "1",
            "region": "us-east-1",
            "userPoolId": facts.user_pool_id,
            "userName": "alice",
            "callerContext": {
                "awsSdkVersion": "aws-sdk-unknown-unknown",
                "clientId": facts.user_pool_client_id,
            },
            "triggerSource": "PostConfirmation_ConfirmSignUp",
            "request": {
                "userAttributes": {
                    "sub": browser.store.pool.users.get("alice").sub,
                    "cognito:user_status": "CONFIRMED",
                    "email": "alice@example.com",
                    "email_verified": "true",
                },
                "clientMetadata": {"from": "test"},
            },
            "response": {},
        }
    ]


def test_a_sign_in_runs_post_authentication_and_a_refresh_does_not(
    browser: Browser, functions: Recorder
) -> None:
    browser.sign_up("alice")
    browser.confirm("alice")
    token = browser.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    browser.refresh(token)
    sources = [event["triggerSource"] for event in functions.events]
    assert sources == [
        "PostConfirmation_ConfirmSignUp",
        "PostAuthentication_Authentication",
    ]
    assert functions.events[1]["request"]["newDeviceUsed"] is False


def test_a_failed_sign_in_runs_nothing(browser: Browser, functions: Recorder) -> None:
    browser.sign_up("alice")
    browser.sign_in("alice")
    browser.sign_in("alice", "Wrong0rd!")
    browser.confirm("alice", "000")
    assert functions.events == []


def test_a_failing_function_fails_the_call_and_the_user_stays_confirmed(
    browser: Browser,
) -> None:
    browser.triggers.outcome = TriggerFailed("no such table")
    browser.sign_up("alice")
    assert error(browser.confirm("alice")) == (
        "UserLambdaValidationException",
        "PostConfirmation failed with error no such table.",
    )
    assert browser.store.pool.users.get("alice").status == "CONFIRMED"
    assert error(browser.sign_in("alice")) == (
        "UserLambdaValidationException",
        "PostAuthentication failed with error no such table.",
    )


@pytest.mark.parametrize("payload", [None, {}, [], "ok", {"response": {}}, 7])
def test_a_function_must_return_the_event(browser: Browser, payload: object) -> None:
    browser.triggers.outcome = TriggerReturned(payload)
    browser.sign_up("alice")
    assert error(browser.confirm("alice")) == (
        "InvalidLambdaResponseException",
        "Unrecognizable lambda output",
    )


def test_a_function_may_write_while_it_runs(
    browser: Browser, folder: Path, now: datetime
) -> None:
    async def write_from_elsewhere(event: dict[str, object]) -> TriggerReturned:
        other = IdentityStore.open(folder, None, lambda: now)
        other.pool.groups.create("Members", now)
        other.pool.groups.add(event["userName"], "Members")
        other.close()
        return TriggerReturned(event)

    browser.triggers.outcome = write_from_elsewhere
    browser.sign_up("alice")
    assert browser.confirm("alice") == {}
    assert browser.store.pool.users.get("alice").groups == ("Members",)


def test_a_function_may_sign_in_and_delete_while_it_runs(browser: Browser) -> None:
    async def delete(event: dict[str, object]) -> TriggerReturned:
        browser.store.pool.users.delete(event["userName"])
        return TriggerReturned(event)

    browser.sign_up("alice")
    browser.confirm("alice")
    browser.triggers.outcome = delete
    assert error(browser.sign_in("alice")) == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )
