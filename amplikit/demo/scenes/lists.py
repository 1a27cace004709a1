"""What surprises people in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.demo.stage import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.demo.stage import Stage

__all__ = ["owned_pages", "the_list_pitfall"]

_POSTS = 50
_CREATE = """mutation Create($title: String!) {
  createPost(input: { title: $title }) { id }
}"""
_FILTERED = """query Find($limit: Int, $nextToken: String) {
  listPosts(filter: { title: { eq: "Hello" } }, limit: $limit, nextToken: $nextToken) {
    items { id title }
    nextToken
  }
}"""
_BY_TITLE = 'query { postsByTitle(title: "Hello") { items { id title } } }'
_OF_ALICE = """query OfAlice($limit: Int, $nextToken: String) {
  listPosts(
    filter: { owner: { eq: "alice" } }, limit: $limit, nextToken: $nextToken
  ) { items { id } nextToken }
}"""
_BOBS_POSTS = 25
_PAGE = 10


def the_list_pitfall(stage: Stage) -> Iterator[Line]:
    """A filter with ``limit: 1`` finds nothing; the index and the client find it."""
    alice = stage.user("alice")
    for number in range(_POSTS - 1):
        alice.execute(_CREATE, {"title": f"Post {number}"})
    hello = _create_behind(stage)
    page = alice.execute(_FILTERED, {"limit": 1})["listPosts"]
    line = stage.logged("listPosts")
    yield Line(
        'listPosts(filter: { title: { eq: "Hello" } }, limit: 1)',
        "alice",
        f"{len(page['items'])} items, nextToken {_shown(page)}",
        f"DynamoDB limits before it filters: {line.strip()}",
        page["items"] == [] and bool(page["nextToken"]) and "1 read" in line,
    )
    found = alice.execute(_BY_TITLE)["postsByTitle"]["items"]
    yield Line(
        'postsByTitle(title: "Hello")',
        "alice",
        f"{len(found)} item",
        '@key(name: "byTitle", fields: ["title"], queryField: "postsByTitle")',
        [item["id"] for item in found] == [hello],
    )
    walked = list(alice.paginate(_FILTERED, path="listPosts", page_size=10))
    yield Line(
        "client.paginate over the same filter",
        "alice",
        f"{len(walked)} item",
        "it follows nextToken through the empty pages",
        [item["id"] for item in walked] == [hello],
    )


def owned_pages(stage: Stage) -> Iterator[Line]:
    """Two people have posted; a page of one's posts holds fewer than it reads."""
    alice, bob = stage.user("alice"), stage.user("bob")
    for number in range(_BOBS_POSTS):
        bob.execute(_CREATE, {"title": f"Bob's {number}"})
    pages = [alice.execute(_OF_ALICE, {"limit": _PAGE})["listPosts"]]
    while pages[-1]["nextToken"] and len(pages[-1]["items"]) == _PAGE:
        # A page without a post of bob's is possible; the next one has some.
        after = {"limit": _PAGE, "nextToken": pages[-1]["nextToken"]}
        pages.append(alice.execute(_OF_ALICE, after)["listPosts"])
    page, line = pages[-1], stage.logged("listPosts")
    yield Line(
        'listPosts(filter: { owner: { eq: "alice" } }, limit: 10)',
        "alice",
        f"{len(page['items'])} of {_PAGE}, nextToken {_shown(page)}",
        line.strip(),
        len(page["items"]) < _PAGE and bool(page["nextToken"]),
    )
    mine = list(alice.paginate(_OF_ALICE, path="listPosts", page_size=_PAGE))
    yield Line(
        "client.paginate",
        "alice",
        f"{len(mine)} posts",
        "all pages together hold all of hers",
        len(mine) == _POSTS,
    )


def _shown(page: dict[str, object]) -> str:
    return "set" if page["nextToken"] else "null"


def _create_behind(stage: Stage) -> str:
    """Create "Hello" so that it is not the first item in hash order.

    Hash order is the store's own; an item that happens to come first would make the
    filtered page of one succeed by luck, which is what the pitfall is about.
    """
    alice = stage.user("alice")
    while True:
        created = str(alice.execute(_CREATE, {"title": "Hello"})["createPost"]["id"])
        page = alice.execute("query { listPosts(limit: 1) { items { id } } }")
        if page["listPosts"]["items"][0]["id"] != created:
            return created
        alice.execute(
            f'mutation {{ deletePost(input: {{ id: "{created}" }}) {{ id }} }}'
        )
