"""All items of a list, page by page.

DynamoDB counts items before the filter, so a page may be short or empty and still
have a successor: only a ``nextToken`` of null ends a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amplikit_client.document import OperationKind, operation_of
from amplikit_client.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["check", "items"]

_NEEDED = ("limit", "nextToken")


def check(query: str, page_size: int) -> None:
    """Raise ``InvalidCall`` for a query that cannot be paged."""
    operation = operation_of(query)
    missing = [name for name in _NEEDED if name not in operation.variables]
    if operation.kind is not OperationKind.QUERY or missing:
        needed = " and ".join(f"${name}" for name in missing or _NEEDED)
        raise InvalidCall(
            f"paginate needs one query that declares {needed}, such as "
            "query ($limit: Int, $nextToken: String) "
            "{ listPosts(limit: $limit, nextToken: $nextToken) "
            "{ items { id } nextToken } }."
        )
    if isinstance(page_size, bool) or page_size < 1:
        raise InvalidCall(f"page_size is {page_size}; it must be at least 1.")


def items(
    fetch: Callable[[dict[str, object]], dict[str, Any]],
    variables: Mapping[str, object],
    path: str | None,
    page_size: int,
) -> Iterator[Any]:
    """Yield every item; ``fetch`` runs the query with the variables it is given.

    Raises ``InvalidCall`` when the query does not select what paging needs, or when
    a token comes back that was used already: the list would never end.
    """
    given: dict[str, object] = {"limit": page_size, "nextToken": None, **variables}
    used = {given["nextToken"]}
    while True:
        page = _connection(fetch(given), path)
        if page is None:
            return
        yield from page["items"] or ()
        token = page["nextToken"]
        if token is None:
            return
        if token in used:
            raise InvalidCall(
                f"{path or 'The list'} answers a nextToken that was used already: "
                "pass nextToken: $nextToken to the field that is paged."
            )
        used.add(token)
        given["nextToken"] = token


def _connection(data: dict[str, Any], path: str | None) -> dict[str, Any] | None:
    """Return the page at ``path``, or ``None`` where the answer has null on the way."""
    at: object = data
    for name in path.split(".") if path else (_only_field(data),):
        if at is None:
            return None
        if not isinstance(at, dict) or name not in at:
            raise InvalidCall(f"The answer has no '{name}' for the path '{path}'.")
        at = at[name]
    if at is None:
        return None
    if not isinstance(at, dict) or not at.keys() >= {"items", "nextToken"}:
        raise InvalidCall(f"Select items and nextToken in '{path or 'the list'}'.")
    return at


def _only_field(data: dict[str, Any]) -> str:
    if len(data) != 1:
        raise InvalidCall(
            f"The query has {len(data)} fields ({', '.join(data)}): "
            "name the list to page with path=."
        )
    return next(iter(data))
