"""``BatchWriteItem``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.answers import failed, metrics_by_table
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, written
from amplikit.emulator.dynamodb.members import (
    RETURN_CAPACITY,
    RETURN_METRICS,
    TABLE_KEYS,
    key,
)
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import ListOf, MapOf, Member, Structure
from amplikit.emulator.dynamodb.states import states
from amplikit.emulator.dynamodb.writing import check_item_size
from amplikit.store import refusals
from amplikit.store.interface import (
    DeleteRequest,
    PutRequest,
    Refused,
)
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import encode_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.resources import Table
    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.interface import Item

__all__ = ["OPERATION"]

_MOST_WRITES = 25
_SHAPE = Structure(
    "BatchWriteItemInput",
    (
        RETURN_CAPACITY,
        RETURN_METRICS,
        Member(
            "RequestItems",
            MapOf(
                ListOf(
                    Structure(
                        "WriteRequest",
                        (
                            Member(
                                "DeleteRequest",
                                Structure("DeleteRequest", (key(),), is_member=True),
                            ),
                            Member(
                                "PutRequest",
                                Structure("PutRequest", (key("Item"),), is_member=True),
                            ),
                        ),
                    ),
                    nested=True,
                ),
                "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
                fewest=1,
                keys=TABLE_KEYS,
                sizes=(1, _MOST_WRITES),
            ),
            required=True,
        ),
    ),
)
_Write = PutRequest | DeleteRequest


def _needs(parameters: Parameters, account: Account) -> Iterable[Access]:
    for table in parameters.lists("RequestItems"):
        yield "BatchWriteItem", account.table(table)


def _run(call: Call) -> Answer:
    requests: list[_Write] = []
    for name, asked in call.parameters.lists("RequestItems").items():
        if any(len(each.members()) != 1 for each in asked):
            raise Invalid(words.WRITE_OF_NOTHING)
        requests += [_request(name, each) for each in asked]
    if len(requests) > _MOST_WRITES:
        raise Invalid(refusals.TOO_MANY_WRITES)
    wanted = call.parameters.text("ReturnConsumedCapacity")
    tables = {each.name: each for each in call.store.tables()}
    olds = () if wanted in (None, "NONE") else states(call, tables, requests)
    done = call.store.batch_write(tuple(requests))
    if isinstance(done, Refused):
        return failed(done)
    left: dict[str, list[dict[str, object]]] = {}
    for position in done.positions:
        request = requests[position]
        left.setdefault(request.table, []).append(_again(request))
    answer: dict[str, object] = {"UnprocessedItems": left}
    units = consumption(wanted, _consumed(tables, requests, olds))
    if units is not None:
        answer["ConsumedCapacity"] = units
    metrics = metrics_by_table(call.parameters, tables, requests)
    if metrics:
        answer["ItemCollectionMetrics"] = metrics
    return answer


def _request(name: str, asked: Parameters) -> _Write:
    put, delete = asked.structure("PutRequest"), asked.structure("DeleteRequest")
    if put is not None:
        item = put.item("Item") or {}
        check_item_size(item)
        return PutRequest(name, item)
    return DeleteRequest(name, (delete.item("Key") or {}) if delete else {})


def _again(request: _Write) -> dict[str, object]:
    match request:
        case PutRequest(item=item):
            return {"PutRequest": {"Item": encode_item(item)}}
        case DeleteRequest(key=key_):
            return {"DeleteRequest": {"Key": encode_item(dict(key_))}}


def _consumed(
    tables: dict[str, Table],
    requests: list[_Write],
    olds: tuple[Item | None, ...],
) -> Iterable[Consumed]:
    for request, old in zip(requests, olds, strict=bool(olds)):
        new = request.item if isinstance(request, PutRequest) else None
        if request.table in tables:
            yield written(tables[request.table], old, new)


OPERATION = Operation(
    "BatchWriteItem", _SHAPE, _needs, _run, is_quick=False, writes=True
)
