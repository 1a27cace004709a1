"""``amplikit demo``: the whole story over real sockets."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from amplikit.cli._options import Root, command
from amplikit.demo import play

if TYPE_CHECKING:
    from amplikit.demo import Line
    from amplikit.demo.server import Server

__all__ = ["attach"]

_KeepOption = Annotated[
    bool, typer.Option("--keep", help="Leave the server running until Ctrl-C.")
]
_ADDRESSES = ("graphql_url", "realtime_url", "partner_url", "cognito_idp_url")


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("demo", help=summary)(_demo)


@command
def _demo(root: Root, *, keep: _KeepOption = False) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    held = play(
        root.folder().resolve(),
        on_scene=lambda number, title: _print(f"\n{number}. {title}", "bold"),
        on_line=_print_line,
        on_kept=_keep if keep else None,
    )
    _print("\nEvery step held." if held else "\nA step did not hold.", "bold")
    if not held:
        raise typer.Exit(1)


def _interrupt(number: int, _frame: object) -> None:
    """End as Ctrl-C does: with the servers stopped and the folders removed."""
    raise KeyboardInterrupt(number)


def _print_line(line: Line) -> None:
    mark, colour = ("ok ", "green") if line.held else ("NOT", "red")
    text = Text.assemble(
        (f"   {mark} ", colour), f"{line.who}: {line.what} -> {line.result}"
    )
    Console(highlight=False).print(text, soft_wrap=True)
    _print(f"       {line.why}", "dim")


def _keep(server: Server) -> None:
    _print("\nThe server stays up until Ctrl-C:", "bold")
    for name in _ADDRESSES:
        _print(f"   {name:16} {server[name]}", "")
    _print(f"   {'data folder':16} {server.data}", "")
    try:
        signal.pause()
    except KeyboardInterrupt:
        _print("", "")


def _print(text: str, style: str) -> None:
    Console(highlight=False).print(Text(text, style), soft_wrap=True)
