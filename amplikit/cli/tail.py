"""``amplikit tail``: the events of a subscription, in the terminal."""

from __future__ import annotations

import json
import shlex
import ssl
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from amplikit_client import (
    AppSyncClient,
    AppSyncError,
    GraphQLError,
    Interrupted,
    Live,
    SubscribeOptions,
    Unauthorized,
    Unreachable,
)

from amplikit.cli._items import note
from amplikit.cli._options import Place, command
from amplikit.cli._output import printable
from amplikit.cli._senders import SENDER_HELP, sender_named
from amplikit.cli._variables import VariablesOption, variables_of
from amplikit.emulator.tls import TlsFiles
from amplikit.errors import ConfigInvalid, Problem, ToolkitError

if TYPE_CHECKING:
    from amplikit_client import Subscription

    from amplikit.cli._senders import Sender

__all__ = ["attach"]

_SubscriptionArgument = Annotated[
    str, typer.Argument(metavar="SUBSCRIPTION", help="The GraphQL text.")
]
_AsOption = Annotated[str, typer.Option("--as", metavar="CALLER", help=SENDER_HELP)]
_UrlOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="The API's GraphQL URL; default: the data folder's server."
    ),
]
_CountOption = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="End after so many events."),
]
_LinesOption = Annotated[
    bool, typer.Option("--json", help="Print each event as one line of JSON.")
]


class TailEnded(ToolkitError):
    """The subscription was refused, or could not be kept."""


def attach(app: typer.Typer, summary: str) -> None:
    """Add the command."""
    app.command("tail", help=summary)(_tail)


@dataclass(frozen=True, slots=True)
class _Wanted:
    as_caller: _AsOption
    variables: VariablesOption = "{}"
    url: _UrlOption = None
    count: _CountOption = None


@command
def _tail(
    place: Place,
    *,
    subscription: _SubscriptionArgument,
    wanted: _Wanted,
    as_json: _LinesOption = False,
) -> None:
    variables = variables_of(wanted.variables)
    sender = sender_named(wanted.as_caller, place)
    url = wanted.url or _local_url(sender)
    options = SubscribeOptions(on_change=_say, tls=_trusted(url, sender, place))
    try:
        with AppSyncClient(url, sender.auth) as client:
            heard = client.subscribe(subscription, variables, options=options)
            with heard as events:
                _print(events, wanted.count, as_json=as_json)
    except AppSyncError as error:
        raise TailEnded(_problem(error, sender, wanted, subscription)) from error


def _local_url(sender: Sender) -> str:
    if sender.base_url:
        return f"{sender.base_url}/graphql"
    raise ConfigInvalid(
        Problem(
            code="option-invalid",
            message="--as names a caller from elsewhere, and nothing says where.",
            hint="Give --url with the API's GraphQL URL.",
        )
    )


def _trusted(url: str, sender: Sender, place: Place) -> ssl.SSLContext | None:
    """Return whom to trust besides the public authorities."""
    if not url.startswith("https:") or sender.base_url is None:
        return None
    bundle = TlsFiles.of(place.data_folder()).bundle
    return ssl.create_default_context(cafile=bundle) if bundle.is_file() else None


def _print(events: Subscription, count: int | None, *, as_json: bool) -> None:
    printed = 0
    while count is None or printed < count:
        try:
            _print_one(next(events), [], as_json=as_json)
        except StopIteration:
            note("The service has ended the subscription.")
            return
        except GraphQLError as error:
            if events.ended:
                raise
            _print_one(error.data, error.errors, as_json=as_json)
        printed += 1


def _print_one(
    event: dict[str, Any] | None, errors: list[dict[str, Any]], *, as_json: bool
) -> None:
    if as_json:
        shape = {"data": event} | ({"errors": errors} if errors else {})
        line = json.dumps(shape)
    else:
        told = json.dumps(errors or event, ensure_ascii=False)
        line = printable(f"{_now()} {'not delivered: ' if errors else ''}{told}")
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say(change: Live | Interrupted) -> None:
    match change:
        case Live(after_gap=False):
            note(f"{_now()} listening; end with Ctrl-C")
        case Live():
            note(f"{_now()} listening again; what happened meanwhile is not shown")
        case Interrupted():
            told = printable(str(change.reason))
            note(f"{_now()} {told}; again in {change.pause_s:.1f} s")


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"


def _problem(
    error: AppSyncError, sender: Sender, wanted: _Wanted, subscription: str
) -> Problem:
    match error:
        case Unauthorized() if sender.base_url and not wanted.url:
            caller, text = shlex.quote(wanted.as_caller), shlex.quote(subscription)
            hint = f"See who decided: amplikit explain --as {caller} {text}"
            return Problem("subscription-refused", str(error), hint)
        case Unauthorized():
            hint = "Call as somebody whom the API lets in."
            return Problem("subscription-refused", str(error), hint)
        case GraphQLError():
            hint = "Change the subscription; 'amplikit compile' prints what there is."
            return Problem("subscription-refused", str(error), hint)
        case Unreachable():
            hint = "Start it with 'amplikit serve', or name another with --url."
            return Problem("api-unreachable", str(error), hint)
        case _:
            hint = "Change --url or --as."
            return Problem("option-invalid", str(error), hint)
