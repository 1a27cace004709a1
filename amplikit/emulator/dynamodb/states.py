"""Items as they are now, around a write of several: sizes decide what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store.interface import GetRequest, PutRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.resources import Table
    from amplikit.emulator.dynamodb.operation import Call
    from amplikit.store.interface import Item, TransactionItem

__all__ = ["given_item", "states"]


def states(
    call: Call, tables: dict[str, Table], written: Iterable[TransactionItem]
) -> tuple[Item | None, ...]:
    """Return what is at the key of each write; None, also when it has no good key."""
    found: list[Item | None] = []
    for each in written:
        table = tables.get(each.table)
        item = table and call.store.get(GetRequest(table.name, _key(table, each)))
        found.append(item if isinstance(item, dict) else None)
    return tuple(found)


def given_item(each: TransactionItem) -> Item:
    """Return the item that is written, or the key."""
    return each.item if isinstance(each, PutRequest) else dict(each.key)


def _key(table: Table, each: TransactionItem) -> Item:
    given = given_item(each)
    names = [one.name for one in (table.partition_key, table.sort_key) if one]
    return {name: given[name] for name in names if name in given}
