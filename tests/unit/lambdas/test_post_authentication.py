"""A sign-in leaves a time, and never fails because of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

SUB = "8a5c1f0e-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def function(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("post_authentication")


def test_the_time_is_an_aws_date_time(
    function: ModuleType, api: Callable[..., object]
) -> None:
    service = api()
    function.update(
        service.client, SUB, datetime(2026, 1, 2, 3, 4, 5, 6789, tzinfo=UTC)
    )
    assert service.inputs == [{"id": SUB, "lastSeenAt": "2026-01-02T03:04:05.006Z"}]


LOGGED = {
    "no profile yet": ("DynamoDB:ConditionalCheckFailedException", "no profile yet"),
    "refused": ("Unauthorized", "is not updated"),
    "failed": ("InternalFailure", "is not updated"),
}


@pytest.mark.parametrize(("error_type", "words"), LOGGED.values(), ids=LOGGED)
def test_an_error_is_a_line_in_the_log(
    function: ModuleType,
    api: Callable[..., object],
    caplog: pytest.LogCaptureFixture,
    error_type: str,
    words: str,
) -> None:
    seen_at = datetime(2026, 1, 2, tzinfo=UTC)
    function.try_update(lambda: api(error_type).client, SUB, seen_at)
    assert [words in record.getMessage() for record in caplog.records] == [True]


def test_a_function_without_an_api_lets_the_user_in(
    function: ModuleType,
    cognito_event: Callable[..., dict],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delenv("APPSYNC_URL", raising=False)
    event = cognito_event("PostAuthentication_Authentication")
    assert function.handler(event, None) is event
    assert "APPSYNC_URL" in caplog.text
