"""The access matrix on a terminal: a table a model, in a hundred columns.

Callers who may do the same with a model share a column; who may do nothing with it is
named below the table. What needs words is numbered, and told below.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from amplikit.cli._output import printable
from amplikit.inspect.matrix import Layer, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.inspect.matrix import Cell, Identity, Matrix, Row, Section

__all__ = ["matrix_lines"]

_WIDTH = 100
_LABEL = 34
_HEADING = 13
_NARROWEST = 5
_GAP = 2
_STYLES = {Verdict.ALLOW: "green", Verdict.DENY: "dim", Verdict.DEPENDS: "yellow"}
_LAYERS = {
    Layer.DIRECTIVE: "by its mode",
    Layer.POLICY: "by its IAM policy",
    Layer.RULE: "by the rules",
}


@dataclass(frozen=True, slots=True)
class _Column:
    """Callers who are told the same, each with its place; their cells."""

    identities: tuple[tuple[int, Identity], ...]
    cells: tuple[Cell, ...]

    @property
    def opens(self) -> bool:
        return any(cell.verdict is not Verdict.DENY for cell in self.cells)

    @property
    def heading(self) -> list[str]:
        return [
            line
            for _, identity in self.identities
            for line in _wrapped(printable(identity.label), _HEADING, hyphens=True)
        ]

    @property
    def width(self) -> int:
        return max(_NARROWEST, *map(cell_len, self.heading))


def matrix_lines(found: Matrix) -> Iterator[Text]:
    """Yield the lines; the colours are the terminal's to show or to drop."""
    yield Text(
        f"{printable(found.name)}: who may do what, transformer {found.transformer}",
        "bold",
    )
    yield Text("yes: allowed   -: refused   if 1: it depends, see note 1 below")
    for section in found.sections:
        yield Text("")
        yield from _section(section, found.identities)
    yield Text("")
    yield Text("Callers", "bold")
    width = max((cell_len(one.label) for one in found.identities), default=0)
    for one in found.identities:
        lines = _wrapped(printable(one.note), max(_WIDTH - width - 4, 30))
        for place, line in enumerate(lines):
            label = printable(one.label) if place == 0 else ""
            yield Text(f"  {_padded(label, width)}  {line}")


def _section(section: Section, identities: tuple[Identity, ...]) -> Iterator[Text]:
    where = f"  {section.where}" if section.where else ""
    yield Text.assemble((printable(section.name), "bold"), (printable(where), "dim"))
    notes = _Notes()
    columns = list(_columns(section, identities))
    shown = [one for one in columns if one.opens]
    labels = [_wrapped(_label(row), _LABEL) or [""] for row in section.rows]
    size = max((cell_len(line) for lines in labels for line in lines), default=0)
    for band in _bands(shown, _WIDTH - size - 4):
        yield from _table(labels, size, band, notes)
    barred = [one for one in columns if not one.opens]
    for line in _without_access(barred, section):
        yield Text(line, "dim")
    yield from notes.lines()


def _columns(section: Section, identities: tuple[Identity, ...]) -> Iterator[_Column]:
    """Yield callers with the same verdicts together."""
    found: dict[tuple[object, ...], list[tuple[int, Identity]]] = {}
    for place, identity in enumerate(identities):
        cells = (row.cells[place] for row in section.rows)
        key = tuple((cell.verdict, cell.condition, _told(cell)) for cell in cells)
        found.setdefault(key, []).append((place, identity))
    for alike in found.values():
        first = alike[0][0]
        yield _Column(tuple(alike), tuple(row.cells[first] for row in section.rows))


def _without_access(columns: list[_Column], section: Section) -> Iterator[str]:
    """Yield who may do nothing, by the layer that refuses everything."""
    by_layer: dict[str, list[str]] = {}
    for column in columns:
        for place, identity in column.identities:
            layers = {row.cells[place].layer for row in section.rows}
            why = f", {_LAYERS[layers.pop()]}" if len(layers) == 1 else ""
            by_layer.setdefault(why, []).append(printable(identity.label))
    for why, labels in by_layer.items():
        text = f"nothing{why}: {', '.join(labels)}"
        yield from (f"  {line}" for line in _wrapped(text, _WIDTH - 2))


def _bands(columns: list[_Column], width: int) -> Iterator[list[_Column]]:
    """Yield as many columns at a time as fit beside the labels."""
    band: list[_Column] = []
    for column in columns:
        taken = sum(one.width + _GAP for one in (*band, column))
        if band and taken > width:
            yield band
            band = []
        band.append(column)
    if band:
        yield band


def _table(
    labels: list[list[str]], size: int, band: list[_Column], notes: _Notes
) -> Iterator[Text]:
    headings = [column.heading for column in band]
    widths = [column.width for column in band]
    for number in range(max(map(len, headings))):
        line = Text(" " * (size + 2))
        for heading, width in zip(headings, widths, strict=True):
            text = heading[number] if number < len(heading) else ""
            line.append(" " * _GAP + _padded(text, width), "bold")
        yield _stripped(line)
    for place, lines in enumerate(labels):
        line = Text("  " + _padded(lines[0], size))
        for column, width in zip(band, widths, strict=True):
            cell = column.cells[place]
            text = _padded(_short(cell, notes), width)
            line.append(" " * _GAP).append(text, _STYLES[cell.verdict])
        yield _stripped(line)
        yield from (Text(f"  {line}") for line in lines[1:])


def _short(cell: Cell, notes: _Notes) -> str:
    match cell.verdict:
        case Verdict.ALLOW:
            return f"yes {notes.number(_told(cell))}" if _told(cell) else "yes"
        case Verdict.DENY:
            return "-"
        case Verdict.DEPENDS:
            places = dict.fromkeys(str(rule.where) for rule in cell.rules if rule.where)
            return f"if {notes.number(cell.condition, tuple(places))}"


def _told(cell: Cell) -> str:
    """Return why somebody is allowed whom no rule names."""
    ruled = any(rule.where for rule in cell.rules)
    return cell.reason if cell.verdict is Verdict.ALLOW and not ruled else ""


def _label(row: Row) -> str:
    if row.fields:
        return printable(f"{', '.join(row.fields)}: {row.operation}")
    return printable(row.coordinate.partition(".")[2])


class _Notes:
    """What stands below a table, each once, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._places: dict[str, dict[str, None]] = {}

    def number(self, text: str, places: tuple[str, ...] = ()) -> int:
        self._places.setdefault(text, {}).update(dict.fromkeys(places))
        return self._numbers.setdefault(text, len(self._numbers) + 1)

    def lines(self) -> Iterator[Text]:
        for text, number in self._numbers.items():
            places = ", ".join(self._places[text])
            words = f"{text}  {places}" if places else text
            for place, line in enumerate(_wrapped(printable(words), _WIDTH - 6)):
                yield Text(f"  {number if place == 0 else '':>2}  {line}")


def _wrapped(text: str, width: int, *, hyphens: bool = False) -> list[str]:
    return wrap(text, width, break_long_words=False, break_on_hyphens=hyphens)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _stripped(line: Text) -> Text:
    line.rstrip()
    return line
