"""Batches over a remote DynamoDB, whose answers come without an order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from amplikit.store import refusals
from amplikit.store.conditions import Path
from amplikit.store.interface import PutRequest, Unprocessed
from amplikit.store.projecting import project
from amplikit.store.refusals import Invalid
from amplikit.store.remote_values import item_of, items_of, typed
from amplikit.store.rendering import Rendering
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.blueprint.resources import Table
    from amplikit.store.interface import DeleteRequest, GetRequest, Item, Key
    from amplikit.store.remote_service import RemoteService

__all__ = ["batch_get", "batch_write"]

_MAX_READS: Final = 100
_MAX_WRITES: Final = 25

_Place = tuple[str, tuple[object, ...]]
"""A table and the values of an item's key."""


def batch_get(
    service: RemoteService,
    table_of: Callable[[str], Table],
    requests: tuple[GetRequest, ...],
) -> tuple[Item | Unprocessed | None, ...]:
    """Return an item for each request; raises ``Invalid`` and ``RemoteError``.

    Whole items are asked for: one table has one projection, its requests may have more.
    """
    if len(requests) > _MAX_READS:
        raise Invalid(refusals.TOO_MANY_READS)
    keys: dict[str, list[dict[str, object]]] = {}
    for request in requests:
        keys.setdefault(request.table, []).append(typed(request.key))
    asked = {
        name: {"Keys": each, "ConsistentRead": True, **_paths(name, requests, table_of)}
        for name, each in keys.items()
    }
    answer = service.call("BatchGetItem", {"RequestItems": asked})
    found: dict[_Place, Item] = {}
    for name, items in _map(answer.get("Responses")).items():
        for each in items_of(items):
            found[_place(table_of(name), each)] = each
    left = {
        _place(table_of(name), item_of(key))
        for name, again in _map(answer.get("UnprocessedKeys")).items()
        for key in _list(_map(again).get("Keys"))
    }
    answers: list[Item | Unprocessed | None] = []
    for position, request in enumerate(requests):
        place = _place(table_of(request.table), request.key)
        item = found.get(place)
        if place in left:
            answers.append(Unprocessed((position,)))
        elif item is None or request.projection is None:
            answers.append(item)
        else:
            answers.append(project(item, request.projection))
    return tuple(answers)


def batch_write(
    service: RemoteService,
    table_of: Callable[[str], Table],
    requests: tuple[PutRequest | DeleteRequest, ...],
) -> Unprocessed:
    """Put and delete; raises ``Invalid`` and ``RemoteError``."""
    if len(requests) > _MAX_WRITES:
        raise Invalid(refusals.TOO_MANY_WRITES)
    asked: dict[str, list[dict[str, object]]] = {}
    for request in requests:
        asked.setdefault(request.table, []).append(_write(request))
    answer = service.call("BatchWriteItem", {"RequestItems": asked})
    left = {
        _place(table_of(name), item_of(_written(_map(each))))
        for name, again in _map(answer.get("UnprocessedItems")).items()
        for each in _list(again)
    }
    if not left:
        return Unprocessed(())
    places = [_place(table_of(each.table), _given(each)) for each in requests]
    return Unprocessed(tuple(at for at, place in enumerate(places) if place in left))


def _paths(
    name: str, requests: tuple[GetRequest, ...], table_of: Callable[[str], Table]
) -> dict[str, object]:
    """Return a projection when all requests to the table have the same one.

    The key is asked for as well: it says whose answer an item is.
    """
    wanted = {request.projection for request in requests if request.table == name}
    shared = wanted.pop()
    if wanted or shared is None:
        return {}
    table = table_of(name)
    keys = [each.name for each in (table.partition_key, table.sort_key) if each]
    own = {path.parts[0] for path in shared}
    added = tuple(Path((key,)) for key in keys if key not in own)
    rendering = Rendering()
    text = rendering.projection((*shared, *added))
    return {"ProjectionExpression": text, **rendering.parameters()}


def _write(request: PutRequest | DeleteRequest) -> dict[str, object]:
    if isinstance(request, PutRequest):
        return {"PutRequest": {"Item": typed(request.item)}}
    return {"DeleteRequest": {"Key": typed(request.key)}}


def _written(again: Mapping[str, object]) -> object:
    put = again.get("PutRequest")
    return _map(put)["Item"] if put else _map(again.get("DeleteRequest"))["Key"]


def _given(request: PutRequest | DeleteRequest) -> Key:
    return request.item if isinstance(request, PutRequest) else request.key


def _place(table: Table, given: Key) -> _Place:
    item = canonical_item(given).item
    names = [each.name for each in (table.partition_key, table.sort_key) if each]
    return table.name, tuple(item.get(name) for name in names)


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
