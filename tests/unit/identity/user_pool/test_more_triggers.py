from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool.triggers import (
    TriggerFailed,
    TriggerReturned,
    TriggerTimedOut,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


def attach(browser: Browser, *triggers: Trigger, **response: object) -> None:
    async def outcome(event: dict[str, Any]) -> TriggerReturned:
        return TriggerReturned({**event, "response": {**event["response"], **response}})

    browser.triggers.attached = triggers
    browser.triggers.outcome = outcome


def handled(browser: Browser, answer: Callable[[dict[str, Any]], dict]) -> None:
    """Let a function answer each event."""

    async def outcome(event: dict[str, Any]) -> TriggerReturned:
        return TriggerReturned({**event, "response": answer(event)})

    browser.triggers.outcome = outcome


def test_pre_sign_up_may_confirm_and_vouch(browser: Browser) -> None:
    attach(browser, Trigger.PRE_SIGN_UP, autoConfirmUser=True, autoVerifyEmail=True)
    answer = browser.call(
        "SignUp",
        Username="ann",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "ann@example.com"}],
        ValidationData=[{"Name": "robot", "Value": "no"}],
        ClientMetadata={"a": "b"},
    )
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    assert browser.store.pool.outbox.messages() == []
    assert "AuthenticationResult" in browser.sign_in("ann@example.com")
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "PreSignUp_SignUp"
    assert event["request"] == {
        "userAttributes": {"email": "ann@example.com"},
        "validationData": {"robot": "no"},
        "clientMetadata": {"a": "b"},
    }
    assert event["response"] == {
        "autoConfirmUser": False,
        "autoVerifyEmail": False,
        "autoVerifyPhone": False,
    }


def test_pre_sign_up_may_refuse(browser: Browser) -> None:
    browser.triggers.attached = (Trigger.PRE_SIGN_UP,)
    browser.triggers.outcome = TriggerFailed("not you")
    assert error(browser.sign_up("ann")) == (
        "UserLambdaValidationException",
        "PreSignUp failed with error not you.",
    )
    assert browser.store.pool.users.all() == []


def test_an_invitation_asks_pre_sign_up(browser: Browser) -> None:
    attach(browser, Trigger.PRE_SIGN_UP)
    browser.admin("AdminCreateUser", Username="ann")
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert event["request"]["validationData"] is None


@pytest.mark.parametrize(("name", "unknown"), [("ann", False), ("bob", True)])
def test_pre_authentication_is_asked_before_the_password_is_looked_at(
    browser: Browser, name: str, *, unknown: bool
) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    browser.triggers.events.clear()
    attach(browser, Trigger.PRE_AUTHENTICATION)
    browser.call(
        "InitiateAuth",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": "Wrong0rd!"},
        ClientMetadata={"a": "b"},
    )
    (event,) = browser.triggers.events
    assert (event["triggerSource"], event["userName"]) == (
        *("PreAuthentication_Authentication", name),
    )
    assert event["request"]["userNotFound"] is unknown
    assert event["request"]["validationData"] == {"a": "b"}


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH"])
def test_pre_authentication_may_refuse(browser: Browser, flow: str) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    browser.triggers.attached = (Trigger.PRE_AUTHENTICATION,)
    browser.triggers.outcome = TriggerFailed("closed")
    refused = browser.call(
        "InitiateAuth",
        AuthFlow=flow,
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD, "SRP_A": "2"},
    )
    assert error(refused) == (
        "UserLambdaValidationException",
        "PreAuthentication failed with error closed.",
    )


def test_messages_are_worded_by_custom_message(browser: Browser) -> None:
    attach(
        browser,
        Trigger.CUSTOM_MESSAGE,
        emailSubject="Hello",
        emailMessage="Type {####}!",
        smsMessage="SMS {####}",
    )
    browser.sign_up("ann")
    (message,) = browser.store.pool.outbox.messages()
    assert (message.subject, message.body) == ("Hello", f"Type {message.code}!")
    browser.call("ResendConfirmationCode", Username="ann")
    browser.confirm("ann")
    browser.call("ForgotPassword", Username="ann")
    browser.admin("AdminCreateUser", Username="bob@example.com")
    sources = [event["triggerSource"] for event in browser.triggers.events]
    assert sources == [
        "CustomMessage_SignUp",
        "CustomMessage_ResendCode",
        "CustomMessage_ForgotPassword",
        "CustomMessage_AdminCreateUser",
    ]
    invited, event = browser.triggers.events[3], browser.triggers.events[0]
    assert event["request"]["codeParameter"] == "{####}"
    assert event["request"]["usernameParameter"] is None
    assert invited["request"]["usernameParameter"] == "{username}"


def test_a_message_that_is_no_text_is_not_sent(browser: Browser) -> None:
    attach(browser, Trigger.CUSTOM_MESSAGE, emailMessage=7)
    assert browser.sign_up("ann")["__type"] == "InvalidLambdaResponseException"
    assert browser.store.pool.outbox.messages() == []


def test_a_reset_runs_post_confirmation(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    browser.call("ForgotPassword", Username="ann")
    browser.triggers.events.clear()
    browser.call(
        "ConfirmForgotPassword",
        Username="ann",
        ConfirmationCode=browser.code(),
        Password="Other-7-x",
    )
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"


def test_a_function_that_takes_too_long_is_tried_three_times(browser: Browser) -> None:
    browser.triggers.attached = (Trigger.PRE_SIGN_UP,)
    browser.triggers.outcome = TriggerTimedOut()
    assert browser.sign_up("ann")["__type"] == "UnexpectedLambdaException"
    assert len(browser.triggers.events) == 3


MIGRATED = {"email": "old@example.com", "email_verified": "true", "sub": "x"}


def test_an_unknown_user_is_migrated_once(browser: Browser) -> None:
    attach(
        browser,
        Trigger.USER_MIGRATION,
        userAttributes=MIGRATED,
        finalUserStatus="CONFIRMED",
    )
    assert "AuthenticationResult" in browser.sign_in("old", PASSWORD)
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "UserMigration_Authentication"
    assert event["request"] == {
        "password": PASSWORD,
        "validationData": None,
        "userAttributes": None,
    }
    assert "AuthenticationResult" in browser.sign_in("old", PASSWORD)
    assert browser.sign_in("old", "Wrong0rd!")["__type"] == "NotAuthorizedException"
    assert len(browser.triggers.events) == 1
    assert browser.store.pool.users.get("old").sub != "x"


def test_who_is_not_known_elsewhere_either_is_not_let_in(browser: Browser) -> None:
    browser.triggers.attached = (Trigger.USER_MIGRATION,)
    browser.triggers.outcome = TriggerFailed("who?")
    assert error(browser.sign_in("old", PASSWORD)) == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )
    attach(browser, Trigger.USER_MIGRATION)
    assert browser.sign_in("old", PASSWORD)["__type"] == "NotAuthorizedException"
    assert browser.store.pool.users.all() == []


def test_a_forgotten_password_migrates(browser: Browser) -> None:
    attach(browser, Trigger.USER_MIGRATION, userAttributes=MIGRATED)
    browser.call("ForgotPassword", Username="old")
    (event,) = browser.triggers.events
    assert event["triggerSource"] == "UserMigration_ForgotPassword"
    assert event["request"]["password"] is None
    done = browser.call(
        "ConfirmForgotPassword",
        Username="old",
        ConfirmationCode=browser.code(),
        Password=PASSWORD,
    )
    assert done == {}
    assert "AuthenticationResult" in browser.sign_in("old", PASSWORD)


CUSTOM = (
    Trigger.DEFINE_AUTH_CHALLENGE,
    Trigger.CREATE_AUTH_CHALLENGE,
    Trigger.VERIFY_AUTH_CHALLENGE_RESPONSE,
)


def riddle(event: dict[str, Any]) -> dict[str, Any]:
    """Ask twice at most; the answer is 42."""
    request, source = event["request"], event["triggerSource"].split("_")[0]
    if source == "DefineAuthChallenge":
        session = request["session"]
        passed = bool(session) and session[-1]["challengeResult"]
        return {
            "issueTokens": passed,
            "failAuthentication": not passed and len(session) >= 2,
            "challengeName": "CUSTOM_CHALLENGE",
        }
    if source == "CreateAuthChallenge":
        return {
            "publicChallengeParameters": {"question": "6 * 7"},
            "privateChallengeParameters": {"answer": "42"},
            "challengeMetadata": "SUM",
        }
    expected = request["privateChallengeParameters"]["answer"]
    return {"answerCorrect": request["challengeAnswer"] == expected}


def ask(browser: Browser, name: str) -> dict[str, Any]:
    browser.triggers.attached = CUSTOM
    handled(browser, riddle)
    return browser.call(
        "InitiateAuth", AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name}
    )


def reply(browser: Browser, asked: dict[str, Any], text: str) -> dict[str, Any]:
    return browser.call(
        "RespondToAuthChallenge",
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "ANSWER": text},
    )


def test_the_projects_own_challenge_lets_in(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    asked = ask(browser, "ann")
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"]["question"] == "6 * 7"
    assert "42" not in str(asked["ChallengeParameters"])
    again = reply(browser, asked, "41")
    assert again["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert reply(browser, asked, "42")["__type"] == "NotAuthorizedException"
    assert "AuthenticationResult" in reply(browser, again, "42")
    history = browser.triggers.events[-1]["request"]["session"]
    assert history == [
        {
            "challengeName": "CUSTOM_CHALLENGE",
            "challengeResult": result,
            "challengeMetadata": "SUM",
        }
        for result in (False, True)
    ]


def test_the_projects_own_challenge_keeps_out(browser: Browser) -> None:
    browser.sign_up("ann")
    browser.confirm("ann")
    again = reply(browser, ask(browser, "ann"), "0")
    assert reply(browser, again, "1")["__type"] == "NotAuthorizedException"


def test_nobody_passes_as_one_who_is_not_there(browser: Browser) -> None:
    asked = ask(browser, "ann")
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert browser.triggers.events[0]["request"]["userNotFound"] is True
    assert error(reply(browser, asked, "42")) == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )
