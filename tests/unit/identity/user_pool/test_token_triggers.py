from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from amplikit.blueprint.config import Trigger
from amplikit.blueprint.user_pool import TokenEvent
from amplikit.identity.user_pool.admin import create_user
from amplikit.identity.user_pool.triggers import TriggerFailed, TriggerReturned

if TYPE_CHECKING:
    from tests.unit.identity.conftest import Browser

PASSWORD = "Passw0rd!"


@pytest.fixture
def alice(browser: Browser) -> Browser:
    browser.triggers.attached = (Trigger.PRE_TOKEN_GENERATION,)
    create_user(
        browser.store.pool, "alice", browser.now, password=PASSWORD, email="a@b.c"
    )
    browser.admin("CreateGroup", GroupName="staff", RoleArn="arn:aws:iam::1:role/s")
    browser.admin("AdminAddUserToGroup", Username="alice", GroupName="staff")
    return browser


def returning(browser: Browser, response: object) -> None:
    async def outcome(event: dict[str, Any]) -> TriggerReturned:
        return TriggerReturned({**event, "response": response})

    browser.triggers.outcome = outcome


def claims(browser: Browser, use: str) -> dict[str, Any]:
    result = browser.sign_in("alice", PASSWORD)["AuthenticationResult"]
    payload = result[use].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


def second(browser: Browser) -> None:
    pool = browser.store.pool
    pool.settings.save(replace(pool.settings.get(), token_event=TokenEvent.V2))


def test_the_event_of_the_first_version(alice: Browser) -> None:
    returning(alice, {"claimsOverrideDetails": None})
    alice.sign_in("alice", PASSWORD)
    (event,) = alice.triggers.events
    assert (event["version"], event["triggerSource"]) == (
        *("1", "TokenGeneration_Authentication"),
    )
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": ["staff"],
        "iamRolesToOverride": ["arn:aws:iam::1:role/s"],
        "preferredRole": None,
    }
    assert event["request"]["userAttributes"]["email"] == "a@b.c"
    assert event["response"] == {"claimsOverrideDetails": None}


def test_the_first_version_changes_the_id_token_alone(alice: Browser) -> None:
    override = {
        "claimsToAddOrOverride": {"tenant": "a", "email": "x@y.z", "sub": "me"},
        "claimsToSuppress": ["email_verified", "tenant2", "iss"],
    }
    returning(alice, {"claimsOverrideDetails": override})
    token = claims(alice, "IdToken")
    assert (token["tenant"], token["email"]) == ("a", "x@y.z")
    assert token["sub"] == alice.store.pool.users.get("alice").sub
    assert token["iss"] == alice.issuer
    assert "email_verified" not in token
    assert token["cognito:groups"] == ["staff"]
    assert token["cognito:roles"] == ["arn:aws:iam::1:role/s"]
    assert "tenant" not in claims(alice, "AccessToken")


def test_what_is_suppressed_stays_away(alice: Browser) -> None:
    override = {"claimsToAddOrOverride": {"a": "1"}, "claimsToSuppress": ["a"]}
    returning(alice, {"claimsOverrideDetails": override})
    assert "a" not in claims(alice, "IdToken")


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    ("override", "groups"),
    [
        ({"groupsToOverride": ["x", "y"]}, ["x", "y"]),
        ({}, None),
        (None, None),
    ],
)
def test_groups_are_overridden_in_both_tokens(
    alice: Browser, version: str, override: object, groups: list[str] | None
) -> None:
    details = {"groupOverrideDetails": override}
    if version == "2":
        second(alice)
        returning(alice, {"claimsAndScopeOverrideDetails": details})
    else:
        returning(alice, {"claimsOverrideDetails": details})
    for use in ("IdToken", "AccessToken"):
        assert claims(alice, use).get("cognito:groups") == groups


def test_the_second_version_changes_both_tokens_and_scopes(alice: Browser) -> None:
    second(alice)
    details = {
        "idTokenGeneration": {"claimsToAddOrOverride": {"n": {"deep": [1]}}},
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {"level": 7, "client_id": "other"},
            "claimsToSuppress": ["event_id", "nothing"],
            "scopesToAdd": ["notes/read", "openid"],
            "scopesToSuppress": ["aws.cognito.signin.user.admin"],
        },
    }
    returning(alice, {"claimsAndScopeOverrideDetails": details})
    assert claims(alice, "IdToken")["n"] == {"deep": [1]}
    access = claims(alice, "AccessToken")
    assert access["level"] == 7
    assert access["client_id"] == alice.store.facts.user_pool_client_id
    assert access["scope"] == "notes/read openid"
    event = alice.triggers.events[0]
    assert event["version"] == "2"
    assert event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


def test_a_refresh_asks_again(alice: Browser) -> None:
    returning(alice, {"claimsOverrideDetails": None})
    token = alice.sign_in("alice", PASSWORD)["AuthenticationResult"]["RefreshToken"]
    assert "AuthenticationResult" in alice.refresh(token)
    sources = [event["triggerSource"] for event in alice.triggers.events]
    assert sources[1] == "TokenGeneration_RefreshTokens"


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        {"claimsOverrideDetails": []},
        {"claimsOverrideDetails": {"claimsToAddOrOverride": {"a": 1}}},
        {"claimsOverrideDetails": {"claimsToSuppress": "a"}},
        {"claimsOverrideDetails": {"groupOverrideDetails": "a"}},
        {"claimsOverrideDetails": {"groupOverrideDetails": {"preferredRole": 1}}},
    ],
)
def test_an_answer_without_the_form_lets_nobody_in(
    alice: Browser, response: object
) -> None:
    returning(alice, response)
    refused = alice.sign_in("alice", PASSWORD)
    assert refused["__type"] == "InvalidLambdaResponseException"


def test_a_failing_function_lets_nobody_in(alice: Browser) -> None:
    alice.triggers.outcome = TriggerFailed("no")
    refused = alice.sign_in("alice", PASSWORD)
    assert refused["message"] == "PreTokenGeneration failed with error no."
    assert alice.store.database.rows("SELECT * FROM refresh_token") == []
