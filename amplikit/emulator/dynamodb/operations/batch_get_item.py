"""``BatchGetItem``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from amplikit.emulator.dynamodb import legacy
from amplikit.emulator.dynamodb.answers import failed
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, read_units
from amplikit.emulator.dynamodb.expressions import (
    check_mixture,
    read_expressions,
)
from amplikit.emulator.dynamodb.members import (
    ATTRIBUTES_TO_GET,
    ITEM_VALUES,
    NAMES,
    PROJECTION_EXPRESSION,
    RETURN_CAPACITY,
    TABLE_KEYS,
)
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import (
    Flag,
    ListOf,
    MapOf,
    Member,
    Structure,
)
from amplikit.store import refusals
from amplikit.store.interface import GetRequest, Refused, Unprocessed
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import decode_item, encode_item
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.interface import Item

__all__ = ["OPERATION"]

_MOST_KEYS = 100
_SHAPE = Structure(
    "BatchGetItemInput",
    (
        RETURN_CAPACITY,
        Member(
            "RequestItems",
            MapOf(
                Structure(
                    "KeysAndAttributes",
                    (
                        Member(
                            "Keys",
                            ListOf(
                                MapOf(ITEM_VALUES.element, nested=True),
                                fewest=1,
                                most=_MOST_KEYS,
                            ),
                            required=True,
                        ),
                        ATTRIBUTES_TO_GET,
                        Member("ConsistentRead", Flag()),
                        PROJECTION_EXPRESSION,
                        NAMES,
                    ),
                ),
                "com.amazonaws.dynamodb.v20120810.KeysAndAttributes",
                fewest=1,
                keys=TABLE_KEYS,
            ),
            required=True,
        ),
    ),
)


def _needs(parameters: Parameters, account: Account) -> Iterable[Access]:
    for table in parameters.by_name("RequestItems"):
        yield "BatchGetItem", account.table(table)


def _run(call: Call) -> Answer:
    tables = call.parameters.by_name("RequestItems")
    requests: list[GetRequest] = []
    for name, asked in tables.items():
        requests += _requests(name, asked)
        if len(requests) > _MOST_KEYS:
            raise Invalid(refusals.TOO_MANY_READS)
    found = call.store.batch_get(tuple(requests))
    if isinstance(found, Refused):
        return failed(found)
    responses: dict[str, list[dict[str, object]]] = {name: [] for name in tables}
    unprocessed: dict[str, list[GetRequest]] = {}
    for request, item in zip(requests, found, strict=True):
        if isinstance(item, Unprocessed):
            unprocessed.setdefault(request.table, []).append(request)
        elif item is not None:
            responses[request.table].append(encode_item(item))
    answer: dict[str, object] = {
        "Responses": responses,
        "UnprocessedKeys": {
            name: _again(tables[name], left) for name, left in unprocessed.items()
        },
    }
    wanted = call.parameters.text("ReturnConsumedCapacity")
    if wanted not in (None, "NONE"):
        consumed = _consumed(call, tables, requests, found)
        answer["ConsumedCapacity"] = consumption(wanted, consumed)
    return answer


def _requests(name: str, asked: Parameters) -> Iterator[GetRequest]:
    check_mixture(asked, ("ProjectionExpression",), ("AttributesToGet",))
    old_projection = legacy.projection(asked)
    projection = old_projection or read_expressions(asked).projection
    seen = set()
    for each in asked.structures("Keys"):
        key = decode_item(each.typed())
        told = orjson.dumps(encode_item(key), option=orjson.OPT_SORT_KEYS)
        if told in seen:
            raise Invalid(refusals.DUPLICATE_KEYS)
        seen.add(told)
        yield GetRequest(name, key, projection)


def _again(asked: Parameters, left: list[GetRequest]) -> dict[str, object]:
    """Return what the caller is to send again."""
    keys = [encode_item(dict(request.key)) for request in left]
    return {**asked.members(), "Keys": keys}


def _consumed(
    call: Call,
    tables: dict[str, Parameters],
    requests: list[GetRequest],
    found: tuple[Item | Unprocessed | None, ...],
) -> Iterator[Consumed]:
    whole: tuple[Item | Unprocessed | None, ...] | Refused = found
    if any(request.projection is not None for request in requests):
        whole = call.store.batch_get(
            tuple(GetRequest(request.table, request.key) for request in requests)
        )
    for request, item in zip(requests, () if isinstance(whole, Refused) else whole):  # noqa: B905  the table may be gone by now
        if isinstance(item, Unprocessed):
            continue
        size_bytes = canonical_item(item).size_bytes if item else 0
        consistent = tables[request.table].flag("ConsistentRead") is True
        yield Consumed(
            request.table, units=read_units(size_bytes, consistent=consistent)
        )


OPERATION = Operation("BatchGetItem", _SHAPE, _needs, _run, is_quick=False)
