"""A confirmed sign-up has a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from amplikit_client import GraphQLError, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SUB = "8a5c1f0e-0000-4000-8000-000000000001"
CONFIRMED = "PostConfirmation_ConfirmSignUp"


@pytest.fixture(scope="module")
def function(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("post_confirmation")


PROFILES = {
    "v1": (
        "username",
        {"email": "a@example.org", "name": "Alice Ä"},
        {
            "email": "a@example.org",
            "displayName": "Alice Ä",
            "owner": "alice",
        },
    ),
    "v2": (
        "sub::username",
        {"email": "a@example.org"},
        {
            "email": "a@example.org",
            "displayName": "alice",
            "owner": f"{SUB}::alice",
        },
    ),
    # An absent AWSEmail must stay absent: "" is none.
    "no address": ("username", {}, {"displayName": "alice", "owner": "alice"}),
    "empty address": (
        "username",
        {"email": "", "name": ""},
        {"displayName": "alice", "owner": "alice"},
    ),
}


@pytest.mark.parametrize(
    ("owner_format", "attributes", "expected"), PROFILES.values(), ids=PROFILES
)
def test_a_profile_holds_what_cognito_knows(
    function: ModuleType,
    cognito_event: Callable[..., dict],
    owner_format: str,
    attributes: dict[str, str],
    expected: dict[str, str],
) -> None:
    event = cognito_event(CONFIRMED, **attributes)
    profile = function.profile(event, owner_format)
    assert profile == {"id": SUB, "username": "alice", **expected}


def test_an_owner_format_that_is_none_is_told(
    function: ModuleType, cognito_event: Callable[..., dict]
) -> None:
    with pytest.raises(ValueError, match="OWNER_FORMAT is 'email'"):
        function.profile(cognito_event(CONFIRMED), "email")


def test_the_profile_is_sent_once(
    function: ModuleType, api: Callable[..., object]
) -> None:
    service = api()
    function.create(service.client, {"id": SUB})
    assert service.inputs == [{"id": SUB}]


def test_an_event_that_comes_again_finds_the_profile(
    function: ModuleType, api: Callable[..., object]
) -> None:
    service = api("DynamoDB:ConditionalCheckFailedException")
    function.create(service.client, {"id": SUB})
    assert service.inputs == [{"id": SUB}]


@pytest.mark.parametrize(
    ("error_type", "kind"),
    [("Unauthorized", Unauthorized), ("InternalFailure", GraphQLError)],
    ids=["refused", "failed"],
)
def test_no_other_error_is_hidden(
    function: ModuleType,
    api: Callable[..., object],
    error_type: str,
    kind: type[Exception],
) -> None:
    with pytest.raises(kind):
        function.create(api(error_type).client, {"id": SUB})


def test_a_reset_password_needs_no_api(
    function: ModuleType, cognito_event: Callable[..., dict]
) -> None:
    event = cognito_event("PostConfirmation_ConfirmForgotPassword")
    assert function.handler(event, None) is event
