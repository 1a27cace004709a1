from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Answer, Api

BODY = b'{"query": "{ getPost(id: 1) { id } }"}'


def call(api: Api, key: str | None = None, method: str = "POST") -> Answer:
    headers = {} if key is None else {"x-api-key": key}
    return api.http(method, "/partner/graphql", headers, BODY)


def test_a_partner_is_an_api_key_caller_named_by_its_key(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post

    answer = call(api, api.key("partner"))

    assert answer.json == {"data": {"getPost": {"id": "1"}}}
    key = api.identity.api_keys.get("partner")
    assert api.resolvers.calls[0].caller.label == f"key:{key.id}"


def test_a_missing_unknown_appsync_or_expired_key_is_forbidden(api: Api) -> None:
    keys = [None, "", "nobody", api.key()]
    answers = [call(api, key) for key in keys]
    api.clock[0] += timedelta(days=8)
    answers.append(call(api, api.key("partner")))

    for answer in answers:
        assert answer.status == 403
        assert answer.json == {"message": "Forbidden"}
        assert answer.headers["x-amzn-errortype"] == "ForbiddenException"
        assert answer.headers["content-type"] == "application/json"
    assert not api.resolvers.calls


def test_the_rate_is_refilled_and_the_quota_is_not(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    api.clock[0] = api.clock[0].replace(hour=12)
    key = api.key("partner")
    told = []
    for seconds in (0, 0, 0, 1, 1, 1, 1):
        api.clock[0] += timedelta(seconds=seconds)
        answer = call(api, key)
        told.append((answer.status, answer.json.get("message")))

    served, slow = (200, None), (429, "Too Many Requests")
    spent = (429, "Limit Exceeded")
    assert told == [served, served, slow, served, served, served, spent]


def test_other_methods_have_no_route(api: Api) -> None:
    answer = call(api, api.key("partner"), "GET")

    assert answer.status == 403
    assert answer.json == {"message": "Missing Authentication Token"}


def test_a_gateway_key_is_no_appsync_key(api: Api) -> None:
    headers = {"x-api-key": api.key("partner")}

    assert api.http("POST", "/graphql", headers, BODY).status == 401


def test_a_waf_rule_blocks_before_anything_else(api: Api, post: dict) -> None:
    api.resolvers.answers["Query.getPost"] = post
    headers = {"x-api-key": api.key("watched")}

    answers = [api.http("POST", "/graphql", headers, BODY) for _ in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [403]
    assert answers[-1].json == {
        "errors": [{"errorType": "WAFForbiddenException", "message": "403 Forbidden"}]
    }
    assert api.http("POST", "/graphql", headers, b"meow").status == 403
