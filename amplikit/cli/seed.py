"""``amplikit seed``: items from JSON files, as the create mutations write them."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from amplikit.cli._compile import compile_loaded
from amplikit.cli._directory import utc_now
from amplikit.cli._items import NOBODY_HEARS, note
from amplikit.cli._options import JsonOption, Served, command, given_path
from amplikit.cli._output import write_json
from amplikit.cli._runtime import open_sqlite
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.seeding import NotSeeded, Seeder
from amplikit.errors import ConfigInvalid, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["attach"]

_HINT = "Nothing of the files is written; change the item and seed again."
_FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", parser=given_path, help='{"Post": [{"title": "..."}]}'
    ),
]
_ReplaceOption = Annotated[
    bool, typer.Option("--replace", help="Write over items with the same keys.")
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("seed", help=f"{summary} {NOBODY_HEARS}")(_seed)


@command
def _seed(
    served: Served,
    *,
    files: _FilesArgument,
    replace: _ReplaceOption = False,
    as_json: JsonOption = False,
) -> None:
    documents = [(path, _read(path)) for path in files]
    blueprint = compile_loaded(served.load()).blueprint
    with open_sqlite(blueprint, served.data_folder()) as store:
        for sentence in store.changed:
            note(sentence)
        seeder = Seeder(
            blueprint,
            store,
            NextTokens(secrets.token_bytes(32)),
            clock=utc_now,
            new_id=lambda: str(uuid4()),
        )
        counts: dict[str, int] = {}
        problems: list[Problem] = []
        with store.all_or_nothing():
            for path, document in documents:
                for model, at, item in _items(path, document, seeder):
                    counts[model] = counts.get(model, 0) + 1
                    try:
                        seeder.write(model, item, over=replace)
                    except NotSeeded as error:
                        message = f"{path}: {model}[{at}]: {_sentence(str(error))}"
                        problems.append(Problem("seed-item", message, _HINT))
            if problems:
                raise ConfigInvalid(*problems)
    if as_json:
        write_json({"ok": True, "items": counts})
        return
    for model, count in counts.items():
        typer.echo(f"{count} items of {model}")
    typer.echo(NOBODY_HEARS)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        message = f"'{path}' cannot be read: {error.strerror or error}."
        hint = "Name a file that is there."
        raise ConfigInvalid(Problem("file-unreadable", message, hint)) from error
    except (ValueError, RecursionError) as error:
        message = f"'{path}' is not JSON: {error}."
        hint = 'Write it like {"Post": [{"title": "..."}]}.'
        raise ConfigInvalid(Problem("json-syntax", message, hint)) from error


def _items(
    path: Path, document: object, seeder: Seeder
) -> Iterator[tuple[str, int, Mapping[str, object]]]:
    """Yield each item with its model and its place in the model's list."""
    shape = f"'{path}' is not an object of lists of items."
    hint = 'Write it like {"Post": [{"title": "..."}]}.'
    if not isinstance(document, dict):
        raise ConfigInvalid(Problem("seed-file", shape, hint))
    for model, items in document.items():
        if model not in seeder.models:
            near = did_you_mean(model, seeder.models).strip()
            known = near or f"Known: {', '.join(seeder.models) or 'none'}."
            message = f"{path}: there is no model '{model}' that can be created."
            raise ConfigInvalid(Problem("unknown-model", message, known))
        if not isinstance(items, list):
            raise ConfigInvalid(Problem("seed-file", shape, hint))
        for at, item in enumerate(items):
            if not isinstance(item, dict):
                raise ConfigInvalid(Problem("seed-file", shape, hint))
            yield model, at, item
