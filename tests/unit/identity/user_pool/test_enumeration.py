"""Who exists is told by no answer, and by no work that is done for it."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity.user_pool.admin import create_user

sys.path.insert(0, str(Path(__file__).parent))

from srp_client import SrpClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"
WRONG = "Wrong0rd!"


def masked(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without what is another one each time, or the name itself."""
    details = answer.get("CodeDeliveryDetails")
    if details:
        shown = details["Destination"]
        assert shown[1:6] == "***@"[:4] + shown[5]
        return {"CodeDeliveryDetails": details | {"Destination": "masked"}}
    if "ChallengeParameters" in answer:
        parameters = answer["ChallengeParameters"]
        return {**answer, "ChallengeParameters": sorted(parameters)}
    return answer


def password(browser: Browser, name: str) -> dict[str, Any]:
    return browser.sign_in(name, WRONG)


def srp_begin(browser: Browser, name: str) -> dict[str, Any]:
    public = SrpClient(browser.store.pool.name, WRONG).public
    return browser.call(
        "InitiateAuth",
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": name, "SRP_A": public},
    )


def srp(browser: Browser, name: str) -> dict[str, Any]:
    client = SrpClient(browser.store.pool.name, WRONG)
    shown = srp_begin(browser, name)["ChallengeParameters"]
    return browser.call(
        "RespondToAuthChallenge",
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=client.answer(shown),
    )


def forgot(browser: Browser, name: str) -> dict[str, Any]:
    return browser.call("ForgotPassword", Username=name)


def confirm_forgot(browser: Browser, name: str) -> dict[str, Any]:
    return browser.call(
        "ConfirmForgotPassword",
        Username=name,
        ConfirmationCode="x",
        Password=PASSWORD,
    )


def forgot_and_confirm(browser: Browser, name: str) -> dict[str, Any]:
    forgot(browser, name)
    return confirm_forgot(browser, name)


def resend(browser: Browser, name: str) -> dict[str, Any]:
    return browser.call("ResendConfirmationCode", Username=name)


def confirm(browser: Browser, name: str) -> dict[str, Any]:
    resend(browser, name)
    return browser.confirm(name, "x")


CONFIRMED = [password, srp_begin, srp, forgot, confirm_forgot, forgot_and_confirm]
UNCONFIRMED = [password, srp_begin, srp, forgot, forgot_and_confirm, resend, confirm]
CALLS = [
    *((call, "confirmed") for call in CONFIRMED),
    *((call, "unconfirmed") for call in UNCONFIRMED),
    *((call, "disabled") for call in CONFIRMED),
    *((call, "invited") for call in CONFIRMED),
    *((call, "without-password") for call in CONFIRMED),
]


@pytest.fixture
def people(browser: Browser) -> Browser:
    pool, now = browser.store.pool, browser.now
    for name in ("confirmed", "disabled"):
        create_user(pool, name, now, password=PASSWORD, email=f"{name}@b.c")
    pool.users.set_enabled("disabled", now, enabled=False)
    create_user(pool, "without-password", now)
    browser.sign_up("unconfirmed")
    browser.admin("AdminCreateUser", Username="invited", TemporaryPassword=PASSWORD)
    return browser


@pytest.mark.parametrize(
    ("call", "name"), CALLS, ids=[f"{call.__name__}-{name}" for call, name in CALLS]
)
def test_a_name_that_nobody_has_is_answered_alike(
    people: Browser, call: Callable[[Browser, str], dict[str, Any]], name: str
) -> None:
    beyond_the_lockout = 7 if name == "confirmed" and call in (password, srp) else 1
    for _ in range(beyond_the_lockout):
        known, unknown = call(people, name), call(people, "nobody")
        assert masked(known) == masked(unknown)


@pytest.mark.parametrize("call", [password, srp, confirm_forgot])
def test_as_much_is_calculated_for_a_name_that_nobody_has(
    people: Browser,
    call: Callable[[Browser, str], dict[str, Any]],
) -> None:
    assert work(lambda: call(people, "confirmed")) == work(
        lambda: call(people, "nobody")
    )


def work(do: Callable[[], object]) -> Counter[str]:
    """Count the slow calculations: hashes of passwords and powers of big numbers."""
    counted: Counter[str] = Counter()

    def trace(_frame: object, event: str, argument: object) -> None:
        name = getattr(argument, "__name__", "")
        if event == "c_call" and name in ("scrypt", "pow"):
            counted[name] += 1

    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        do()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    assert counted
    return counted
