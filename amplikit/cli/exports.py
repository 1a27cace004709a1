"""``amplikit exports``: the file that points a frontend at the local server."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from amplikit.blueprint.modes import AuthMode
from amplikit.cli._directory import open_directory, utc_now
from amplikit.cli._options import Place, command
from amplikit.emulator.frontends import ExportFormat, Frontend, frontend_file
from amplikit.emulator.ready import Endpoints

__all__ = ["attach"]

_FormatOption = Annotated[
    ExportFormat,
    typer.Option("--format", help="Which of Amplify's files to print."),
]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("exports", help=summary)(_exports)


@command
def _exports(
    place: Place, *, format_: _FormatOption = ExportFormat.AMPLIFY_OUTPUTS
) -> None:
    with open_directory(place) as directory:
        store, now = directory.store, utc_now()
        modes = directory.names.modes
        keys = (
            key.value
            for key in store.api_keys.all(now)
            if key.kind == "appsync" and key.usage_plan is None and key.expires_at > now
        )
        frontend = Frontend(
            endpoints=Endpoints(store.base_url),
            facts=store.facts,
            modes=modes,
            pool=store.pool.settings.get(),
            api_key=next(keys, None) if AuthMode.API_KEY in modes else None,
        )
    sys.stdout.write(frontend_file(format_, frontend))
