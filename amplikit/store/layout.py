"""Which tables and indexes a data folder holds, and what a new schema adds to them.

Each table and index has a number, given once and never again: rows are stored under
numbers, so names may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import orjson

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Layout", "StoredIndex", "StoredTable", "differences", "extended"]


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """An index and the number of its entries."""

    number: int
    index: TableIndex


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table, the number of its rows, and its indexes in the table's order."""

    number: int
    table: Table
    indexes: tuple[StoredIndex, ...]

    def stored_index(self, name: str) -> StoredIndex | None:
        """Return the index of that name, if there is one."""
        return next((one for one in self.indexes if one.index.name == name), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """All that a data folder holds; ``next_number`` has never been given."""

    schema_hash: str = ""
    tables: tuple[StoredTable, ...] = ()
    next_number: int = 1

    def table(self, name: str) -> StoredTable | None:
        """Return the table of that name, if there is one."""
        return next((one for one in self.tables if one.table.name == name), None)

    def to_json(self) -> bytes:
        """Return the layout as a document for ``from_json``."""
        return orjson.dumps(
            {
                "schemaHash": self.schema_hash,
                "nextNumber": self.next_number,
                "tables": [_table_document(stored) for stored in self.tables],
            }
        )

    @classmethod
    def from_json(cls, document: bytes) -> Layout:
        """Return the layout that ``to_json`` wrote."""
        data = orjson.loads(document)
        return cls(
            data["schemaHash"],
            tuple(_read_table(table) for table in data["tables"]),
            data["nextNumber"],
        )


def differences(layout: Layout, tables: Sequence[Table]) -> Iterator[str]:
    """Yield what the folder holds and the schema lacks or has otherwise."""
    wanted = {table.name: table for table in tables}
    for stored in layout.tables:
        name = stored.table.name
        table = wanted.get(name)
        if table is None:
            yield (
                f"The data folder holds table '{name}', which the schema does not have."
            )
            continue
        if _keys(table) != _keys(stored.table):
            yield (
                f"Table '{name}' of the data folder has the key {_keys(stored.table)}, "
                f"the schema's has {_keys(table)}."
            )
        for one in stored.indexes:
            yield from _index_differences(name, one.index, table)


def extended(layout: Layout, tables: Iterable[Table], schema_hash: str) -> Layout:
    """Return the layout with what the schema adds; ``differences`` found nothing."""
    number = layout.next_number
    stored_tables = []
    for table in tables:
        stored = layout.table(table.name)
        if stored is None:
            stored = StoredTable(number, table, ())
            number += 1
        indexes = []
        for index in table.indexes:
            one = stored.stored_index(index.name)
            if one is None:
                one = StoredIndex(number, index)
                number += 1
            indexes.append(one)
        stored_tables.append(StoredTable(stored.number, table, tuple(indexes)))
    return Layout(schema_hash, tuple(stored_tables), number)


def _index_differences(name: str, stored: TableIndex, table: Table) -> Iterator[str]:
    index = table.index(stored.name)
    if index is None:
        yield (
            f"The data folder holds index '{stored.name}' of table '{name}', "
            "which the schema does not have."
        )
    elif _described(index) != _described(stored):
        yield (
            f"Index '{stored.name}' of table '{name}' is {_described(stored)} in the "
            f"data folder, {_described(index)} in the schema."
        )


def _keys(keyed: Table | TableIndex) -> str:
    keys = (keyed.partition_key, keyed.sort_key)
    return f"({', '.join(f'{key.name}: {key.type}' for key in keys if key)})"


def _described(index: TableIndex) -> str:
    kind = "local" if index.local else "global"
    included = f" {', '.join(sorted(index.include))}" if index.include else ""
    return f"{kind} {_keys(index)} {index.projection}{included}"


class _AttributeDocument(TypedDict):
    name: str
    type: str


class _IndexDocument(TypedDict):
    number: int
    name: str
    partitionKey: _AttributeDocument
    sortKey: _AttributeDocument | None
    local: bool
    projection: str
    include: list[str]


class _TableDocument(TypedDict):
    number: int
    name: str
    partitionKey: _AttributeDocument
    sortKey: _AttributeDocument | None
    ttl: str | None
    indexes: list[_IndexDocument]


def _table_document(stored: StoredTable) -> _TableDocument:
    table = stored.table
    return {
        "number": stored.number,
        "name": table.name,
        "partitionKey": _attribute_document(table.partition_key),
        "sortKey": _optional_document(table.sort_key),
        "ttl": table.ttl,
        "indexes": [
            {
                "number": one.number,
                "name": one.index.name,
                "partitionKey": _attribute_document(one.index.partition_key),
                "sortKey": _optional_document(one.index.sort_key),
                "local": one.index.local,
                "projection": one.index.projection,
                "include": list(one.index.include),
            }
            for one in stored.indexes
        ],
    }


def _attribute_document(attribute: Attribute) -> _AttributeDocument:
    return {"name": attribute.name, "type": attribute.type.value}


def _optional_document(attribute: Attribute | None) -> _AttributeDocument | None:
    return None if attribute is None else _attribute_document(attribute)


def _read_table(document: _TableDocument) -> StoredTable:
    indexes = tuple(_read_index(index) for index in document["indexes"])
    return StoredTable(
        document["number"],
        Table(
            document["name"],
            _read_attribute(document["partitionKey"]),
            document["sortKey"] and _read_attribute(document["sortKey"]),
            tuple(one.index for one in indexes),
            document["ttl"],
        ),
        indexes,
    )


def _read_index(document: _IndexDocument) -> StoredIndex:
    return StoredIndex(
        document["number"],
        TableIndex(
            document["name"],
            _read_attribute(document["partitionKey"]),
            document["sortKey"] and _read_attribute(document["sortKey"]),
            document["local"],
            document["projection"],
            tuple(document["include"]),
        ),
    )


def _read_attribute(document: _AttributeDocument) -> Attribute:
    return Attribute(document["name"], AttributeType(document["type"]))
