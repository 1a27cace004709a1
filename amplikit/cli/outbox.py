"""``amplikit outbox``: the e-mails of the local user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from amplikit.cli._directory import open_directory
from amplikit.cli._options import JsonOption, Place, command
from amplikit.cli._output import printable, write_json

if TYPE_CHECKING:
    from amplikit.identity.user_pool.outbox import Message

__all__ = ["attach"]


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("outbox", help=summary)(_outbox)


@command
def _outbox(place: Place, *, as_json: JsonOption = False) -> None:
    with open_directory(place) as directory:
        messages = directory.store.pool.outbox.messages()
    if as_json:
        write_json([_message_json(message) for message in messages])
        return
    for message in messages:
        typer.echo(
            f"{message.at:%Y-%m-%d %H:%M:%S} to {printable(message.to)}: "
            f"{printable(message.subject)}\n  {printable(message.body)}"
        )


def _message_json(message: Message) -> dict[str, object]:
    return {
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "code": message.code,
        "at": message.at.isoformat(),
    }
