from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity.user_pool.admin import create_user
from amplikit.identity.user_pool.totp import code_at

if TYPE_CHECKING:
    from datetime import datetime

    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"
ON = {"Enabled": True, "PreferredMfa": True}
OFF = {"Enabled": False}


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (1, "287082"),
        (37037036, "081804"),
        (41152263, "005924"),
        (66666666, "279037"),
        (666666666, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(step: int, code: str) -> None:
    assert code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", step) == code


@pytest.fixture
def alice(browser: Browser) -> Browser:
    made = create_user(
        browser.store.pool, "alice", browser.now, password=PASSWORD, email="a@b.c"
    )
    number = {"phone_number": "+15550123"}
    browser.store.pool.users.change_attributes(made, number, browser.now)
    return browser


def token(browser: Browser) -> str:
    return browser.sign_in("alice")["AuthenticationResult"]["AccessToken"]


def step(now: datetime) -> int:
    return int(now.timestamp()) // 30


def with_app(browser: Browser) -> str:
    """Set the app up; return its secret."""
    access = token(browser)
    secret = browser.call("AssociateSoftwareToken", AccessToken=access)["SecretCode"]
    code = code_at(secret, step(browser.now))
    browser.call("VerifySoftwareToken", AccessToken=access, UserCode=code)
    chosen = browser.call(
        "SetUserMFAPreference", AccessToken=access, SoftwareTokenMfaSettings=ON
    )
    assert chosen == {}
    return secret


def answer(
    browser: Browser, asked: dict[str, Any], code: str, **changes: str
) -> dict[str, Any]:
    name = asked["ChallengeName"]
    responses = {"USERNAME": "alice", f"{name}_CODE": code}
    return browser.call(
        "RespondToAuthChallenge",
        ChallengeName=name,
        Session=changes.pop("Session", asked["Session"]),
        ChallengeResponses=responses | changes,
    )


def test_the_app_is_asked_for_after_the_password(alice: Browser) -> None:
    secret = with_app(alice)
    asked = alice.sign_in("alice")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert asked["ChallengeParameters"] == {"USER_ID_FOR_SRP": "alice"}
    assert "AuthenticationResult" not in asked
    done = answer(alice, asked, code_at(secret, step(alice.now)))
    access = done["AuthenticationResult"]["AccessToken"]
    user = alice.call("GetUser", AccessToken=access)
    assert user["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    assert alice.sign_in("alice", "Wrong0rd!")["__type"] == "NotAuthorizedException"


@pytest.mark.parametrize(
    ("offset", "holds"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_of_the_step_before_or_after_holds(
    alice: Browser, offset: int, *, holds: bool
) -> None:
    secret = with_app(alice)
    code = code_at(secret, step(alice.now) + offset)
    done = answer(alice, alice.sign_in("alice"), code)
    assert ("AuthenticationResult" in done) is holds


def test_a_code_serves_once(alice: Browser) -> None:
    secret = with_app(alice)
    code = code_at(secret, step(alice.now))
    assert "AuthenticationResult" in answer(alice, alice.sign_in("alice"), code)
    assert error(answer(alice, alice.sign_in("alice"), code)) == (
        "ExpiredCodeException",
        "Your software token has already been used once.",
    )
    # Nor does an older one, which somebody may have seen.
    old = code_at(secret, step(alice.now) - 1)
    again = answer(alice, alice.sign_in("alice"), old)
    assert again["__type"] == "ExpiredCodeException"


@pytest.mark.parametrize("code", ["000000", "", "abcdef", "é", "1" * 500])
def test_a_wrong_code_is_refused_and_may_be_corrected(
    alice: Browser, code: str
) -> None:
    secret = with_app(alice)
    asked, right = alice.sign_in("alice"), code_at(secret, step(alice.now))
    if code == right:
        code = "000001"
    wrong = answer(alice, asked, code)
    kind = "CodeMismatchException" if code else "InvalidParameterException"
    assert wrong["__type"] == kind
    assert "AuthenticationResult" in answer(alice, asked, right)


def test_codes_cannot_be_guessed(alice: Browser) -> None:
    secret = with_app(alice)
    asked = alice.sign_in("alice")
    for _ in range(5):
        assert answer(alice, asked, "x")["__type"] == "CodeMismatchException"
    right = code_at(secret, step(alice.now))
    assert answer(alice, asked, right)["__type"] == "NotAuthorizedException"
    asked = alice.sign_in("alice")
    assert answer(alice, asked, right)["__type"] == "LimitExceededException"
    alice.later(seconds=1)
    assert "AuthenticationResult" in answer(alice, asked, right)


@pytest.mark.parametrize(
    "changes",
    [
        {"Session": "x" * 40},
        {"USERNAME": "bob"},
        {"Session": "é" * 40},
    ],
)
def test_another_session_or_user_is_refused(
    alice: Browser, changes: dict[str, str]
) -> None:
    secret = with_app(alice)
    code = code_at(secret, step(alice.now))
    assert error(answer(alice, alice.sign_in("alice"), code, **changes)) == (
        "NotAuthorizedException",
        "Invalid session for the user.",
    )


def test_a_session_ends_after_three_minutes_and_after_use(alice: Browser) -> None:
    secret = with_app(alice)
    asked = alice.sign_in("alice")
    alice.later(minutes=3)
    assert error(answer(alice, asked, code_at(secret, step(alice.now)))) == (
        "NotAuthorizedException",
        "Invalid session for the user, session is expired.",
    )
    asked = alice.sign_in("alice")
    answer(alice, asked, code_at(secret, step(alice.now)))
    again = answer(alice, asked, code_at(secret, step(alice.now) + 1))
    assert again["__type"] == "NotAuthorizedException"


def test_an_unverified_app_does_not_count(alice: Browser) -> None:
    access = token(alice)
    alice.call("AssociateSoftwareToken", AccessToken=access)
    refused = alice.call("VerifySoftwareToken", AccessToken=access, UserCode="00000x")
    assert refused["__type"] == "EnableSoftwareTokenMFAException"
    refused = alice.call(
        "SetUserMFAPreference", AccessToken=access, SoftwareTokenMfaSettings=ON
    )
    assert error(refused) == (
        "InvalidParameterException",
        "User has not verified software token mfa",
    )
    assert "AuthenticationResult" in alice.sign_in("alice")


def test_verifying_needs_an_app(alice: Browser) -> None:
    refused = alice.call(
        "VerifySoftwareToken", AccessToken=token(alice), UserCode="000000"
    )
    assert refused["__type"] == "SoftwareTokenMFANotFoundException"


def test_a_short_message_is_asked_for(alice: Browser) -> None:
    alice.call("SetUserMFAPreference", AccessToken=token(alice), SMSMfaSettings=ON)
    asked = alice.sign_in("alice")
    assert asked["ChallengeName"] == "SMS_MFA"
    assert asked["ChallengeParameters"] == {
        "USER_ID_FOR_SRP": "alice",
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******0123",
    }
    message = alice.store.pool.outbox.messages()[-1]
    assert message.to == "+15550123"
    assert error(answer(alice, asked, "x")) == (
        "CodeMismatchException",
        "Invalid verification code provided, please try again.",
    )
    assert "AuthenticationResult" in answer(alice, asked, alice.code())
    user = alice.store.pool.users.get("alice")
    assert user.attribute("phone_number_verified") == "true"


def test_a_code_of_another_session_is_refused(alice: Browser) -> None:
    alice.call("SetUserMFAPreference", AccessToken=token(alice), SMSMfaSettings=ON)
    first = alice.sign_in("alice")
    code = alice.code()
    second = alice.sign_in("alice")
    if alice.code() != code:
        assert answer(alice, second, code)["__type"] == "CodeMismatchException"
    assert "AuthenticationResult" in answer(alice, first, code)


def test_who_has_two_factors_and_prefers_none_chooses(alice: Browser) -> None:
    with_app(alice)
    alice.admin(
        "AdminSetUserMFAPreference",
        Username="alice",
        SMSMfaSettings={"Enabled": True},
        SoftwareTokenMfaSettings={"Enabled": True},
    )
    asked = alice.sign_in("alice")
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    assert asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"] == (
        '["SOFTWARE_TOKEN_MFA", "SMS_MFA"]'
    )

    def choose(what: str) -> dict[str, Any]:
        return alice.call(
            "RespondToAuthChallenge",
            ChallengeName="SELECT_MFA_TYPE",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "alice", "ANSWER": what},
        )

    assert choose("EMAIL_OTP")["__type"] == "InvalidParameterException"
    chosen = choose("SMS_MFA")
    assert chosen["ChallengeName"] == "SMS_MFA"
    assert "AuthenticationResult" in answer(alice, chosen, alice.code())


def test_a_factor_can_be_turned_off(alice: Browser) -> None:
    with_app(alice)
    alice.admin(
        "AdminSetUserMFAPreference", Username="alice", SoftwareTokenMfaSettings=OFF
    )
    assert "AuthenticationResult" in alice.sign_in("alice")


def test_two_factors_cannot_both_be_preferred(alice: Browser) -> None:
    refused = alice.call(
        "SetUserMFAPreference",
        AccessToken=token(alice),
        SMSMfaSettings=ON,
        SoftwareTokenMfaSettings=ON,
    )
    assert refused["__type"] == "InvalidParameterException"


def required(browser: Browser, **methods: object) -> None:
    browser.admin("SetUserPoolMfaConfig", MfaConfiguration="ON", **methods)


APP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def test_where_a_factor_is_required_it_is_set_up_on_the_way(alice: Browser) -> None:
    required(alice, **APP)
    asked = alice.sign_in("alice")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert asked["ChallengeParameters"]["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA"]'

    def set_up(session: str) -> dict[str, Any]:
        return alice.call(
            "RespondToAuthChallenge",
            ChallengeName="MFA_SETUP",
            Session=session,
            ChallengeResponses={"USERNAME": "alice"},
        )

    assert set_up(asked["Session"])["__type"] == "NotAuthorizedException"
    begun = alice.call("AssociateSoftwareToken", Session=asked["Session"])
    assert set_up(begun["Session"])["__type"] == "NotAuthorizedException"
    code = code_at(begun["SecretCode"], step(alice.now))
    verified = alice.call(
        "VerifySoftwareToken", Session=begun["Session"], UserCode=code
    )
    assert verified["Status"] == "SUCCESS"
    assert "AuthenticationResult" in set_up(verified["Session"])
    assert set_up(verified["Session"])["__type"] == "NotAuthorizedException"
    assert alice.sign_in("alice")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_a_pool_without_factors_asks_for_none(alice: Browser) -> None:
    with_app(alice)
    alice.admin("SetUserPoolMfaConfig", MfaConfiguration="OFF")
    access = token(alice)
    refused = alice.call("AssociateSoftwareToken", AccessToken=access)
    assert error(refused) == (
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool",
    )
    shown = alice.admin("GetUserPoolMfaConfig")
    assert shown["MfaConfiguration"] == "OFF"


def test_what_is_not_here_says_so(alice: Browser) -> None:
    refused = alice.call(
        "SetUserMFAPreference", AccessToken=token(alice), EmailMfaSettings=ON
    )
    assert refused["message"] == "amplikit does not have EmailMfaSettings."
