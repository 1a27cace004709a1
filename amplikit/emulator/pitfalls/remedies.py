"""The lines to write: an index for a model and a field, in the API's transformer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.operations import ListItems, Query, Scan, Synced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.operations import Request
    from amplikit.emulator.pitfalls.asked import Served

__all__ = ["Home", "index_line", "sorted_index_line"]

_LIST = "list"


@dataclass(frozen=True, slots=True)
class Home:
    """A model, and the table that holds its items."""

    model: str
    table: str


def index_line(served: Served, home: Home, field: str, value: str | None = None) -> str:
    """Return what finds items by a field: a query that there is, or a new index.

    ``value`` is what was looked for, as GraphQL writes it.
    """
    if served.blueprint.table(home.table).partition_key.name == field:
        return f"Ask by the key: {_getter(served, home)}({field}: {value or '...'})"
    query = _query_by(served, home.table, field)
    if query is not None:
        return f"Ask the index: {query}({field}: {value or '...'}) {{ items {{ id }} }}"
    name = _title(field)
    return _line(served, home, field, f"by{name}", ())


def sorted_index_line(served: Served, home: Home, partition: str, sort: str) -> str:
    """Return the index that would return a partition in the order of ``sort``."""
    return _line(served, home, partition, f"by{_title(partition)}", (sort,))


def _line(
    served: Served, home: Home, field: str, name: str, sort: tuple[str, ...]
) -> str:
    query = f"{_plural(served, home)}By{_title(field)}"
    taken = {i.name for t in served.blueprint.tables for i in t.indexes}
    while name in taken:
        name += "2"
    if served.blueprint.transformer is Transformer.V1:
        fields = ", ".join(f'"{one}"' for one in (field, *sort))
        key = f'@key(name: "{name}", fields: [{fields}], queryField: "{query}")'
        return f"Write on type {home.model}: {key}"
    sorted_by = ", ".join(f'"{one}"' for one in sort)
    more = f", sortKeyFields: [{sorted_by}]" if sort else ""
    type_ = served.type_text(home.model, field)
    line = f'{field}: {type_} @index(name: "{name}", queryField: "{query}"{more})'
    return f"Write in type {home.model}: {line}"


def _plural(served: Served, home: Home) -> str:
    for coordinate, request in _requests(served):
        name = coordinate.removeprefix("Query.")
        lists = isinstance(request, Scan | ListItems) and _table(request) == home.table
        if lists and name.startswith(_LIST) and name != _LIST:
            plural = name.removeprefix(_LIST)
            return plural[0].lower() + plural[1:]
    return f"{home.model[0].lower()}{home.model[1:]}s"


def _getter(served: Served, home: Home) -> str:
    fields = served.schema.query_type.fields if served.schema.query_type else {}
    getters = (
        name
        for name, field in fields.items()
        if str(field.type).rstrip("!") == home.model
        and any(one.coordinate == f"Query.{name}" for one in served.blueprint.resolvers)
    )
    return next(getters, f"get{home.model}")


def _query_by(served: Served, table: str, field: str) -> str | None:
    for coordinate, request in _requests(served):
        if (
            coordinate.startswith("Query.")
            and isinstance(request, Query)
            and request.index is not None
            and request.table == table
            and request.partition[0] == field
        ):
            return coordinate.removeprefix("Query.")
    return None


def _requests(served: Served) -> Iterator[tuple[str, Request]]:
    for resolver in served.blueprint.resolvers:
        for function in resolver.functions:
            request = function.request
            if isinstance(request, Synced) and request.request is not None:
                request = request.request
            yield resolver.coordinate, request


def _table(request: Request) -> str | None:
    match request:
        case ListItems(scan=Scan(table=table)) | Scan(table=table):
            return table
        case _:
            return None


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]
