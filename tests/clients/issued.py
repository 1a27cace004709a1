"""Tokens and credentials, as the command line prints them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from amplikit.demo.server import command

if TYPE_CHECKING:
    from amplikit.demo.stage import Stage

__all__ = ["PROJECT", "token"]

PROJECT = Path(__file__).parents[2]


def token(stage: Stage, name: str, *options: str) -> str:
    """Return an access token of the local pool; the user is made if need be."""
    data = ("--data", str(stage.server.data))
    place = ("--project", str(PROJECT), *data)
    return command("token", *place, "--user", name, "--create", *options).strip()
