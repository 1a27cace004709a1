from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity import IdentityStore
from amplikit.identity.token_verifier import user_pool_caller, verify_token
from amplikit.identity.user_pool.admin import (
    confirm_user,
    create_user,
    delete_user,
    ensure_user,
)
from amplikit.identity.user_pool.refusal import Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from amplikit.identity import UserPoolCaller
    from tests.unit.identity.conftest import Browser


INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


@pytest.fixture
def alice(browser: Browser) -> Browser:
    """A confirmed user."""
    browser.sign_up("alice")
    browser.confirm("alice")
    return browser


def caller(browser: Browser, token: str) -> UserPoolCaller:
    trust = browser.store.trust(browser.issuer)
    return user_pool_caller(verify_token(token, trust, browser.now))


def test_the_right_password_yields_tokens_that_hold(alice: Browser) -> None:
    answer = alice.sign_in("alice")
    assert answer["ChallengeParameters"] == {}
    result = answer["AuthenticationResult"]
    assert set(result) == {
        "AccessToken",
        "ExpiresIn",
        "IdToken",
        "RefreshToken",
        "TokenType",
    }
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert caller(alice, result["IdToken"]).username == "alice"
    assert caller(alice, result["AccessToken"]).username == "alice"


def test_a_verified_address_is_a_name_too(alice: Browser) -> None:
    result = alice.sign_in("alice@example.com")["AuthenticationResult"]
    assert caller(alice, result["IdToken"]).username == "alice"


def test_an_unverified_address_is_no_name(browser: Browser) -> None:
    browser.sign_up("alice")
    assert error(browser.sign_in("alice@example.com")) == INCORRECT


def test_unknown_name_and_wrong_password_have_one_answer(alice: Browser) -> None:
    assert error(alice.sign_in("alice", "Wrong0rd!")) == INCORRECT
    assert error(alice.sign_in("nobody", "Passw0rd!")) == INCORRECT


def test_an_unconfirmed_user_must_know_her_password_to_be_told(
    browser: Browser,
) -> None:
    browser.sign_up("alice")
    assert error(browser.sign_in("alice")) == (
        "UserNotConfirmedException",
        "User is not confirmed.",
    )
    assert error(browser.sign_in("alice", "Wrong0rd!")) == INCORRECT


def test_a_disabled_user_may_neither_sign_in_nor_refresh(alice: Browser) -> None:
    token = alice.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    alice.store.pool.users.set_enabled("alice", alice.now, enabled=False)
    disabled = ("NotAuthorizedException", "User is disabled.")
    assert error(alice.sign_in("alice")) == disabled
    assert error(alice.refresh(token)) == disabled


def test_a_user_without_a_password_cannot_sign_in(browser: Browser) -> None:
    ensure_user(browser.store.pool, "alice", browser.now)
    assert error(browser.sign_in("alice", "Passw0rd!")) == INCORRECT


@pytest.mark.parametrize(("name", "unlocked"), [("alice", None), ("nobody", INCORRECT)])
def test_the_lock_doubles_from_the_fifth_failure_on(
    alice: Browser, name: str, unlocked: tuple[str, str] | None
) -> None:
    for _ in range(5):
        assert error(alice.sign_in(name, "Wrong0rd!")) == INCORRECT
    assert error(alice.sign_in(name)) == LOCKED
    alice.later(seconds=1)
    assert error(alice.sign_in(name, "Wrong0rd!")) == INCORRECT
    alice.later(seconds=1)
    assert error(alice.sign_in(name)) == LOCKED
    alice.later(seconds=1)
    answer = alice.sign_in(name)
    assert "AuthenticationResult" in answer or error(answer) == unlocked


def test_a_try_while_locked_does_not_extend_the_lock(alice: Browser) -> None:
    for _ in range(5):
        alice.sign_in("alice", "Wrong0rd!")
    for _ in range(4):
        alice.later(milliseconds=200)
        assert error(alice.sign_in("alice")) == LOCKED
    alice.later(milliseconds=200)
    assert "AuthenticationResult" in alice.sign_in("alice")


def test_success_forgets_failures(alice: Browser) -> None:
    for _ in range(3):
        for _ in range(4):
            alice.sign_in("alice", "Wrong0rd!")
        assert "AuthenticationResult" in alice.sign_in("alice")


def test_fifteen_quiet_minutes_forget_failures(alice: Browser) -> None:
    for _ in range(4):
        alice.sign_in("alice", "Wrong0rd!")
    alice.later(minutes=15)
    for _ in range(4):
        assert error(alice.sign_in("alice", "Wrong0rd!")) == INCORRECT
    assert "AuthenticationResult" in alice.sign_in("alice")


def test_guesses_sent_at_once_are_locked_too(alice: Browser) -> None:
    async def guess() -> list[dict[str, str]]:
        return await asyncio.gather(
            *(
                alice.call_async(
                    "InitiateAuth",
                    AuthFlow="USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": "alice", "PASSWORD": "Wrong0rd!"},
                )
                for _ in range(8)
            )
        )

    messages = sorted(answer["message"] for answer in asyncio.run(guess()))
    assert messages == [INCORRECT[1]] * 5 + [LOCKED[1]] * 3


def test_right_sign_ins_at_once_all_hold(alice: Browser) -> None:
    async def enter() -> list[dict[str, str]]:
        return await asyncio.gather(
            *(
                alice.call_async(
                    "InitiateAuth",
                    AuthFlow="USER_PASSWORD_AUTH",
                    AuthParameters={"USERNAME": "alice", "PASSWORD": "Passw0rd!"},
                )
                for _ in range(8)
            )
        )

    assert all("AuthenticationResult" in answer for answer in asyncio.run(enter()))


def test_a_refresh_keeps_the_sign_in_and_gives_no_new_refresh_token(
    alice: Browser,
) -> None:
    first = alice.sign_in("alice")["AuthenticationResult"]
    before = caller(alice, first["IdToken"]).claims
    alice.later(hours=2)
    alice.store.pool.groups.create("Admins", alice.now)
    alice.store.pool.groups.add("alice", "Admins")
    result = alice.refresh(first["RefreshToken"])["AuthenticationResult"]
    assert "RefreshToken" not in result
    after = caller(alice, result["IdToken"]).claims
    for kept in ("auth_time", "origin_jti", "sub"):
        assert after[kept] == before[kept]
    assert after["iat"] == before["iat"] + 7200
    assert after["jti"] != before["jti"]
    assert after["cognito:groups"] == ["Admins"]


INVALID = ("NotAuthorizedException", "Invalid Refresh Token")


@pytest.mark.parametrize(
    ("age", "holds"), [(timedelta(days=29), True), (timedelta(days=30), False)]
)
def test_a_refresh_token_holds_for_thirty_days(
    alice: Browser, age: timedelta, *, holds: bool
) -> None:
    token = alice.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    alice.now += age
    answer = alice.refresh(token)
    assert ("AuthenticationResult" in answer) is holds
    expired = ("NotAuthorizedException", "Refresh Token has expired")
    assert holds or error(answer) == expired


def test_what_is_no_refresh_token_is_refused(alice: Browser) -> None:
    token = alice.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    for wrong in ("x", token[:-1], token + "A"):
        assert error(alice.refresh(wrong)) == INVALID


def test_a_deleted_users_refresh_token_is_refused(alice: Browser) -> None:
    token = alice.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    delete_user(alice.store.pool, "alice")
    assert error(alice.refresh(token)) == INVALID
    alice.sign_up("alice")
    assert error(alice.refresh(token)) == INVALID


def test_users_and_sessions_survive_a_restart(
    alice: Browser, folder: Path, now: datetime
) -> None:
    token = alice.sign_in("alice")["AuthenticationResult"]["RefreshToken"]
    sub = alice.store.pool.users.get("alice").sub
    alice.store.close()
    alice.store = IdentityStore.open(folder, None, lambda: now)
    assert alice.store.pool.users.get("alice").sub == sub
    assert "AuthenticationResult" in alice.refresh(token)
    assert "AuthenticationResult" in alice.sign_in("alice")
    alice.store.close()


def flow(browser: Browser, name: str, **parameters: str) -> dict[str, str]:
    return browser.call("InitiateAuth", AuthFlow=name, AuthParameters=parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "type_", "message"),
    [
        (
            "USER_PASSWORD_AUTH",
            {"USERNAME": "a"},
            "InvalidParameterException",
            "Missing required parameter PASSWORD",
        ),
        (
            "USER_PASSWORD_AUTH",
            {"PASSWORD": "a"},
            "InvalidParameterException",
            "Missing required parameter USERNAME",
        ),
        (
            "REFRESH_TOKEN_AUTH",
            {},
            "InvalidParameterException",
            "Missing required parameter REFRESH_TOKEN",
        ),
        (
            "CUSTOM_AUTH",
            {"USERNAME": "a"},
            "InvalidParameterException",
            "Custom auth lambda trigger is not configured.",
        ),
        (
            "USER_PASSWORD_AUTH",
            {"USERNAME": "a" * 129, "PASSWORD": "x"},
            *INCORRECT,
        ),
    ],
)
def test_a_flow_that_cannot_run_says_why(
    browser: Browser,
    name: str,
    parameters: dict[str, str],
    type_: str,
    message: str | None,
) -> None:
    assert error(flow(browser, name, **parameters)) == (type_, message)


def test_passwords_are_at_rest_as_salted_scrypt(alice: Browser) -> None:
    rows = alice.store.database.rows("SELECT * FROM password")
    kept = {row["scheme"]: row["verifier"] for row in rows}
    assert kept.keys() == {"scrypt", "srp"}
    verifier = kept["scrypt"]
    assert verifier.startswith("16384$8$1$")
    assert "Passw0rd!" not in str(kept)
    assert alice.store.pool.passwords.digest("Passw0rd!") != verifier


def test_a_generated_password_conforms(browser: Browser) -> None:
    pool = browser.store.pool
    password = pool.passwords.generate()
    made = create_user(pool, "bob", browser.now, password=password)
    assert made.status == "CONFIRMED"
    assert "AuthenticationResult" in browser.sign_in("bob", password)


@pytest.mark.parametrize(
    ("arguments", "type_"),
    [
        ({"username": "two words"}, "InvalidParameterException"),
        ({"username": ""}, "InvalidParameterException"),
        ({"username": "\udcff"}, "InvalidParameterException"),
        ({"username": "a", "password": "short"}, "InvalidPasswordException"),
        ({"username": "a", "email": "nowhere"}, "InvalidParameterException"),
        ({"username": "a", "groups": ["two words"]}, "InvalidParameterException"),
        ({"username": "taken"}, "UsernameExistsException"),
    ],
)
def test_the_command_line_gets_cognitos_refusals(
    store: IdentityStore, now: datetime, arguments: dict[str, Any], type_: str
) -> None:
    create_user(store.pool, "taken", now)
    refusal = create_user(store.pool, now=now, **arguments)
    assert isinstance(refusal, Refusal)
    assert refusal.type == type_


def test_the_command_line_confirms_without_a_code(browser: Browser) -> None:
    browser.sign_up("alice")
    pool = browser.store.pool
    assert confirm_user(pool, "alice", browser.now).status == "CONFIRMED"
    assert "AuthenticationResult" in browser.sign_in("alice")
    assert confirm_user(pool, "alice", browser.now).type == "NotAuthorizedException"
    assert confirm_user(pool, "bob", browser.now).type == "UserNotFoundException"


def test_ensuring_a_user_twice_keeps_her_sub(
    store: IdentityStore, now: datetime
) -> None:
    first = ensure_user(store.pool, "alice", now)
    assert ensure_user(store.pool, "alice", now) == first


def test_groups_are_made_joined_and_left(store: IdentityStore, now: datetime) -> None:
    groups = store.pool.groups
    create_user(store.pool, "alice", now, groups=["b"])
    assert groups.create("a", now)
    assert not groups.create("a", now)
    groups.add("alice", "a")
    groups.add("alice", "a")
    assert store.pool.users.get("alice").groups == ("a", "b")
    assert groups.remove("alice", "a")
    assert not groups.remove("alice", "a")
    assert [group.name for group in groups.all()] == ["a", "b"]


def test_deleting_a_user_takes_everything_of_hers(alice: Browser) -> None:
    alice.sign_in("alice")
    alice.store.pool.groups.create("a", alice.now)
    alice.store.pool.groups.add("alice", "a")
    assert delete_user(alice.store.pool, "alice") is None
    assert delete_user(alice.store.pool, "alice").type == "UserNotFoundException"
    for table in ("password", "membership", "refresh_token", "issued_code"):
        assert alice.store.database.rows(f"SELECT * FROM {table}") == []
