"""What commands on items share: the store of a data folder, and a question."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from amplikit.errors import ConfigInvalid, Problem
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from amplikit.cli._options import Place

__all__ = ["NOBODY_HEARS", "agreed", "note", "open_items"]

NOBODY_HEARS = (
    "Written to the tables, past the API: no rule was asked, and no subscriber hears "
    "of it."
)


def open_items(place: Place) -> SqliteStore:
    """Open the data folder's items beside a server, or without one.

    Raises ``DataFolderUnusable`` when nothing was ever served from the folder.
    """
    return SqliteStore.open_as_it_is(place.data_folder())


def note(line: str) -> None:
    """Say something beside the answer, on stderr."""
    typer.echo(line, err=True)


def agreed(question: str, *, yes: bool) -> None:
    """Go on when the user agrees, at the terminal or with ``--yes``.

    Raises ``typer.Abort``, or ``ConfigInvalid`` where nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigInvalid(
            Problem("needs-yes", question, "Say --yes where nobody can be asked.")
        )
    typer.confirm(question, abort=True, err=True)
