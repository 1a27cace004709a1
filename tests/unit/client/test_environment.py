"""Which API a function's environment names."""

from __future__ import annotations

import pytest
from amplikit_client import AppSyncClient, InvalidCall
from amplikit_client.environment import api_url

OURS, AMPLIFY, OTHER = (
    "APPSYNC_URL",
    "API_BLOG_GRAPHQLAPIENDPOINTOUTPUT",
    "API_SHOP_GRAPHQLAPIENDPOINTOUTPUT",
)
FOUND = {
    "ours": {OURS: "https://a/graphql"},
    "Amplify's": {AMPLIFY: "https://a/graphql"},
    "ours wins": {OURS: "https://a/graphql", AMPLIFY: "https://b", OTHER: "https://c"},
    "twice the same": {AMPLIFY: "https://a/graphql", OTHER: "https://a/graphql"},
    "empty ones do not count": {OURS: "", AMPLIFY: "https://a/graphql", OTHER: ""},
    "Amplify's other variables do not count": {
        AMPLIFY: "https://a/graphql",
        "API_BLOG_GRAPHQLAPIIDOUTPUT": "id",
        "API_BLOG_GRAPHQLAPIKEYOUTPUT": "da2-x",
    },
}


@pytest.mark.parametrize("environ", FOUND.values(), ids=FOUND)
def test_the_one_api_is_found(environ: dict[str, str]) -> None:
    assert api_url(environ) == "https://a/graphql"


def test_two_apis_are_named_in_the_error() -> None:
    with pytest.raises(InvalidCall, match=f"{AMPLIFY}, {OTHER}"):
        api_url({AMPLIFY: "https://a", OTHER: "https://b"})


@pytest.mark.parametrize("environ", [{}, {OURS: ""}], ids=["nothing", "empty"])
def test_no_api_is_an_error_that_says_what_to_set(environ: dict[str, str]) -> None:
    with pytest.raises(InvalidCall, match="APPSYNC_URL"):
        api_url(environ)


def test_a_missing_region_is_told_before_the_first_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(OURS, "http://localhost/graphql")
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    with pytest.raises(InvalidCall, match="AWS_REGION"):
        AppSyncClient.from_env()
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert AppSyncClient.from_env().url == "http://localhost/graphql"
