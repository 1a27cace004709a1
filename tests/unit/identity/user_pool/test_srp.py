from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amplikit.identity.user_pool import srp
from amplikit.identity.user_pool.admin import create_user

sys.path.insert(0, str(Path(__file__).parent))

from srp_client import TIMESTAMP, N, SrpClient

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")


def error(answer: dict[str, str]) -> tuple[str, str]:
    return answer["__type"], answer["message"]


def test_the_published_vector_is_met() -> None:
    verifier = srp.verifier_of("AbCdEfGhI", "jdoe", "P@ssw0rd1", int("9f" * 16, 16))
    server = srp.ServerSecret(verifier, int("22" * 32, 16))
    client_public = pow(2, int("11" * 32, 16), N)
    shown = f"{srp.public_value(server):x}"
    assert hashlib.sha256(shown.encode()).hexdigest() == (
        "42fa1b30ff5df97866e168734d7e4a7d7740ee69e6cd4c0cf7f4cba29bb8f706"
    )
    key = srp.session_key(server, client_public)
    assert key.hex() == "907190dfda835f16252b1142e6c7556e"
    block = base64.b64decode("c2VjcmV0LWJsb2Nr")
    signature = srp.claim_signature(
        key, "AbCdEfGhI", "jdoe", block, "Fri Nov 6 10:20:36 UTC 2026"
    )
    assert signature == "N5wcA4OmoHy5w75tHeq8by7bK+L55G8j/KKj6Ho2hTw="


@pytest.mark.parametrize(
    "text",
    ["", "0", "00", f"{N:x}", f"{2 * N:x}"[:770], "-1", "0x1", "1_0", "g", "f" * 771],
)
def test_a_public_value_that_gives_the_key_away_is_none(text: str) -> None:
    value = srp.read_public_value(text)
    assert value is None or value % N


@pytest.fixture
def alice(browser: Browser) -> Browser:
    create_user(
        browser.store.pool, "alice", browser.now, password=PASSWORD, email="a@b.c"
    )
    return browser


def begin(browser: Browser, name: str, public: str) -> dict[str, Any]:
    return browser.call(
        "InitiateAuth",
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": name, "SRP_A": public},
    )


def respond(browser: Browser, responses: dict[str, str]) -> dict[str, Any]:
    return browser.call(
        "RespondToAuthChallenge",
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses=responses,
    )


def client(browser: Browser, password: str = PASSWORD) -> SrpClient:
    return SrpClient(browser.store.pool.name, password)


def sign_in(browser: Browser, name: str, password: str = PASSWORD) -> dict[str, Any]:
    user = client(browser, password)
    begun = begin(browser, name, user.public)
    return respond(browser, user.answer(begun["ChallengeParameters"]))


def test_who_knows_the_password_gets_tokens(alice: Browser) -> None:
    begun = begin(alice, "alice", client(alice).public)
    assert begun["ChallengeName"] == "PASSWORD_VERIFIER"
    assert begun["ChallengeParameters"].keys() == {
        *("SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP")
    }
    assert "AuthenticationResult" in sign_in(alice, "alice")
    assert "AuthenticationResult" in sign_in(alice, "a@b.c")


@pytest.mark.parametrize(
    "password", ["Passw0rd", "passw0rd!", "", "Passw0rd!!", "\u00e9"]
)
def test_who_does_not_know_it_gets_none(alice: Browser, password: str) -> None:
    assert error(sign_in(alice, "alice", password)) == INCORRECT


@pytest.mark.parametrize(
    "spoil",
    [
        {"PASSWORD_CLAIM_SIGNATURE": "AAAA"},
        {"PASSWORD_CLAIM_SIGNATURE": "\u00e9"},
        {"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"},
        {"PASSWORD_CLAIM_SECRET_BLOCK": "\u00e9"},
        {"TIMESTAMP": "Thu Jan 15 12:34:57 UTC 2026"},
        {"TIMESTAMP": "\u00e9"},
    ],
)
def test_a_spoiled_proof_is_refused(alice: Browser, spoil: dict[str, str]) -> None:
    user = client(alice)
    begun = begin(alice, "alice", user.public)
    responses = user.answer(begun["ChallengeParameters"]) | spoil
    assert error(respond(alice, responses)) == INCORRECT


@pytest.mark.parametrize(
    ("timestamp", "holds"),
    [
        ("Thu Jan 15 12:39:56 UTC 2026", True),
        ("Thu Jan 15 12:29:56 UTC 2026", True),
        ("Thu Jan 15 12:39:57 UTC 2026", False),
        ("Thu Jan 15 12:29:55 UTC 2026", False),
        ("2026-01-15T12:34:56Z", False),
    ],
)
def test_a_proof_is_of_now(alice: Browser, timestamp: str, *, holds: bool) -> None:
    user = client(alice)
    begun = begin(alice, "alice", user.public)
    answer = respond(alice, user.answer(begun["ChallengeParameters"], timestamp))
    assert ("AuthenticationResult" in answer) is holds


def test_a_proof_serves_once_and_for_three_minutes(alice: Browser) -> None:
    user = client(alice)
    begun = begin(alice, "alice", user.public)
    responses = user.answer(begun["ChallengeParameters"])
    assert "AuthenticationResult" in respond(alice, responses)
    assert error(respond(alice, responses)) == INCORRECT
    begun = begin(alice, "alice", user.public)
    alice.later(minutes=3)
    assert error(respond(alice, user.answer(begun["ChallengeParameters"]))) == INCORRECT


def test_a_proof_of_the_old_password_is_none(alice: Browser) -> None:
    user = client(alice)
    begun = begin(alice, "alice", user.public)
    alice.admin(
        "AdminSetUserPassword", Username="alice", Password="Other-7-x", Permanent=True
    )
    assert error(respond(alice, user.answer(begun["ChallengeParameters"]))) == INCORRECT
    assert "AuthenticationResult" in sign_in(alice, "alice", "Other-7-x")


@pytest.mark.parametrize("public", ["0", f"{N:x}", "xyz", "f" * 800])
def test_a_client_that_shows_nothing_is_refused(alice: Browser, public: str) -> None:
    answer = begin(alice, "alice", public)
    assert answer["__type"] == "InvalidParameterException"


def test_another_user_cannot_use_the_proof(alice: Browser) -> None:
    create_user(alice.store.pool, "bob", alice.now, password=PASSWORD)
    user = client(alice)
    begun = begin(alice, "alice", user.public)
    responses = user.answer(begun["ChallengeParameters"]) | {"USERNAME": "bob"}
    assert error(respond(alice, responses)) == INCORRECT


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_guesses_are_locked_out(alice: Browser, name: str) -> None:
    for _ in range(5):
        assert error(sign_in(alice, name, "Wrong0rd!")) == INCORRECT
    assert error(sign_in(alice, name)) == (
        "NotAuthorizedException",
        "Password attempts exceeded",
    )


def test_a_name_that_nobody_has_looks_like_one(alice: Browser) -> None:
    user = client(alice)
    known, unknown, again = (
        begin(alice, name, user.public) for name in ("alice", "nobody", "nobody")
    )
    assert known.keys() == unknown.keys()
    shown, made_up = known["ChallengeParameters"], unknown["ChallengeParameters"]
    assert shown.keys() == made_up.keys()
    assert made_up["USERNAME"] == made_up["USER_ID_FOR_SRP"] == "nobody"
    assert made_up["SALT"] == again["ChallengeParameters"]["SALT"]
    assert made_up["SALT"] != shown["SALT"]
    assert made_up["SRP_B"] != again["ChallengeParameters"]["SRP_B"]
    assert len(made_up["SECRET_BLOCK"]) == len(shown["SECRET_BLOCK"])
    assert error(respond(alice, user.answer(made_up))) == INCORRECT


def test_a_password_from_before_srp_gets_a_verifier(alice: Browser) -> None:
    alice.store.database.write("DELETE FROM password WHERE scheme = 'srp'")
    assert error(sign_in(alice, "alice")) == INCORRECT
    assert "AuthenticationResult" in alice.sign_in("alice", PASSWORD)
    assert "AuthenticationResult" in sign_in(alice, "alice")


def test_an_unconfirmed_user_must_prove_her_password_to_be_told(
    browser: Browser,
) -> None:
    browser.sign_up("alice")
    assert error(sign_in(browser, "alice", "Wrong0rd!")) == INCORRECT
    assert sign_in(browser, "alice")["__type"] == "UserNotConfirmedException"


def test_the_clock_of_the_tests_is_the_clients() -> None:
    assert srp.read_timestamp(TIMESTAMP).isoformat() == "2026-01-15T12:34:56+00:00"
