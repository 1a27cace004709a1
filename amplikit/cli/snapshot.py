"""``amplikit snapshot``: all items of a moment, under a name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from amplikit.cli._items import open_items
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json, write_table
from amplikit.datafolder import not_writable
from amplikit.errors import ConfigInvalid, Problem, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["attach"]

_SUFFIX = ".sqlite3"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="What the snapshot is called.")
]
_ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Write over the one of that name.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the commands."""
    snapshot = typer.Typer(help=summary, rich_markup_mode=None)
    snapshot.command("save", help="Save all items, beside a server or not.")(_save)
    snapshot.command("restore", help="Go back to what was saved.")(_restore)
    snapshot.command("list", help="List what was saved.")(_list)
    snapshot.command("delete", help="Delete a snapshot.")(_delete)
    app.add_typer(snapshot, name="snapshot")


@command
def _save(
    place: Place,
    *,
    name: _NameArgument,
    replace: _ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    path = _path(place, name)
    if path.exists() and not replace:
        raise ConfigInvalid(
            Problem(
                "snapshot-exists",
                f"There is a snapshot '{name}' already.",
                "Take another name, or write over it with --replace.",
            )
        )
    with open_items(place) as store:
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise not_writable(path.parent, error) from None
        store.save(path)
    if as_json:
        write_json({"ok": True} | _shown(path))
    else:
        typer.echo(f"Saved; 'amplikit snapshot restore {name}' goes back to it.")


@command
def _restore(place: Place, *, name: _NameArgument, as_json: JsonOption = False) -> None:
    path = _known(place, name)
    with open_items(place) as store:
        changed = store.restore(path)
    if as_json:
        write_json({"ok": True, "name": name, "changed": list(changed)})
        return
    for sentence in changed:
        typer.echo(sentence)
    typer.echo(f"The items are those of '{name}' again; no subscriber hears of it.")


@command
def _list(place: Place, *, as_json: JsonOption = False) -> None:
    folder = _folder(place)
    found = [_shown(path) for path in sorted(folder.glob(f"[!.]*{_SUFFIX}"))]
    if as_json:
        write_json(found)
        return
    rows = ((str(one["name"]), str(one["at"]), str(one["bytes"])) for one in found)
    write_table(("NAME", "AT", "BYTES"), rows)


@command
def _delete(place: Place, *, name: _NameArgument, as_json: JsonOption = False) -> None:
    path = _known(place, name)
    try:
        path.unlink()
    except OSError as error:
        raise not_writable(path, error) from None
    if as_json:
        write_json({"ok": True, "name": name})
    else:
        typer.echo(f"The snapshot '{name}' is deleted.")


def _folder(place: Place) -> Path:
    return place.data_folder() / "snapshots"


def _path(place: Place, name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise ConfigInvalid(
            Problem(
                "snapshot-name",
                f"'{name}' is no name for a snapshot.",
                "Use letters, digits, '.', '_' and '-', at most 100.",
            )
        )
    return _folder(place) / f"{name}{_SUFFIX}"


def _known(place: Place, name: str) -> Path:
    path = _path(place, name)
    if not path.is_file():
        names = [each.name.removesuffix(_SUFFIX) for each in _folder(place).glob("*")]
        raise ConfigInvalid(
            Problem(
                "unknown-snapshot",
                f"There is no snapshot named '{name}'.",
                did_you_mean(name, names).strip() or "See 'amplikit snapshot list'.",
            )
        )
    return path


def _shown(path: Path) -> dict[str, object]:
    status = path.stat()
    return {
        "name": path.name.removesuffix(_SUFFIX),
        "at": datetime.fromtimestamp(status.st_mtime, UTC).isoformat(" ", "seconds"),
        "bytes": status.st_size,
    }
