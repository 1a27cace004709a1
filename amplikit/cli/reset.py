"""``amplikit reset``: no item is left."""

from __future__ import annotations

from typing import Annotated

import typer

from amplikit.cli._items import agreed, open_items
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import write_json
from amplikit.store.interface import TableDescription
from amplikit.store.transfer import check_table

__all__ = ["attach"]

_TableOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of this table alone.")
]
_YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("reset", help=summary)(_reset)


@command
def _reset(
    place: Place,
    *,
    table: _TableOption = None,
    yes: _YesOption = False,
    as_json: JsonOption = False,
) -> None:
    with open_items(place) as store:
        if table is not None:
            check_table(store, table)
        names = [each.name for each in store.tables() if table in (None, each.name)]
        found = [store.describe(name) for name in names]
        items = sum(
            each.item_count for each in found if isinstance(each, TableDescription)
        )
        where = f"table '{table}'" if table else f"'{place.data_folder()}'"
        agreed(f"Delete all items of {where} ({items})?", yes=yes)
        store.clear(table)
    if as_json:
        write_json({"ok": True, "deleted": items})
    else:
        typer.echo(f"{items} items are deleted; users and keys are as they were.")
