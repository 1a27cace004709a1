"""What the store says, in the words of the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.protocol import Failure
from amplikit.emulator.dynamodb.states import given_item
from amplikit.store import refusals
from amplikit.store.interface import (
    ConditionFailed,
    Refused,
    TransactionCanceled,
)
from amplikit.store.typed_json import encode_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.blueprint.resources import Table
    from amplikit.emulator.dynamodb.operation import Call
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.interface import Item, Reason, TransactionItem

__all__ = [
    "collection_metrics",
    "failed",
    "found_table",
    "metrics_by_table",
    "table_not_found",
]


def failed(
    result: Refused | ConditionFailed | TransactionCanceled, *, with_item: bool = False
) -> Failure:
    """Return the failure; a failed condition tells of the item when that is wanted."""
    match result:
        case Refused(type_, message):
            return Failure(type_, message)
        case ConditionFailed(item):
            details = {"Item": encode_item(item)} if item and with_item else {}
            return Failure(words.CONDITION_FAILED, refusals.CONDITION_FAILED, details)
        case TransactionCanceled(reasons):
            codes = ", ".join(reason.code for reason in reasons)
            return Failure(
                words.TRANSACTION_CANCELED,
                words.TRANSACTION_CANCELED_MESSAGE % codes,
                {"CancellationReasons": [_reason(reason) for reason in reasons]},
            )
        case _:
            assert_never(result)


def found_table(call: Call, name: str) -> Table | None:
    """Return the table of that name, if there is one."""
    return next((each for each in call.store.tables() if each.name == name), None)


def table_not_found(name: str) -> Failure:
    """Return the refusal of an operation on the table itself."""
    return Failure(words.NOT_FOUND, words.TABLE_NOT_FOUND % name)


def collection_metrics(
    parameters: Parameters, table: Table | None, item: Item
) -> dict[str, object] | None:
    """Return the size of the item's collection, which only local indexes bound.

    The service tells a range of whole gigabytes; here none is ever that large.
    """
    if parameters.text("ReturnItemCollectionMetrics") != "SIZE" or table is None:
        return None
    if not any(index.local for index in table.indexes):
        return None
    name = table.partition_key.name
    return {
        "ItemCollectionKey": encode_item({name: item[name]}),
        "SizeEstimateRangeGB": [0.0, 1.0],
    }


def metrics_by_table(
    parameters: Parameters,
    tables: Mapping[str, Table],
    items: Iterable[TransactionItem],
) -> dict[str, list[object]]:
    """Return the ``collection_metrics`` of several writes."""
    told: dict[str, list[object]] = {}
    for each in items:
        table = tables.get(each.table)
        metrics = collection_metrics(parameters, table, given_item(each))
        if metrics:
            told.setdefault(each.table, []).append(metrics)
    return told


def _reason(reason: Reason) -> dict[str, object]:
    told: dict[str, object] = {"Code": reason.code}
    if reason.message is not None:
        told["Message"] = reason.message
    if reason.item is not None:
        told["Item"] = encode_item(reason.item)
    return told
