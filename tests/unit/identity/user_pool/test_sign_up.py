from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from tests.unit.identity.conftest import Browser


PASSWORD = "Passw0rd!"


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


def with_email(address: str) -> list[dict[str, str]]:
    return [{"Name": "email", "Value": address}]


def test_a_sign_up_is_unconfirmed_and_sends_a_code(
    browser: Browser, now: datetime
) -> None:
    answer = browser.sign_up("alice")
    user = browser.store.pool.users.get("alice")
    assert answer == {
        "UserConfirmed": False,
        "UserSub": user.sub,
        "CodeDeliveryDetails": {
            "AttributeName": "email",
            "DeliveryMedium": "EMAIL",
            "Destination": "a***@e***",
        },
    }
    (message,) = browser.store.pool.outbox.messages()
    assert re.fullmatch(r"[0-9]{6}", message.code)
    assert message.to == "alice@example.com"
    assert message.subject == "Your verification code"
    assert message.body == f"Your confirmation code is {message.code}"
    assert message.at == now
    assert user.status == "UNCONFIRMED"
    assert browser.triggers.events == []


def test_a_name_that_is_an_address_is_the_address(browser: Browser) -> None:
    browser.call("SignUp", Username="bob@example.com", Password=PASSWORD)
    (message,) = browser.store.pool.outbox.messages()
    assert message.to == "bob@example.com"


def test_a_name_is_taken_once(browser: Browser) -> None:
    browser.sign_up("alice")
    assert error(browser.sign_up("alice")) == (
        "UsernameExistsException",
        "User already exists",
    )
    assert "UserSub" in browser.sign_up("Alice")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Sh0rt!", "Password not long enough"),
        ("ALLUPPER0!", "Password must have lowercase characters"),
        ("alllower0!", "Password must have uppercase characters"),
        ("NoDigits!", "Password must have numeric characters"),
        ("NoSymbol0", "Password must have symbol characters"),
    ],
)
def test_a_password_must_conform(
    browser: Browser, password: str, reason: str | None
) -> None:
    assert error(browser.sign_up("alice", password)) == (
        "InvalidPasswordException",
        f"Password did not conform with policy: {reason}",
    )
    assert browser.store.pool.users.all() == []


@pytest.mark.parametrize(
    ("attributes", "type_", "message"),
    [
        (
            [],
            "InvalidParameterException",
            (
                "Attributes did not conform to the schema: email: The attribute is"
                " required"
            ),
        ),
        (
            with_email("nobody"),
            "InvalidParameterException",
            "Invalid email address format.",
        ),
        (
            [*with_email("a@b.c"), {"Name": "phone_number", "Value": "0123"}],
            "InvalidParameterException",
            "Invalid phone number format.",
        ),
        (
            [*with_email("a@b.c"), {"Name": "email_verified", "Value": "true"}],
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        (
            [*with_email("a@b.c"), {"Name": "sub", "Value": "mine"}],
            "InvalidParameterException",
            (
                "Attributes did not conform to the schema:"
                " sub: Attribute does not exist in the schema."
            ),
        ),
    ],
)
def test_attributes_must_conform(
    browser: Browser, attributes: list[dict[str, str]], type_: str, message: str
) -> None:
    answer = browser.call(
        "SignUp", Username="a", Password=PASSWORD, UserAttributes=attributes
    )
    assert error(answer) == (type_, message)


@pytest.mark.parametrize("name", ["two words", "a\nb", "\x00", "x" * 129, "", "\u200b"])
def test_a_name_must_conform(browser: Browser, name: str) -> None:
    answer = browser.call("SignUp", Username=name, Password=PASSWORD)
    assert answer["__type"] == "InvalidParameterException"


@pytest.mark.parametrize(
    "name", ["Ünïcode", "名前", "o'brien", "a;b--", "☃", "x" * 128]
)
def test_odd_names_are_names(browser: Browser, name: str) -> None:
    attributes = with_email("a@example.com")
    answer = browser.call(
        "SignUp", Username=name, Password=PASSWORD, UserAttributes=attributes
    )
    assert "UserSub" in answer
    assert browser.confirm(name) == {}
    assert "AuthenticationResult" in browser.sign_in(name)


def test_the_right_code_confirms_and_verifies_the_address(browser: Browser) -> None:
    browser.sign_up("alice")
    assert browser.confirm("alice") == {}
    user = browser.store.pool.users.get("alice")
    assert user.status == "CONFIRMED"
    assert user.attribute("email_verified") == "true"


def test_a_confirmed_user_is_not_confirmed_again(browser: Browser) -> None:
    browser.sign_up("alice")
    browser.confirm("alice")
    assert error(browser.confirm("alice")) == (
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    )


def test_a_wrong_code_confirms_nobody(browser: Browser) -> None:
    browser.sign_up("alice")
    code = browser.store.pool.outbox.messages()[0].code
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for attempt in (wrong, code[:5], code + "0", "xxxxxx"):
        assert error(browser.confirm("alice", attempt)) == (
            "CodeMismatchException",
            "Invalid verification code provided, please try again.",
        )
    assert browser.store.pool.users.get("alice").status == "UNCONFIRMED"


EXPIRED = (
    "ExpiredCodeException",
    "Invalid code provided, please request a code again.",
)


@pytest.mark.parametrize(("hours", "expected"), [(23, {}), (24, EXPIRED)])
def test_a_code_holds_for_a_day(browser: Browser, hours: int, expected: object) -> None:
    browser.sign_up("alice")
    browser.later(hours=hours)
    answer = browser.confirm("alice")
    assert (error(answer) if answer else answer) == expected


def test_an_unknown_name_has_an_expired_code(browser: Browser) -> None:
    assert error(browser.confirm("nobody", "123456")) == EXPIRED


def test_codes_can_be_tried_fifteen_times_an_hour(browser: Browser) -> None:
    browser.sign_up("alice")
    answers = [browser.confirm("alice", "wrong") for _ in range(16)]
    kinds = [answer["__type"] for answer in answers]
    assert kinds == ["CodeMismatchException"] * 15 + ["LimitExceededException"]
    assert answers[-1]["message"] == (
        "Attempt limit exceeded, please try after some time."
    )
    assert browser.confirm("alice")["__type"] == "LimitExceededException"
    browser.later(hours=1)
    assert browser.confirm("alice") == {}


def test_a_new_code_replaces_the_old_one(browser: Browser) -> None:
    browser.sign_up("alice")
    answer = browser.call("ResendConfirmationCode", Username="alice")
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    old, new = (message.code for message in browser.store.pool.outbox.messages())
    if old != new:
        assert browser.confirm("alice", old)["__type"] == "CodeMismatchException"
    assert browser.confirm("alice", new) == {}


def test_a_code_can_be_sent_again_five_times_an_hour(browser: Browser) -> None:
    browser.sign_up("alice")
    kinds = [
        browser.call("ResendConfirmationCode", Username="alice").get("__type")
        for _ in range(6)
    ]
    assert kinds == [None] * 5 + ["LimitExceededException"]


def test_no_code_is_sent_to_a_confirmed_user(browser: Browser) -> None:
    browser.sign_up("alice")
    browser.confirm("alice")
    assert error(browser.call("ResendConfirmationCode", Username="alice")) == (
        "InvalidParameterException",
        "User is already confirmed.",
    )


@pytest.mark.parametrize("name", ["bob", "b", "🦊", "two@names@x", "@", "x@", "@x"])
def test_a_code_for_an_unknown_name_looks_sent(browser: Browser, name: str) -> None:
    browser.sign_up("alice")
    before = browser.store.pool.outbox.messages()
    known, unknown, again = (
        browser.call("ResendConfirmationCode", Username=each)["CodeDeliveryDetails"]
        for each in ("alice", name, name)
    )
    form = re.compile(r"[^@*]\*\*\*@[^@*]\*\*\*")
    assert form.fullmatch(known.pop("Destination"))
    assert form.fullmatch(unknown["Destination"])
    assert unknown == again
    del unknown["Destination"]
    assert unknown == known
    assert len(browser.store.pool.outbox.messages()) == len(before) + 1


def test_unknown_names_get_addresses_of_their_own(browser: Browser) -> None:
    answers = [
        browser.call("ResendConfirmationCode", Username=f"user{number}")
        for number in range(20)
    ]
    shown = {answer["CodeDeliveryDetails"]["Destination"] for answer in answers}
    assert len(shown) > 5


def test_an_unknown_address_is_shown_as_it_would_be(browser: Browser) -> None:
    answer = browser.call("ResendConfirmationCode", Username="bob@corp.com")
    assert answer["CodeDeliveryDetails"]["Destination"] == "b***@c***"


def test_messages_come_oldest_first(browser: Browser) -> None:
    for name in ("b", "a", "c"):
        browser.sign_up(name)
        browser.now += timedelta(seconds=1)
    recipients = [message.to for message in browser.store.pool.outbox.messages()]
    assert recipients == ["b@example.com", "a@example.com", "c@example.com"]
