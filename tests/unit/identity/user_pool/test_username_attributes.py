"""A pool in which an address stands for the name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.user_pool import SignInName

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PASSWORD = "Passw0rd!"


@pytest.fixture
def by_email(browser: Browser) -> Browser:
    settings = browser.store.pool.settings
    settings.save(replace(settings.get(), username_attributes=(SignInName.EMAIL,)))
    return browser


def test_the_pool_makes_the_username(by_email: Browser) -> None:
    made = by_email.call("SignUp", Username="ann@example.com", Password=PASSWORD)
    (user,) = by_email.store.pool.users.all()
    assert user.username == user.sub == made["UserSub"]
    assert UUID.fullmatch(user.username)
    assert user.attribute("email") == "ann@example.com"
    assert by_email.confirm("ann@example.com") == {}
    assert "AuthenticationResult" in by_email.sign_in("ann@example.com")
    assert "AuthenticationResult" in by_email.sign_in(user.username)
    shown = by_email.admin("AdminGetUser", Username="ann@example.com")
    assert shown["Username"] == user.username
    begun = by_email.call(
        "InitiateAuth",
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "ann@example.com", "SRP_A": "2"},
    )
    assert begun["ChallengeParameters"]["USER_ID_FOR_SRP"] == user.username


def test_an_address_is_taken_once(by_email: Browser) -> None:
    by_email.call("SignUp", Username="ann@example.com", Password=PASSWORD)
    again = by_email.call("SignUp", Username="ann@example.com", Password=PASSWORD)
    assert again["__type"] == "UsernameExistsException"
    invited = by_email.admin("AdminCreateUser", Username="ann@example.com")
    assert invited["__type"] == "UsernameExistsException"


@pytest.mark.parametrize("name", ["ann", "+15550100"])
def test_a_name_is_no_address(by_email: Browser, name: str) -> None:
    for refused in (
        by_email.call("SignUp", Username=name, Password=PASSWORD),
        by_email.admin("AdminCreateUser", Username=name),
    ):
        assert refused["message"] == "Username should be an email."


def test_an_invited_user_signs_in_with_her_address(by_email: Browser) -> None:
    made = by_email.admin(
        "AdminCreateUser", Username="bob@example.com", TemporaryPassword=PASSWORD
    )
    asked = by_email.sign_in("bob@example.com")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    shown = asked["ChallengeParameters"]["USER_ID_FOR_SRP"]
    assert shown == made["User"]["Username"]
    done = by_email.call(
        "RespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": shown, "NEW_PASSWORD": "Other-7-x"},
    )
    assert "AuthenticationResult" in done


def test_sign_up_can_be_shut(browser: Browser) -> None:
    settings = browser.store.pool.settings
    settings.save(replace(settings.get(), self_sign_up=False))
    assert browser.sign_up("ann")["message"] == (
        "SignUp is not permitted for this user pool"
    )
    assert "User" in browser.admin("AdminCreateUser", Username="ann")
