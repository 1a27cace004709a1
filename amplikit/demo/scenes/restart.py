"""A server that is killed, and one that starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.demo.stage import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.demo.stage import Stage

__all__ = ["nothing_lost"]

_COUNT = """query Count($limit: Int, $nextToken: String) {
  listPosts(limit: $limit, nextToken: $nextToken) { items { id } nextToken }
}"""
_LAST = 'mutation { createPost(input: { title: "The last word" }) { id } }'
_FIND = 'query { postsByTitle(title: "The last word") { items { id } } }'


def nothing_lost(stage: Stage) -> Iterator[Line]:
    """Kill the server right after it acknowledged a write, and start it again."""
    before = _count(stage)
    written = stage.user("alice").execute(_LAST)["createPost"]["id"]
    stage.server.kill()
    stage.server.start()
    found = stage.user("alice").execute(_FIND)["postsByTitle"]["items"]
    yield Line(
        "kill -9 after an acknowledged mutation, start again",
        "alice",
        f"{len(found)} post found, with the token of before",
        "acknowledged means written; keys, users and items live in the data folder",
        [item["id"] for item in found] == [written],
    )
    after = _count(stage)
    yield Line(
        "count the posts",
        "alice",
        f"{before} before, {after} after",
        "nothing is lost",
        after == before + 1,
    )


def _count(stage: Stage) -> int:
    return sum(1 for _ in stage.user("alice").paginate(_COUNT, path="listPosts"))
