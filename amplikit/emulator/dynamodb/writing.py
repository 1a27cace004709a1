"""What the three operations that write one item answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb.answers import (
    collection_metrics,
    failed,
    found_table,
)
from amplikit.emulator.dynamodb.capacity import consumption, written
from amplikit.store import refusals
from amplikit.store.interface import Written
from amplikit.store.projecting import project, touched_paths
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import encode_item
from amplikit.store.values import MAX_ITEM_BYTES, canonical_item

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call
    from amplikit.store.interface import ConditionFailed, Item, Refused
    from amplikit.store.updates import Update

__all__ = ["check_item_size", "write_answer"]


def check_item_size(item: Item) -> None:
    """Refuse an item that no table could hold, before one is looked for."""
    if canonical_item(item).size_bytes > MAX_ITEM_BYTES:
        raise Invalid(refusals.ITEM_TOO_LARGE)


def write_answer(
    call: Call,
    result: Written | ConditionFailed | Refused,
    item: Item,
    update: Update | None = None,
) -> Answer:
    """Return the answer; ``item`` has the key of what was written."""
    parameters = call.parameters
    if not isinstance(result, Written):
        wanted = parameters.text("ReturnValuesOnConditionCheckFailure")
        return failed(result, with_item=wanted == "ALL_OLD")
    answer: dict[str, object] = {}
    attributes = _attributes(parameters.text("ReturnValues"), result, update)
    if attributes:
        answer["Attributes"] = encode_item(attributes)
    capacity = parameters.text("ReturnConsumedCapacity")
    metrics_wanted = parameters.text("ReturnItemCollectionMetrics")
    if capacity in (None, "NONE") and metrics_wanted in (None, "NONE"):
        return answer
    table = found_table(call, parameters.required("TableName"))
    if table is None:
        return answer  # deleted meanwhile
    units = consumption(capacity, (written(table, result.old, result.new),))
    if units is not None:
        answer["ConsumedCapacity"] = units[0]
    metrics = collection_metrics(parameters, table, item)
    if metrics is not None:
        answer["ItemCollectionMetrics"] = metrics
    return answer


def _attributes(
    wanted: str | None, result: Written, update: Update | None
) -> Item | None:
    match wanted:
        case "ALL_OLD":
            return result.old
        case "ALL_NEW":
            return result.new
        case "UPDATED_OLD" if update and result.old:
            return project(result.old, touched_paths(update))
        case "UPDATED_NEW" if update and result.new:
            return project(result.new, touched_paths(update))
        case _:
            return None
