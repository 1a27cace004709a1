"""What every store does: DynamoDB's item operations with plain Python values.

An attribute value is ``str``, ``int`` or ``Decimal`` (38 digits), ``bool``, ``None``
(DynamoDB's NULL, not an absent attribute), ``bytes``, ``list``, ``dict`` or a
``frozenset`` of one of str, number, bytes. Expected refusals are returned, not raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, Union

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from amplikit.store.conditions import Condition, SortCondition

__all__ = [
    "AttributeValue",
    "ConditionFailed",
    "DeleteRequest",
    "GetRequest",
    "Item",
    "Page",
    "PutRequest",
    "QueryRequest",
    "Refused",
    "ScanRequest",
    "Store",
    "UpdateRequest",
]

AttributeValue = Union[
    str,
    int,
    Decimal,
    bool,
    bytes,
    "list[AttributeValue]",
    "dict[str, AttributeValue]",
    "frozenset[str] | frozenset[Decimal] | frozenset[bytes]",
    None,
]
Item = dict[str, AttributeValue]
Key = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class GetRequest:
    """Read one item."""

    table: str
    key: Key


@dataclass(frozen=True, slots=True)
class PutRequest:
    """Write a whole item when the condition holds for what is there now."""

    table: str
    item: Item
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Set and remove top-level attributes of one item; creates it when absent."""

    table: str
    key: Key
    set_values: Mapping[str, AttributeValue]
    remove: frozenset[str] = frozenset()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """Delete one item when the condition holds."""

    table: str
    key: Key
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """Read one partition of a table, or of the named index, in sort-key order.

    ``limit`` counts items read, before the filter. ``start`` is ``last_key`` of the
    page before.
    """

    table: str
    partition: AttributeValue
    index: str | None = None
    sort: SortCondition | None = None
    filter: Condition | None = None
    limit: int | None = None
    forward: bool = True
    start: Key | None = None


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Read a whole table, or index, in the order of a hash of the partition key."""

    table: str
    index: str | None = None
    filter: Condition | None = None
    limit: int | None = None
    start: Key | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """``scanned_count`` items were read, ``items`` passed the filter.

    ``last_key`` is where the next page starts: set whenever reading stopped at the
    limit or at 1 MB, even when nothing is left.
    """

    items: tuple[Item, ...]
    scanned_count: int
    last_key: Item | None


@dataclass(frozen=True, slots=True)
class ConditionFailed:
    """``ConditionalCheckFailedException``; ``item`` is what is there now."""

    item: Item | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Any other refusal, by DynamoDB's type and message."""

    type: str
    message: str


class Store(Protocol):
    """Tables of items. Each call is atomic; an acknowledged write survives a kill.

    Items given and returned stay the caller's: changing one changes nothing here.
    A float, or any other type that is no attribute value, is a ``TypeError``.
    """

    def get(self, request: GetRequest) -> Item | Refused | None:
        """Return the item, or None."""

    def put(self, request: PutRequest) -> Item | ConditionFailed | Refused:
        """Return the item as written."""

    def update(self, request: UpdateRequest) -> Item | ConditionFailed | Refused:
        """Return the item after the update."""

    def delete(self, request: DeleteRequest) -> Item | ConditionFailed | Refused | None:
        """Return the item that was there."""

    def query(self, request: QueryRequest) -> Page | Refused:
        """Return one page of a partition."""

    def scan(self, request: ScanRequest) -> Page | Refused:
        """Return one page of the table."""

    def rehearsal(self) -> AbstractContextManager[None]:
        """Undo, at the end of the block, everything that is written inside it.

        Other writers wait for its end, so the block must not await.
        """

    def close(self) -> None:
        """Release files and connections."""
