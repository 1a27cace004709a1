"""``TransactGetItems``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import failed
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, read_units
from amplikit.emulator.dynamodb.expressions import check_mixture, read_expressions
from amplikit.emulator.dynamodb.members import (
    NAMES,
    PROJECTION_EXPRESSION,
    RETURN_CAPACITY,
    TABLE,
    key,
)
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import ListOf, Member, Structure
from amplikit.store.interface import GetRequest, Refused, TransactionCanceled
from amplikit.store.typed_json import encode_item
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "TransactGetItemsInput",
    (
        Member(
            "TransactItems",
            ListOf(
                Structure(
                    "TransactGetItem",
                    (
                        Member(
                            "Get",
                            Structure(
                                "Get",
                                (key(), TABLE, PROJECTION_EXPRESSION, NAMES),
                                is_member=True,
                            ),
                            required=True,
                        ),
                    ),
                ),
                fewest=1,
                most=100,
            ),
            required=True,
        ),
        RETURN_CAPACITY,
    ),
)


def _gets(parameters: Parameters) -> Iterator[Parameters]:
    for each in parameters.structures("TransactItems"):
        get = each.structure("Get")
        if get is not None:
            yield get


def _needs(parameters: Parameters, account: Account) -> Iterable[Access]:
    for get in _gets(parameters):
        yield "GetItem", account.table(get.required("TableName"))


def _run(call: Call) -> Answer:
    requests = tuple(_request(get) for get in _gets(call.parameters))
    found = call.store.transact_get(requests)
    if isinstance(found, (Refused, TransactionCanceled)):
        return failed(found)
    answer: dict[str, object] = {
        "Responses": [
            {} if item is None else {"Item": encode_item(item)} for item in found
        ]
    }
    wanted = call.parameters.text("ReturnConsumedCapacity")
    if wanted not in (None, "NONE"):
        answer["ConsumedCapacity"] = consumption(wanted, _consumed(call, requests))
    return answer


def _request(get: Parameters) -> GetRequest:
    check_mixture(get, ("ProjectionExpression",), ())
    key_ = get.item("Key") or {}
    projection = read_expressions(get).projection
    return GetRequest(get.required("TableName"), key_, projection)


def _consumed(call: Call, requests: tuple[GetRequest, ...]) -> Iterator[Consumed]:
    whole = tuple(GetRequest(request.table, request.key) for request in requests)
    found = call.store.transact_get(whole)
    items = () if isinstance(found, (Refused, TransactionCanceled)) else found
    for request, item in zip(whole, items, strict=bool(items)):
        size_bytes = canonical_item(item).size_bytes if item else 0
        units = read_units(size_bytes, consistent=True, in_transaction=True)
        yield Consumed(request.table, "Read", units)


OPERATION = Operation("TransactGetItems", _SHAPE, _needs, _run, is_quick=False)
