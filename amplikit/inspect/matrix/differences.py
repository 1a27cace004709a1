"""What two matrices say differently: cell by cell, in the shape of access changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.inspect.changes import AccessChange
from amplikit.inspect.matrix.cells import best

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.inspect.matrix.cells import Cell
    from amplikit.inspect.matrix.rows import Section

__all__ = ["CellChange", "differences"]

ABSENT = ("absent",)
_ITEM_READS = ("get", "list", "query", "sync", "search")

_Cells = tuple["Cell", ...]


@dataclass(frozen=True, slots=True)
class CellChange(AccessChange):
    """A cell before and after, in words; ``absent`` where there is no such operation.

    ``coordinate`` is a root field, or a field of a type: ``operation`` is then read,
    create or update.
    """

    identity: str


def differences(
    before: tuple[Section, ...],
    after: tuple[Section, ...],
    columns: tuple[tuple[str, str], ...],
) -> Iterator[CellChange]:
    """Yield what differs in verdict or condition.

    ``columns`` are the ids and modes of the identities, the same ones in both.
    """
    old, new = _Lookup(before), _Lookup(after)
    for section, coordinate, operation in dict.fromkeys((*old.rows, *new.rows)):
        key = (section, coordinate, operation)
        cells = old.cells(key), new.cells(key)
        for place, (name, mode) in enumerate(columns):
            one, other = (_words(found, place) for found in cells)
            if one != other:
                yield CellChange(coordinate, section, operation, mode, one, other, name)


class _Lookup:
    """The rows of a matrix, one for each field; what has none is as its model is."""

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self.rows: dict[tuple[str, str, str], _Cells] = {}
        self._of_model: dict[tuple[str, str], _Cells] = {}
        for section in sections:
            reads: list[_Cells] = []
            for row in section.rows:
                names = [row.coordinate]
                if row.fields:
                    names = [f"{section.name}.{field}" for field in row.fields]
                else:
                    self._of_model[section.name, row.operation] = row.cells
                for name in names:
                    self.rows[section.name, name, row.operation] = row.cells
                if row.operation in _ITEM_READS:
                    reads.append(row.cells)
            found = (best(cells) for cells in zip(*reads, strict=True))
            self._of_model[section.name, "read"] = tuple(one for one in found if one)

    def cells(self, key: tuple[str, str, str]) -> _Cells:
        section, coordinate, operation = key
        found = self.rows.get(key)
        if found is None and coordinate.startswith(f"{section}."):
            found = self._of_model.get((section, operation))
        return found or ()


def _words(cells: _Cells, place: int) -> tuple[str, ...]:
    return (cells[place].text,) if cells else ABSENT
