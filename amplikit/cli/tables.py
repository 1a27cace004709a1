"""``amplikit tables``: what the tables hold, in and out as DynamoDB JSON."""

from __future__ import annotations

import gzip
import sys
import zlib
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._items import NOBODY_HEARS, open_items
from amplikit.cli._options import JsonOption, Place, command, given_path
from amplikit.cli._output import write_json, write_table
from amplikit.errors import ConfigInvalid, Problem
from amplikit.store.interface import Refused
from amplikit.store.transfer import export_lines, import_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["attach"]

_GZIP = b"\x1f\x8b"
_TableArgument = Annotated[
    str, typer.Argument(metavar="TABLE", help="The model's or table's name.")
]
_FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        parser=given_path,
        help='Lines of {"Item": {...}}; gzip is recognized.',
    ),
]
_OutOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", parser=given_path, help="Instead of stdout; .gz compresses."
    ),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the commands."""
    tables = typer.Typer(help=summary, rich_markup_mode=None)
    tables.command("list", help="List the tables with their sizes.")(_list)
    tables.command("export", help="Write a table as DynamoDB JSON.")(_export)
    tables.command("import", help="Put the items of DynamoDB JSON.")(_import)
    app.add_typer(tables, name="tables")


@command
def _list(place: Place, *, as_json: JsonOption = False) -> None:
    with open_items(place) as store:
        found = [store.describe(table.name) for table in store.tables()]
    shown = [
        {
            "name": one.table.name,
            "items": one.item_count,
            "bytes": one.size_bytes,
            "indexes": [index.name for index in one.table.indexes],
        }
        for one in found
        if not isinstance(one, Refused)
    ]
    if as_json:
        write_json(shown)
        return
    head = ("NAME", "ITEMS", "BYTES")
    write_table(head, (tuple(str(one[name.lower()]) for name in head) for one in shown))


@command
def _export(
    place: Place,
    *,
    table: _TableArgument,
    out: _OutOption = None,
    as_json: JsonOption = False,
) -> None:
    if as_json and out is None:
        raise ConfigInvalid(
            Problem("option-invalid", "--json needs --out.", "Name a file with --out.")
        )
    count = 0
    with open_items(place) as store, _writing(out) as write:
        for line in export_lines(store, table):
            write(line)
            count += 1
    if as_json:
        write_json({"ok": True, "table": table, "items": count})
    elif out is not None:
        typer.echo(f"{count} items of '{table}' are in {out}.")


@command
def _import(
    place: Place,
    *,
    table: _TableArgument,
    files: _FilesArgument,
    as_json: JsonOption = False,
) -> None:
    counts = {}
    with open_items(place) as store:
        for path in files:
            with _reading(path) as lines:
                counts[str(path)] = import_lines(store, table, lines, str(path))
    if as_json:
        write_json({"ok": True, "table": table, "items": sum(counts.values())})
        return
    for name, count in counts.items():
        typer.echo(f"{count} items of {name} are in '{table}'.")
    typer.echo(NOBODY_HEARS)


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[bytes]]:
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            if file.peek(2)[:2] == _GZIP:
                yield iter(stack.enter_context(gzip.GzipFile(fileobj=file)))
            else:
                yield iter(file)
        except (OSError, EOFError, zlib.error) as error:
            raise ConfigInvalid(_unreadable(path, error)) from error


@contextmanager
def _writing(path: Path | None) -> Iterator[Callable[[bytes], object]]:
    """Open a file that is there whole or not at all; None is stdout."""
    if path is None:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with ExitStack() as stack:
            file = stack.enter_context(unfinished.open("wb"))
            if path.suffix == ".gz":
                yield stack.enter_context(gzip.GzipFile(fileobj=file, mode="wb")).write
            else:
                yield file.write
        unfinished.replace(path)
    except OSError as error:
        raise ConfigInvalid(
            Problem(
                "file-not-writable",
                f"'{path}' cannot be written: {error.strerror or error}.",
                "Name a file in a folder that is yours.",
            )
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _unreadable(path: Path, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or error
    return Problem(
        "file-unreadable", f"'{path}' cannot be read: {reason}.", "Name another file."
    )
