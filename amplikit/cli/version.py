"""``amplikit version``."""

from __future__ import annotations

from importlib.metadata import version

import typer

__all__ = ["attach"]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("version", help=summary)(_version)


def _version() -> None:
    typer.echo(f"amplikit {version('amplikit')}")
