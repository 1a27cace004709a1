"""What DynamoDB would have charged for a request, by its rules.

Source: DynamoDB developer guide, "DynamoDB read and write operations".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from amplikit.store.values import canonical_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.resources import Table, TableIndex
    from amplikit.store.interface import Item

__all__ = ["Consumed", "consumption", "read_units", "written"]

_READ_UNIT_BYTES: Final = 4096
_WRITE_UNIT_BYTES: Final = 1024
_IN_TRANSACTION: Final = 2

Wanted = Literal["NONE", "TOTAL", "INDEXES"]


@dataclass(slots=True)
class Consumed:
    """Units of one table and of its indexes; ``kind`` is told for transactions."""

    table: str
    kind: Literal["", "Read", "Write"] = ""
    units: float = 0
    local: dict[str, float] = field(default_factory=dict)
    global_: dict[str, float] = field(default_factory=dict)

    def add(self, other: Consumed) -> None:
        """Count the other's units as well."""
        self.units += other.units
        for mine, theirs in (
            (self.local, other.local),
            (self.global_, other.global_),
        ):
            for name, units in theirs.items():
                mine[name] = mine.get(name, 0) + units

    def document(self, wanted: str) -> dict[str, object]:
        """Return ``ConsumedCapacity``."""
        total = self.units + sum(self.local.values()) + sum(self.global_.values())
        document: dict[str, object] = {
            "TableName": self.table,
            **self._units(total),
        }
        if wanted == "INDEXES":
            document["Table"] = self._units(self.units)
            for name, indexes in (
                ("LocalSecondaryIndexes", self.local),
                ("GlobalSecondaryIndexes", self.global_),
            ):
                if indexes:
                    document[name] = {
                        index: self._units(units) for index, units in indexes.items()
                    }
        return document

    def _units(self, units: float) -> dict[str, object]:
        shown = {"CapacityUnits": float(units)}
        if self.kind:
            shown[f"{self.kind}CapacityUnits"] = float(units)
        return dict(shown)


def consumption(
    wanted: str | None, consumed: Iterable[Consumed]
) -> list[dict[str, object]] | None:
    """Return one entry for each table, None when they are not wanted."""
    if wanted in (None, "NONE"):
        return None
    tables: dict[str, Consumed] = {}
    for one in consumed:
        if one.table in tables:
            tables[one.table].add(one)
        else:
            tables[one.table] = one
    return [one.document(wanted or "") for one in tables.values()]


def read_units(
    size_bytes: int, *, consistent: bool, in_transaction: bool = False
) -> float:
    """Return the units of reading so much at once; nothing costs as much as a bit."""
    units = max(1, -(-size_bytes // _READ_UNIT_BYTES))
    if in_transaction:
        return units * _IN_TRANSACTION
    return units if consistent else units / 2


def written(
    table: Table, old: Item | None, new: Item | None, *, in_transaction: bool = False
) -> Consumed:
    """Return what it costs to replace one item by the other."""
    factor = _IN_TRANSACTION if in_transaction else 1
    consumed = Consumed(table.name, "Write" if in_transaction else "")
    consumed.units = factor * _write_units(max(_size(old), _size(new)))
    for index in table.indexes:
        units = _index_units(
            _projected(table, index, old), _projected(table, index, new), index
        )
        if units:
            indexes = consumed.local if index.local else consumed.global_
            indexes[index.name] = factor * units
    return consumed


def _index_units(old: Item | None, new: Item | None, index: TableIndex) -> int:
    if old == new:
        return 0
    if old is None or new is None:
        return _write_units(_size(old or new))
    if _key_of(index, old) == _key_of(index, new):
        return _write_units(max(_size(old), _size(new)))
    return _write_units(_size(old)) + _write_units(_size(new))


def _projected(table: Table, index: TableIndex, item: Item | None) -> Item | None:
    """Return what an index holds of an item, None when the item is not in it."""
    if item is None or any(name not in item for name in _names(index)):
        return None
    if index.projection == "ALL":
        return item
    names = {*_names(table), *_names(index), *index.include}
    return {name: value for name, value in item.items() if name in names}


def _key_of(index: TableIndex, item: Item) -> list[object]:
    return [item[name] for name in _names(index)]


def _names(keyed: Table | TableIndex) -> list[str]:
    return [each.name for each in (keyed.partition_key, keyed.sort_key) if each]


def _size(item: Item | None) -> int:
    return canonical_item(item).size_bytes if item else 0


def _write_units(size_bytes: int) -> int:
    return max(1, -(-size_bytes // _WRITE_UNIT_BYTES))
