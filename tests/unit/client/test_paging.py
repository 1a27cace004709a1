"""All items, whatever the pages look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from amplikit_client import GraphQLError, InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable

LIST = (
    "query ($limit: Int, $nextToken: String) { listPosts { items { id } nextToken } }"
)


def page(items: list | None, token: str | None, **others: object) -> tuple:
    return 200, {"data": {"listPosts": {"items": items, "nextToken": token}, **others}}


PAGES = {
    "one": ([page([1, 2], None)], [1, 2]),
    "two": ([page([1], "t"), page([2], None)], [1, 2]),
    "empty ones between": (
        [page([], "t1"), page([], "t2"), page([1], "t3"), page([], None)],
        [1],
    ),
    "nothing": ([page([], None)], []),
    "null items": ([page(None, "t"), page([1], None)], [1]),
    "null items in a page": ([page([1, None], None)], [1, None]),
    "null list": ([(200, {"data": {"listPosts": None}})], []),
    "empty token is a token": ([page([1], ""), page([2], None)], [1, 2]),
}


@pytest.mark.parametrize(("pages", "items"), PAGES.values(), ids=PAGES)
def test_items_of_all_pages_come_in_order(
    service: Callable, pages: list, items: list
) -> None:
    api = service(*pages)
    assert list(api.client().paginate(LIST, path="listPosts")) == items
    assert len(api.calls) == len(pages)


def test_variables_carry_size_and_token(service: Callable) -> None:
    api = service(page([1], "t"), page([2], None))
    list(api.client().paginate(LIST, {"filter": {"a": 1}}, page_size=7))
    assert [body["variables"] for body in api.bodies] == [
        {"limit": 7, "nextToken": None, "filter": {"a": 1}},
        {"limit": 7, "nextToken": "t", "filter": {"a": 1}},
    ]


def test_a_page_is_fetched_only_when_it_is_needed(service: Callable) -> None:
    api = service(page([1, 2], "t"), page([3], None))
    items = api.client().paginate(LIST)
    assert api.calls == []
    assert [next(items), next(items)] == [1, 2]
    assert len(api.calls) == 1


def test_a_nested_list_has_a_dotted_path(service: Callable) -> None:
    blog = {"posts": {"items": [1], "nextToken": None}}
    client = service((200, {"data": {"getBlog": blog, "other": 1}})).client()
    assert list(client.paginate(LIST, path="getBlog.posts")) == [1]


def test_a_nested_list_of_nothing_is_empty(service: Callable) -> None:
    client = service((200, {"data": {"getBlog": None}})).client()
    assert list(client.paginate(LIST, path="getBlog.posts")) == []


@pytest.mark.parametrize(
    "tokens", [("a", "a"), ("a", "b", "a")], ids=["same", "circle"]
)
def test_a_token_seen_before_ends_in_an_error(
    service: Callable, tokens: tuple[str, ...]
) -> None:
    api = service(*(page([1], token) for token in tokens))
    with pytest.raises(InvalidCall, match="nextToken"):
        list(api.client().paginate(LIST))
    assert len(api.calls) == len(tokens)


REFUSED = {
    "no limit": "query ($nextToken: String) { listPosts { items { id } } }",
    "no token": "query ($limit: Int) { listPosts { items { id } } }",
    "neither": "{ listPosts { items { id } nextToken } }",
    "mutation": "mutation ($limit: Int, $nextToken: String) { a }",
    "in a comment": "query ($limit: Int) { a } # $nextToken: String",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_a_query_that_cannot_be_paged_is_refused_at_once(
    service: Callable, query: str
) -> None:
    api = service(page([1], None))
    with pytest.raises(InvalidCall, match="declares"):
        api.client().paginate(query)
    assert api.calls == []


@pytest.mark.parametrize("size", [0, -1, True])
def test_a_page_holds_at_least_one_item(service: Callable, size: int) -> None:
    with pytest.raises(InvalidCall, match="page_size"):
        service().client().paginate(LIST, page_size=size)


SHAPES = {
    "no token selected": ({"listPosts": {"items": [1]}}, None),
    "no items selected": ({"listPosts": {"nextToken": None}}, None),
    "not a list": ({"listPosts": [1]}, None),
    "two fields": ({"a": {}, "b": {}}, None),
    "wrong path": ({"listPosts": {"items": [], "nextToken": None}}, "listPost"),
    "path through a list": ({"a": {"items": []}}, "a.items.b"),
}


@pytest.mark.parametrize(("data", "path"), SHAPES.values(), ids=SHAPES)
def test_an_answer_that_is_no_page_is_told(
    service: Callable, data: dict, path: str | None
) -> None:
    with pytest.raises(InvalidCall):
        list(service((200, {"data": data})).client().paginate(LIST, path=path))


def test_an_error_on_a_later_page_is_raised(service: Callable) -> None:
    items = service(page([1], "t"), (200, {"errors": [{}]})).client().paginate(LIST)
    assert next(items) == 1
    with pytest.raises(GraphQLError):
        next(items)
