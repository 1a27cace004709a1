"""The three settings of an API: query depth, resolver count, introspection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.limits import ApiLimits
from amplikit.emulator.app import App
from amplikit.emulator.service import Service

if TYPE_CHECKING:
    from conftest import Api

Limited = Callable[..., "Api"]
NESTED = {"value": 1, "node": {"value": 2, "node": {"value": 3}}}


@pytest.fixture
def limited(api: Api) -> Limited:
    def limit(**limits: object) -> Api:
        runtime = api.service.runtime
        blueprint = replace(runtime.blueprint, limits=ApiLimits(**limits))
        service = Service(replace(runtime, blueprint=blueprint), api.service.base_url)
        return replace(api, service=service, app=App(service))

    return limit


def test_what_is_deeper_than_the_limit_is_null_and_the_rest_is_there(
    limited: Limited,
) -> None:
    api = limited(query_depth=2)
    api.resolvers.answers["Query.deep"] = NESTED

    answer = api.ask("{ top: deep { value node { value __typename } } }").json

    assert answer["data"] == {
        "top": {"value": 1, "node": {"value": None, "__typename": "Node"}}
    }
    (error,) = answer["errors"]
    assert error["path"] == ["top", "node", "value"]
    assert error["errorType"] == "QueryDepthLimitReached"
    assert [*error] == [
        "path",
        "data",
        "errorType",
        "errorInfo",
        "locations",
        "message",
    ]


@pytest.mark.parametrize(("depth", "errors"), [(0, 0), (1, 2), (2, 1), (3, 0), (75, 0)])
def test_the_level_of_a_scalar_counts_as_one(
    limited: Limited, depth: int, errors: int
) -> None:
    api = limited(query_depth=depth)
    api.resolvers.answers["Query.deep"] = NESTED

    answer = api.ask("{ deep { value node { ... on Node { value } } } }").json

    assert len(answer.get("errors", ())) == errors


def test_elements_of_a_list_are_no_level(limited: Limited) -> None:
    api = limited(query_depth=3)
    api.resolvers.answers["Query.deep"] = {"nodes": [NESTED, NESTED]}

    answer = api.ask("{ deep { nodes { value } } }").json

    assert answer == {"data": {"deep": {"nodes": [{"value": 1}, {"value": 1}]}}}


def test_a_depth_limit_does_not_touch_introspection(limited: Limited) -> None:
    query = "{ __schema { types { fields { type { ofType { name } } } } } }"

    assert "errors" not in limited(query_depth=1).ask(query).json


def test_resolvers_over_the_count_do_not_run(limited: Limited) -> None:
    api = limited(resolver_count=2)
    api.resolvers.answers["Query.getPost"] = {"id": "1", "title": "T"}

    answer = api.ask(
        "{ a: getPost(id: 1) { id } b: getPost(id: 1) { id } c: getPost(id: 1) { id } }"
    ).json

    assert answer["data"] == {"a": {"id": "1"}, "b": {"id": "1"}, "c": None}
    assert [(one["path"], one["errorType"]) for one in answer["errors"]] == [
        (["c"], "ResolverExecutionLimitReached")
    ]
    assert len(api.resolvers.calls) == 2


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("{ __schema { types { name } } }", "'types' in type '__Schema'"),
        ('{ __type(name: "Post") { name } }', "'name' in type '__Type'"),
        ("{ __typename }", None),
    ],
)
def test_introspection_can_be_switched_off(
    limited: Limited,
    query: str,
    refused: str | None,
) -> None:
    answer = limited(introspection=False).ask(query)

    assert answer.status == 200
    if refused is None:
        assert answer.json == {"data": {"__typename": "Query"}}
        return
    assert answer.json["data"] is None
    (error,) = answer.json["errors"]
    assert f"Field {refused} is undefined" in error["message"]
    assert [*error] == ["path", "locations", "message"]
