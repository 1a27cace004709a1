"""What every store does: DynamoDB's item operations with plain Python values.

An attribute value is ``str``, ``int`` or ``Decimal`` (38 digits), ``bool``, ``None``
(DynamoDB's NULL, not an absent attribute), ``bytes``, ``list``, ``dict`` or a
``frozenset`` of one of str, number, bytes. Expected refusals are returned, not raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol, Union

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from amplikit.blueprint.resources import Table
    from amplikit.store.conditions import Condition, Path, SortCondition
    from amplikit.store.updates import Update

__all__ = [
    "AttributeValue",
    "Change",
    "CheckRequest",
    "ConditionFailed",
    "DeleteRequest",
    "GetRequest",
    "Item",
    "Page",
    "PutRequest",
    "QueryRequest",
    "Reason",
    "Refused",
    "ScanRequest",
    "Store",
    "TableDescription",
    "TransactionCanceled",
    "TransactionItem",
    "Unprocessed",
    "UpdateRequest",
    "Written",
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
    """Read one item, or the ``projection`` of it."""

    table: str
    key: Key
    projection: tuple[Path, ...] | None = None


@dataclass(frozen=True, slots=True)
class PutRequest:
    """Write a whole item when the condition holds for what is there now."""

    table: str
    item: Item
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Change one item; creates it when absent."""

    table: str
    key: Key
    update: Update
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """Delete one item when the condition holds."""

    table: str
    key: Key
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """Only inside a transaction: the condition must hold for the item."""

    table: str
    key: Key
    condition: Condition


TransactionItem = PutRequest | UpdateRequest | DeleteRequest | CheckRequest


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """Read one partition of a table, or of the named index, in sort-key order.

    ``limit`` counts items read, before the filter. ``start`` is ``last_key`` of the
    page before. ``whole_items`` reads from the table what a local index lacks.
    """

    table: str
    partition: AttributeValue
    index: str | None = None
    sort: SortCondition | None = None
    filter: Condition | None = None
    limit: int | None = None
    forward: bool = True
    start: Key | None = None
    projection: tuple[Path, ...] | None = None
    whole_items: bool = False


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Read a whole table, or index, in the order of a hash of the partition key.

    With ``segments`` the table is divided, and ``segment`` (from 0) is read.
    """

    table: str
    index: str | None = None
    filter: Condition | None = None
    limit: int | None = None
    start: Key | None = None
    projection: tuple[Path, ...] | None = None
    segment: int = 0
    segments: int = 1
    whole_items: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """``scanned_count`` items were read, ``items`` passed the filter.

    ``last_key`` is where the next page starts: set whenever reading stopped at the
    limit or at 1 MB, even when nothing is left. ``ends`` then says that nothing is, if
    the store happens to know; DynamoDB does not tell. ``size_bytes`` is what was read.
    """

    items: tuple[Item, ...]
    scanned_count: int
    last_key: Item | None
    size_bytes: int = field(default=0, compare=False)
    ends: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The item before and after a write; None where there was or is none."""

    old: Item | None
    new: Item | None


@dataclass(frozen=True, slots=True)
class ConditionFailed:
    """``ConditionalCheckFailedException``; ``item`` is what is there now."""

    item: Item | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Any other refusal, by DynamoDB's type and message."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one item of a transaction failed; ``None`` as code where it did not."""

    code: Literal[
        "None",
        "ConditionalCheckFailed",
        "ItemCollectionSizeLimitExceeded",
        "TransactionConflict",
        "ValidationError",
    ]
    message: str | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class TransactionCanceled:
    """``TransactionCanceledException``; a reason for each item, in their order."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Unprocessed:
    """The places of a batch's requests that were not served, to be sent again."""

    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TableDescription:
    """A table as it is now; sizes by DynamoDB's item-size rules."""

    table: Table
    item_count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a table's stream; ``sequence`` grows over the whole store."""

    sequence: int
    table: str
    kind: Literal["INSERT", "MODIFY", "REMOVE"]
    key: Item
    old: Item | None
    new: Item | None
    at_s: float
    expired: bool = False


class Store(Protocol):
    """Tables of items. Each call is atomic; an acknowledged write survives a kill.

    Items given and returned stay the caller's: changing one changes nothing here.
    A float, or any other type that is no attribute value, is a ``TypeError``.
    """

    def get(self, request: GetRequest) -> Item | Refused | None:
        """Return the item, or None."""

    def put(self, request: PutRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there, and the one that is."""

    def update(self, request: UpdateRequest) -> Written | ConditionFailed | Refused:
        """Return the item before and after the update."""

    def delete(self, request: DeleteRequest) -> Written | ConditionFailed | Refused:
        """Return the item that was there."""

    def query(self, request: QueryRequest) -> Page | Refused:
        """Return one page of a partition."""

    def scan(self, request: ScanRequest) -> Page | Refused:
        """Return one page of the table."""

    def batch_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | Unprocessed | None, ...] | Refused:
        """Return an item for each request; at most 100 requests and 16 MB."""

    def batch_write(
        self, requests: tuple[PutRequest | DeleteRequest, ...]
    ) -> Unprocessed | Refused:
        """Put and delete up to 25 items, each for itself, without conditions."""

    def transact_get(
        self, requests: tuple[GetRequest, ...]
    ) -> tuple[Item | None, ...] | TransactionCanceled | Refused:
        """Return an item for each request, all of one moment; at most 100."""

    def transact_write(
        self, items: tuple[TransactionItem, ...], token: str | None = None
    ) -> TransactionCanceled | Refused | None:
        """Do all or nothing; at most 100 items.

        The same items with the same ``token`` within ten minutes are done once.
        """

    def tables(self) -> tuple[Table, ...]:
        """Return all tables, in the order of their names."""

    def describe(self, name: str) -> TableDescription | Refused:
        """Return a table with its size."""

    def create_table(self, table: Table) -> Refused | None:
        """Create an empty table beside those of the schema."""

    def update_table(self, table: Table) -> Refused | None:
        """Give a table other global indexes, filled at once, or another ``ttl``.

        Its keys stay; an index of the schema cannot be taken away.
        """

    def delete_table(self, name: str) -> Refused | None:
        """Delete a table and its items; one of the schema is refused."""

    def rehearsal(self) -> AbstractContextManager[None]:
        """Undo, at the end of the block, everything that is written inside it.

        Other writers wait for its end, so the block must not await.
        """

    def close(self) -> None:
        """Release files and connections."""
