"""What is asked for: the rows of the matrix, model by model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind
from amplikit.blueprint.operation_kinds import MUTATION_OF, ROOT_OF
from amplikit.inspect.matrix.cells import best
from amplikit.inspect.matrix.layers import reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from amplikit.blueprint.api import Api, Model
    from amplikit.errors import Where
    from amplikit.inspect.matrix.cells import Cell
    from amplikit.inspect.matrix.identities import Identity
    from amplikit.inspect.matrix.layers import Layers

__all__ = ["Row", "Section", "sections"]

_ROOTS = ("Query", "Mutation", "Subscription")
_READS = ("get", "list", "query", "sync", "search")
_WRITES = (OperationKind.CREATE, OperationKind.UPDATE)


@dataclass(frozen=True, slots=True)
class Row:
    """An operation, or fields of a model that are ruled alike; cells by column.

    ``operation`` is ``get``, ``list``, ``query`` (of an index), ``create`` ... ``call``
    for a root field of the reader's own, and ``read`` for a field of a type.
    """

    coordinate: str
    operation: str
    cells: tuple[Cell, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A model, or a type with fields of the reader's own."""

    name: str
    kind: str
    where: Where | None
    rows: tuple[Row, ...]


def sections(
    api: Api, layers: Layers, identities: tuple[Identity, ...]
) -> Iterator[Section]:
    """Yield the models in the schema's order, then the other types."""
    taken: set[str] = set()
    for model in api.models:
        operations = tuple(_operations(model))
        taken.update(coordinate for coordinate, _ in operations)
        rows = tuple(
            Row(coordinate, name, tuple(layers.root(coordinate, i) for i in identities))
            for coordinate, name in operations
            if coordinate in layers.printed.access
        )
        fields = tuple(_fields(model, rows, layers, identities))
        yield Section(model.name, "model", model.where, (*rows, *fields))
    places = {one.coordinate: one.where for one in api.custom_fields}
    for root in _ROOTS:
        own = [f"{root}.{name}" for name in layers.printed.types.get(root, ())]
        rows = tuple(
            Row(one, "call", tuple(layers.root(one, i) for i in identities))
            for one in own
            if one not in taken
        )
        if rows:
            where = next((places[one] for one in own if one in places), None)
            yield Section(root, "root", where, rows)
    yield from _other_types(api, layers, identities)


def _operations(model: Model) -> Iterator[tuple[str, str]]:
    """Yield reads, the queries of indexes among them, then writes and listening."""
    indexes = [one.query_field for one in model.indexes if one.query_field is not None]
    reads = (OperationKind.GET, OperationKind.LIST)
    yield from _made(model, reads)
    yield from ((f"Query.{name}", "query") for name in indexes)
    others = (OperationKind.SYNC, OperationKind.SEARCH, *MUTATION_OF.values())
    yield from _made(model, (*others, *MUTATION_OF))


def _made(model: Model, kinds: tuple[OperationKind, ...]) -> Iterator[tuple[str, str]]:
    for kind in kinds:
        for one in model.operations:
            if one.kind is kind:
                yield f"{ROOT_OF[kind]}.{one.field}", kind.value


def _fields(
    model: Model,
    rows: tuple[Row, ...],
    layers: Layers,
    identities: tuple[Identity, ...],
) -> Iterator[Row]:
    """Yield the fields that are not ruled as the model is, those alike in one row."""
    reading = [row for row in rows if row.operation in _READS]
    read = tuple(
        best(row.cells[place] for row in reading) for place in range(len(identities))
    )

    def seen(name: str) -> tuple[Cell, ...]:
        place = f"{model.name}.{name}"
        return tuple(
            reached(of_item, layers.read(place, identity))
            for of_item, identity in zip(read, identities, strict=True)
        )

    names = layers.printed.types.get(model.name, ())
    for fields, cells in _alike(names, seen):
        if cells != read:
            yield Row(f"{model.name}.{fields[0]}", "read", cells, fields)
    for row in rows:
        if row.operation not in {kind.value for kind in _WRITES}:
            continue
        written = layers.printed.inputs.get(row.coordinate)
        keys = model.key if row.operation == OperationKind.UPDATE else ()
        names = tuple(n for n in (written.fields if written else ()) if n not in keys)

        def stored(name: str, coordinate: str = row.coordinate) -> tuple[Cell, ...]:
            return tuple(layers.write(coordinate, name, one) for one in identities)

        for fields, cells in _alike(names, stored):
            if any(map(_unlike, cells, row.cells)):
                yield Row(f"{model.name}.{fields[0]}", row.operation, cells, fields)


def _unlike(cell: Cell, other: Cell) -> bool:
    return (cell.verdict, cell.condition) != (other.verdict, other.condition)


def _alike(
    names: Iterable[str], ask: Callable[[str], tuple[Cell, ...]]
) -> Iterator[tuple[tuple[str, ...], tuple[Cell, ...]]]:
    """Yield the names that have the same verdicts together, with the first's cells."""
    found: dict[tuple[object, ...], tuple[list[str], tuple[Cell, ...]]] = {}
    for name in names:
        cells = ask(name)
        key = tuple((cell.verdict, cell.condition) for cell in cells)
        found.setdefault(key, ([], cells))[0].append(name)
    for same, cells in found.values():
        yield tuple(same), cells


def _other_types(
    api: Api, layers: Layers, identities: tuple[Identity, ...]
) -> Iterator[Section]:
    """Yield the ruled fields of types that are neither models nor root types."""
    known = {*_ROOTS, *(model.name for model in api.models)}
    places = {f"{one.type_name}.{one.name}": None for one in api.ruled_fields}
    where = {one.coordinate: one.where for one in api.custom_fields}
    by_type: dict[str, list[str]] = {}
    for coordinate in dict.fromkeys((*where, *places)):
        name = coordinate.partition(".")[0]
        if name not in known and coordinate in layers.printed.access:
            by_type.setdefault(name, []).append(coordinate)
    for name, coordinates in by_type.items():
        rows = tuple(
            Row(
                one,
                "read",
                tuple(layers.read(one, identity) for identity in identities),
                (one.partition(".")[2],),
            )
            for one in coordinates
        )
        place = next((where[one] for one in coordinates if one in where), None)
        yield Section(name, "type", place, rows)
