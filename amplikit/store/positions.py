"""Where an item stands in its table and its indexes, or why it cannot stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.resources import Attribute, Table, TableIndex
from amplikit.store import refusals
from amplikit.store.keys import (
    KeyRange,
    key_bytes,
    partition,
    sort_part,
    sort_range,
    whole,
)
from amplikit.store.operands import ORDERED, Unsound, check_bounds, check_type
from amplikit.store.refusals import Invalid, Misfit
from amplikit.store.traversal import paths_read
from amplikit.store.values import canonical_value, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.store.conditions import Condition, Path, SortCondition
    from amplikit.store.interface import AttributeValue, Item, Key

__all__ = [
    "check_paths",
    "check_updated",
    "entry_key",
    "key_names",
    "last_key",
    "query_range",
    "row_key",
    "row_key_of_item",
    "start_position",
]

Keyed = Table | TableIndex

_MAX_PARTITION_BYTES = 2048
_MAX_SORT_BYTES = 1024


def key_names(keyed: Keyed) -> tuple[str, ...]:
    """Return the names of the key attributes, the partition key first."""
    return tuple(attribute.name for attribute in _attributes(keyed))


def row_key(table: Table, key: Key) -> bytes:
    """Return where the item of this key stands; the key holds nothing else."""
    attributes = _attributes(table)
    if len(key) != len(attributes):
        raise Misfit(refusals.KEY_DOES_NOT_MATCH)
    values = {}
    for attribute in attributes:
        if attribute.name not in key:
            raise Misfit(refusals.KEY_DOES_NOT_MATCH)
        value = canonical_value(key[attribute.name])
        if type_of(value) != attribute.type:
            raise Misfit(refusals.KEY_DOES_NOT_MATCH)
        values[attribute.name] = value
    return _joined(table, values)


def row_key_of_item(table: Table, item: Item) -> bytes:
    """Return where a canonical item stands in its table."""
    for attribute in _attributes(table):
        if attribute.name not in item:
            raise refusals.missing_key(attribute.name)
        actual = type_of(item[attribute.name])
        if actual != attribute.type:
            raise refusals.key_type(attribute, actual)
    return _joined(table, item)


def entry_key(index: TableIndex, item: Item, row: bytes) -> bytes | None:
    """Return where a canonical item stands in an index; None when it is not in it.

    A key attribute that is there must fit, even when the absence of the other keeps
    the item out of the index.
    """
    missing = False
    for attribute in _attributes(index):
        if attribute.name not in item:
            missing = True
            continue
        value = item[attribute.name]
        actual = type_of(value)
        if actual != attribute.type:
            raise refusals.index_key_type(attribute, actual, index.name)
        _checked(index, attribute, value)
    return None if missing else _joined(index, item) + row


def check_updated(table: Table, values: Mapping[str, AttributeValue]) -> None:
    """Refuse an empty index key in an update, which has a text of its own."""
    for index in table.indexes:
        for name in key_names(index):
            value = values.get(name)
            if isinstance(value, (str, bytes)) and not value:
                raise refusals.updated_index_key_empty(value)


def check_paths(
    table: Table, condition: Condition | None, others: Iterable[Path] | None = None
) -> None:
    """Refuse a path that leads into a key attribute of table or index.

    ``others`` are paths besides those that the condition reads.
    """
    if condition is None and others is None:
        return
    read = () if condition is None else paths_read(condition)
    inside = {path.parts[0] for path in (*read, *(others or ())) if len(path.parts) > 1}
    if not inside:
        return
    keys: tuple[Keyed, ...] = (table, *table.indexes)
    for keyed in keys:
        for name in key_names(keyed):
            if name in inside:
                raise refusals.key_not_scalar(name, in_index=keyed is not table)


def query_range(
    table: Table,
    index: TableIndex | None,
    value: AttributeValue,
    sort: SortCondition | None,
) -> KeyRange:
    """Return the keys that a query's key conditions select."""
    keyed = index or table
    if sort is not None:
        _check_sort_operands(sort)
    prefix = partition(_condition_bytes(keyed, keyed.partition_key, value))
    if sort is None:
        return whole(prefix)
    if keyed.sort_key is None:
        raise Invalid(refusals.KEY_CONDITION_UNSUPPORTED)
    bounds = [_condition_bytes(keyed, keyed.sort_key, bound) for bound in sort.values]
    return sort_range(prefix, sort.operator, bounds)


def start_position(table: Table, index: TableIndex | None, start: Key) -> bytes:
    """Return where the item of a page's ``last_key`` stood, also when it is gone."""
    if start.keys() != {*key_names(table), *(key_names(index) if index else ())}:
        raise Invalid(
            refusals.START_INVALID if index else refusals.START_DOES_NOT_MATCH
        )
    try:
        row = row_key(table, {name: start[name] for name in key_names(table)})
        if index is None:
            return row
        values = {name: canonical_value(start[name]) for name in key_names(index)}
        entry = entry_key(index, values, row)
    except Invalid as invalid:
        raise Invalid(f"{refusals.START_INVALID}: {invalid}") from None
    if entry is None:
        raise AssertionError("every key attribute of the index is in the start")
    return entry


def last_key(table: Table, index: TableIndex | None, item: Item) -> Item:
    """Return the key after which the next page starts."""
    names = (*(key_names(index) if index else ()), *key_names(table))
    return {name: item[name] for name in names}


def _attributes(keyed: Keyed) -> tuple[Attribute, ...]:
    if keyed.sort_key is None:
        return (keyed.partition_key,)
    return (keyed.partition_key, keyed.sort_key)


def _joined(keyed: Keyed, values: Mapping[str, AttributeValue]) -> bytes:
    first = keyed.partition_key
    joined = partition(_checked(keyed, first, values[first.name]))
    second = keyed.sort_key
    if second is None:
        return joined
    return joined + sort_part(_checked(keyed, second, values[second.name]))


def _checked(keyed: Keyed, attribute: Attribute, value: AttributeValue) -> bytes:
    part = key_bytes(value)
    if attribute.type == "N":
        return part
    if not part:
        if isinstance(keyed, TableIndex):
            raise refusals.empty_index_key(attribute, keyed.name)
        raise refusals.empty_key(attribute)
    is_partition = attribute == keyed.partition_key
    if len(part) > (_MAX_PARTITION_BYTES if is_partition else _MAX_SORT_BYTES):
        raise Invalid(
            refusals.PARTITION_KEY_TOO_LONG
            if is_partition
            else refusals.SORT_KEY_TOO_LONG
        )
    return part


def _condition_bytes(
    keyed: Keyed, attribute: Attribute, value: AttributeValue
) -> bytes:
    canonical = canonical_value(value)
    if type_of(canonical) != attribute.type:
        raise Invalid(refusals.KEY_CONDITION_TYPE)
    return _checked(keyed, attribute, canonical)


def _check_sort_operands(sort: SortCondition) -> None:
    values = [canonical_value(value) for value in sort.values]
    allowed = ORDERED - {"N"} if sort.operator == "begins_with" else ORDERED
    try:
        if sort.operator != "=":
            for value in values:
                check_type(sort.operator, type_of(value), allowed)
        if sort.operator == "BETWEEN":
            check_bounds(*values)
    except Unsound as unsound:
        raise Invalid(f"Invalid KeyConditionExpression: {unsound}") from None
