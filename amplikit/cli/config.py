"""``amplikit config``: what is in force, and where each value is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from amplikit.cli._options import Inputs, JsonOption, command
from amplikit.cli._output import (
    problem_json,
    where_json,
    write_json,
    write_problems,
    write_table,
)

if TYPE_CHECKING:
    import typer

    from amplikit.project import Origin

__all__ = ["attach"]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("config", help=summary)(_config)


@command
def _config(inputs: Inputs, *, as_json: JsonOption = False) -> None:
    loaded = inputs.load()
    if as_json:
        write_json(
            {
                "ok": True,
                "values": [_origin_json(origin) for origin in loaded.origins],
                "schema": [source.file for source in loaded.sources],
                "problems": [problem_json(problem) for problem in loaded.problems],
            }
        )
        return
    write_problems(loaded.problems, base=inputs.base())
    write_table(("KEY", "VALUE", "FROM"), (_row(origin) for origin in loaded.origins))


def _origin_json(origin: Origin) -> dict[str, object]:
    return {
        "key": origin.key,
        "value": origin.value,
        "source": origin.source,
        "where": origin.where and where_json(origin.where),
    }


def _row(origin: Origin) -> tuple[str, str, str]:
    place = str(origin.where) if origin.where else origin.source
    return origin.key, json.dumps(origin.value, ensure_ascii=False), place
