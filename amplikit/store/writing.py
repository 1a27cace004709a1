"""What one write does to its row, found before anything is written.

``prepare`` checks what needs no table: values, expressions. ``at`` finds the row, and
``effect`` what the write makes of the item that is there. Each step raises ``Invalid``
in DynamoDB's words, and the order of the steps is that of its checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from amplikit.store import refusals
from amplikit.store.applying import CompiledUpdate, compile_update
from amplikit.store.evaluate import compile_condition
from amplikit.store.interface import (
    CheckRequest,
    ConditionFailed,
    DeleteRequest,
    PutRequest,
    TransactionItem,
    UpdateRequest,
)
from amplikit.store.pages import own_item
from amplikit.store.positions import (
    check_paths,
    check_updated,
    key_names,
    row_key,
    row_key_of_item,
)
from amplikit.store.refusals import Invalid
from amplikit.store.rows import Effect, index_entries
from amplikit.store.values import MAX_ITEM_BYTES, canonical_item

if TYPE_CHECKING:
    from collections.abc import Callable

    from amplikit.blueprint.resources import Table, TableIndex
    from amplikit.store.conditions import Condition
    from amplikit.store.evaluate import Predicate
    from amplikit.store.interface import Item
    from amplikit.store.layout import StoredTable
    from amplikit.store.rows import Rows
    from amplikit.store.values import Measured

__all__ = ["Placed", "Prepared", "prepare"]


def prepare(request: TransactionItem) -> Prepared:
    """Check the values and expressions of a write."""
    match request:
        case PutRequest():
            new = canonical_item(request.item)
            return _Put(request, _holds(request.condition), new)
        case UpdateRequest():
            update = compile_update(request.update)
            return _Update(request, _holds(request.condition), update)
        case DeleteRequest() | CheckRequest():
            return _Other(request, _holds(request.condition))
        case _:
            assert_never(request)


@dataclass(frozen=True, slots=True)
class Placed:
    """A write that knows its row, and not yet what is there."""

    stored: StoredTable
    key: bytes
    holds: Predicate
    made: Callable[[Measured | None], Effect]

    def effect(self, rows: Rows) -> Effect | ConditionFailed:
        """Return what the write makes of the item that is there now."""
        old = rows.read(self.stored.number, self.key)
        if not self.holds(old.item if old else {}):
            return ConditionFailed(None if old is None else own_item(old))
        return self.made(old)


@dataclass(frozen=True, slots=True)
class _Put:
    request: PutRequest
    holds: Predicate
    new: Measured

    def at(self, stored: StoredTable) -> Placed:
        key = row_key_of_item(stored.table, self.new.item)
        entries = index_entries(stored, self.new.item, key)
        _check_whole(stored, self.new, refusals.ITEM_TOO_LARGE)
        check_paths(stored.table, self.request.condition)

        def made(old: Measured | None) -> Effect:
            return Effect(stored, key, old, self.new, entries)

        return Placed(stored, key, self.holds, made)


@dataclass(frozen=True, slots=True)
class _Update:
    request: UpdateRequest
    holds: Predicate
    update: CompiledUpdate

    def at(self, stored: StoredTable) -> Placed:
        key = row_key(stored.table, self.request.key)
        _check_update(stored.table, self.update)
        check_paths(stored.table, self.request.condition, self.update.nested_paths)

        def made(old: Measured | None) -> Effect:
            after = self.update.applied(old.item if old else {**self.request.key})
            touched = {name: after.get(name) for name in self.update.names}
            check_updated(stored.table, touched)
            new = canonical_item(after)
            entries = index_entries(stored, new.item, key)
            _check_whole(stored, new, refusals.UPDATED_ITEM_TOO_LARGE)
            return Effect(stored, key, old, new, entries)

        return Placed(stored, key, self.holds, made)


@dataclass(frozen=True, slots=True)
class _Other:
    request: DeleteRequest | CheckRequest
    holds: Predicate

    def at(self, stored: StoredTable) -> Placed:
        key = row_key(stored.table, self.request.key)
        check_paths(stored.table, self.request.condition)
        deletes = isinstance(self.request, DeleteRequest)

        def made(old: Measured | None) -> Effect:
            return Effect(stored, key, old, None if deletes else old)

        return Placed(stored, key, self.holds, made)


Prepared = _Put | _Update | _Other


def _holds(condition: Condition | None) -> Predicate:
    if condition is None:
        return _always
    return compile_condition(condition, "ConditionExpression")


def _always(_: Item) -> bool:
    return True


def _check_update(table: Table, update: CompiledUpdate) -> None:
    """Refuse what does not depend on the item that is there."""
    for name in key_names(table):
        if name in update.names:
            raise refusals.key_updated(name)
    for name in update.given.item:
        if name in update.removed:
            raise refusals.paths_overlap(name)
    _check_size(update.given, refusals.UPDATED_ITEM_TOO_LARGE)


def _check_whole(stored: StoredTable, item: Measured, message: str) -> None:
    """Refuse an item that is too large together with its local indexes' copies of it.

    A copy that is not the whole item counts without the table's sort key.
    Source: DynamoDB developer guide, "Local secondary indexes", Item size; what counts:
    answers of DynamoDB Local 2.x to a put.
    """
    size_bytes = item.size_bytes
    if size_bytes * (1 + len(stored.indexes)) > MAX_ITEM_BYTES:
        size_bytes += sum(_copy_bytes(one.index, item) for one in stored.indexes)
    if size_bytes > MAX_ITEM_BYTES:
        raise Invalid(message)


def _copy_bytes(index: TableIndex, item: Measured) -> int:
    if not index.local or any(name not in item.item for name in key_names(index)):
        return 0
    if index.projection == "ALL":
        return item.size_bytes
    names = {*key_names(index), *index.include}
    copy = {name: value for name, value in item.item.items() if name in names}
    return canonical_item(copy).size_bytes


def _check_size(item: Measured, message: str) -> None:
    if item.size_bytes > MAX_ITEM_BYTES:
        raise Invalid(message)
