"""``GetItem``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import legacy
from amplikit.emulator.dynamodb.answers import failed
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, read_units
from amplikit.emulator.dynamodb.expressions import (
    check_mixture,
    read_expressions,
)
from amplikit.emulator.dynamodb.members import (
    ATTRIBUTES_TO_GET,
    NAMES,
    PROJECTION_EXPRESSION,
    RETURN_CAPACITY,
    TABLE,
    key,
)
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import Flag, Member, Structure
from amplikit.store.interface import GetRequest, Refused
from amplikit.store.typed_json import encode_item
from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call
    from amplikit.store.interface import Item

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "GetItemInput",
    (
        RETURN_CAPACITY,
        ATTRIBUTES_TO_GET,
        TABLE,
        key(),
        Member("ConsistentRead", Flag()),
        PROJECTION_EXPRESSION,
        NAMES,
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    check_mixture(parameters, ("ProjectionExpression",), ("AttributesToGet",))
    key_ = parameters.item("Key") or {}
    old_projection = legacy.projection(parameters)
    read = read_expressions(parameters)
    projection = old_projection or read.projection
    request = GetRequest(parameters.required("TableName"), key_, projection)
    found = call.store.get(request)
    if isinstance(found, Refused):
        return failed(found)
    answer: dict[str, object] = {}
    if found is not None:
        answer["Item"] = encode_item(found)
    units = consumption(
        parameters.text("ReturnConsumedCapacity"),
        (_consumed(call, request, found),),
    )
    if units is not None:
        answer["ConsumedCapacity"] = units[0]
    return answer


def _consumed(call: Call, request: GetRequest, found: Item | None) -> Consumed:
    whole = found
    if found is not None and request.projection is not None:
        again = call.store.get(GetRequest(request.table, request.key))
        whole = None if isinstance(again, Refused) else again
    size_bytes = canonical_item(whole).size_bytes if whole else 0
    consistent = call.parameters.flag("ConsistentRead") is True
    units = read_units(size_bytes, consistent=consistent)
    return Consumed(request.table, units=units)


OPERATION = Operation("GetItem", _SHAPE, on_table("GetItem"), _run)
