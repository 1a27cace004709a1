"""Which tables and indexes a data folder holds.

Each table and index has a number, given once and never again: rows are stored under
numbers, so names may be anything. What expires has a number, too: it is an index of
its own, by time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NotRequired, TypedDict

import orjson

from amplikit.blueprint.resources import Attribute, AttributeType, Table, TableIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Layout", "StoredIndex", "StoredTable", "numbered", "same_keys"]


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """An index and the number of its entries."""

    number: int
    index: TableIndex


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table, the number of its rows, and its indexes in the table's order.

    ``expiry`` is the number of what expires in it. ``own`` is a table of the schema,
    and not one that a client has made.
    """

    number: int
    table: Table
    indexes: tuple[StoredIndex, ...]
    expiry: int | None = None
    own: bool = True

    @property
    def places(self) -> frozenset[int]:
        """All numbers under which entries of the table are kept."""
        places = {one.number for one in self.indexes}
        return frozenset(places if self.expiry is None else {*places, self.expiry})

    def stored_index(self, name: str) -> StoredIndex | None:
        """Return the index of that name, if there is one."""
        return next((one for one in self.indexes if one.index.name == name), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """All that a data folder holds; ``next_number`` has never been given.

    With ``streams`` every write leaves a record of the change.
    """

    schema_hash: str = ""
    tables: tuple[StoredTable, ...] = ()
    next_number: int = 1
    streams: bool = False

    def table(self, name: str) -> StoredTable | None:
        """Return the table of that name, if there is one."""
        return next((one for one in self.tables if one.table.name == name), None)

    def to_json(self) -> bytes:
        """Return the layout as a document for ``from_json``."""
        return orjson.dumps(
            {
                "schemaHash": self.schema_hash,
                "nextNumber": self.next_number,
                "streams": self.streams,
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
            data.get("streams", False),
        )


def numbered(
    layout: Layout, tables: Iterable[tuple[Table, bool]], schema_hash: str
) -> Layout:
    """Return the layout of these tables, each with whether it is the schema's.

    What the layout has already, by name and definition, keeps its numbers, and with
    them its rows; everything else gets new ones.
    """
    number = layout.next_number

    def new() -> int:
        nonlocal number
        number += 1
        return number - 1

    wanted = []
    for table, own in tables:
        stored = layout.table(table.name)
        if stored is None or not same_keys(stored.table, table):
            stored = StoredTable(new(), table, ())
        indexes = []
        for index in table.indexes:
            one = stored.stored_index(index.name)
            kept = one is not None and same_keys(one.index, index)
            indexes.append(StoredIndex(one.number if one and kept else new(), index))
        expiry = stored.expiry if stored.table.ttl == table.ttl else None
        if table.ttl is not None and expiry is None:
            expiry = new()
        wanted.append(StoredTable(stored.number, table, tuple(indexes), expiry, own))
    return Layout(schema_hash, tuple(wanted), number, layout.streams)


def same_keys(one: Table | TableIndex, other: Table | TableIndex) -> bool:
    """Say whether items stand in the same places in both; a projection moves none."""
    return (one.partition_key, one.sort_key) == (other.partition_key, other.sort_key)


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
    own: NotRequired[bool]
    expiry: NotRequired[int | None]
    name: str
    partitionKey: _AttributeDocument
    sortKey: _AttributeDocument | None
    ttl: str | None
    indexes: list[_IndexDocument]


def _table_document(stored: StoredTable) -> _TableDocument:
    table = stored.table
    return {
        "number": stored.number,
        "own": stored.own,
        "expiry": stored.expiry,
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
        document.get("expiry"),
        document.get("own", True),
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
