"""What differs in tables: items must move when a key does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.resources import Attribute, Table, TableIndex

__all__ = ["TableChange", "table_changes"]


@dataclass(frozen=True, slots=True)
class TableChange:
    """The key of a table or of an index, None where there is none.

    ``replaces``: DynamoDB cannot change it, so that a new table is made and the items
    have to be moved. An index that is not local is built anew beside its items.
    """

    table: str
    index: str | None
    before: str | None
    after: str | None
    replaces: bool


def table_changes(
    before: tuple[Table, ...], after: tuple[Table, ...]
) -> Iterator[TableChange]:
    """Yield the tables and indexes whose keys differ."""
    old = {table.name: table for table in before}
    new = {table.name: table for table in after}
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        key, new_key = (_key(table) if table else None for table in (one, other))
        if key != new_key:
            yield TableChange(name, None, key, new_key, replaces=one is not None)
        if one and other:
            yield from _index_changes(one, other)


def _index_changes(before: Table, after: Table) -> Iterator[TableChange]:
    old = {index.name: index for index in before.indexes}
    new = {index.name: index for index in after.indexes}
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        text, new_text = (_index(index) if index else None for index in (one, other))
        if text != new_text:
            local = any(index.local for index in (one, other) if index)
            yield TableChange(before.name, name, text, new_text, replaces=local)


def _key(one: Table | TableIndex) -> str:
    parts: list[Attribute] = [one.partition_key]
    if one.sort_key is not None:
        parts.append(one.sort_key)
    return ", ".join(f"{part.name} {part.type.value}" for part in parts)


def _index(index: TableIndex) -> str:
    kind = "local" if index.local else "global"
    projection = ", ".join((index.projection, *index.include))
    return f"{kind}: {_key(index)}; {projection}"
