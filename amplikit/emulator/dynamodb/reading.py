"""What ``Query`` and ``Scan`` share: the parameters of a page, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, read_units
from amplikit.store import refusals
from amplikit.store.refusals import Invalid
from amplikit.store.typed_json import encode_item

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Attribute, Table, TableIndex
    from amplikit.emulator.dynamodb.operation import Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.conditions import Path
    from amplikit.store.interface import Item, Page

__all__ = ["Source", "check_select", "page_answer", "source_of", "start_key"]


@dataclass(frozen=True, slots=True)
class Source:
    """A table, or one of its indexes."""

    table: Table
    index: TableIndex | None

    @property
    def keys(self) -> tuple[Attribute, Attribute | None]:
        """Its partition key and, if there is one, its sort key."""
        keyed = self.index or self.table
        return keyed.partition_key, keyed.sort_key

    def lacks(self, paths: tuple[Path, ...]) -> bool:
        """Whether an item must be read from the table to show what the paths ask."""
        if self.index is None or not self.is_partial:
            return False
        keys = (*self.keys, self.table.partition_key, self.table.sort_key)
        held = {each.name for each in keys if each} | {*self.index.include}
        return any(path.parts[0] not in held for path in paths)

    @property
    def is_partial(self) -> bool:
        """Whether it holds only some attributes of the items."""
        return self.index is not None and self.index.projection != "ALL"


def start_key(parameters: Parameters) -> Item | None:
    """Return ``ExclusiveStartKey``.

    Raises ``Invalid``: only some of its texts say what they are about.
    """
    try:
        return parameters.item("ExclusiveStartKey")
    except Invalid as invalid:
        message = invalid.refused.message
        if any(each in message for each in _OF_THEIR_OWN):
            raise
        raise Invalid(f"{words.START_INVALID}{message}") from None


_OF_THEIR_OWN = (
    "contains duplicates",
    "number set",
    "numeric value",
    "significant digits",
    "number with magnitude",
)


def source_of(call: Call) -> Source:
    """Return what is read.

    Raises ``Invalid``.
    """
    parameters = call.parameters
    name, index_name = parameters.required("TableName"), parameters.text("IndexName")
    table = next((each for each in call.store.tables() if each.name == name), None)
    if table is None:
        raise refusals.unknown_table()
    if index_name is None:
        return Source(table, None)
    index = table.index(index_name)
    if index is None:
        raise refusals.unknown_index(index_name)
    if parameters.flag("ConsistentRead") and not index.local:
        raise Invalid(words.CONSISTENT_ON_GLOBAL)
    return Source(table, index)


def check_select(
    parameters: Parameters, source: Source, projection: tuple[Path, ...] | None
) -> None:
    """Refuse a ``Select`` that does not fit the index or the projection."""
    select, index = parameters.text("Select"), source.index
    if select == "ALL_PROJECTED_ATTRIBUTES" and index is None:
        raise Invalid(words.PROJECTED_WITHOUT_INDEX)
    if select == "SPECIFIC_ATTRIBUTES" and projection is None:
        raise Invalid(words.SPECIFIC_WITHOUT_PATHS)
    if select not in (None, "SPECIFIC_ATTRIBUTES") and projection is not None:
        given = (
            "AttributesToGet"
            if "AttributesToGet" in parameters
            else "ProjectionExpression"
        )
        chosen = "only the Count" if select == "COUNT" else select
        raise Invalid(words.PATHS_WITH_SELECT % (given, chosen))


def page_answer(
    call: Call, source: Source, page: Page, projection: tuple[Path, ...] | None
) -> Answer:
    """Return the page in the words of the wire."""
    parameters = call.parameters
    select = parameters.text("Select")
    fetches = select == "ALL_ATTRIBUTES" and source.is_partial
    if projection is not None:
        fetches = source.lacks(projection)
    fetched = len(page.items) if fetches else 0
    answer: dict[str, object] = {}
    if select != "COUNT":
        answer["Items"] = [encode_item(item) for item in page.items]
    answer["Count"] = len(page.items)
    answer["ScannedCount"] = page.scanned_count
    if page.last_key is not None:
        answer["LastEvaluatedKey"] = encode_item(page.last_key)
    consumed = _consumed(parameters, source, page, fetched)
    units = consumption(parameters.text("ReturnConsumedCapacity"), (consumed,))
    if units is not None:
        answer["ConsumedCapacity"] = units[0]
    return answer


def _consumed(
    parameters: Parameters, source: Source, page: Page, fetched: int
) -> Consumed:
    table, index = source.table, source.index
    consistent = parameters.flag("ConsistentRead") is True
    units = read_units(page.size_bytes, consistent=consistent)
    if index is None:
        return Consumed(table.name, units=units)
    consumed = Consumed(table.name)
    # Each item that the index does not hold as a whole is read by itself.
    consumed.units = fetched * read_units(0, consistent=consistent) if fetched else 0
    (consumed.local if index.local else consumed.global_)[index.name] = units
    return consumed
