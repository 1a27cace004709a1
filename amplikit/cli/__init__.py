"""The command line: reads arguments, calls one library function, prints.

Exit status: 0 done, 1 the user must change something, 2 a fault of ours. A command's
module is imported when it is called, so that ``amplikit --help`` imports typer alone.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from amplikit.errors import Problem, ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable

    Attach = Callable[[typer.Typer, str], None]

__all__ = ["COMMANDS", "main", "run"]

COMMANDS = {
    "compile": "Compile the schema and print its AppSync SDL.",
    "check": "Compile, and look for what will surprise.",
    "config": "Show each configured value and its place.",
    "serve": "Serve the API on this machine.",
    "demo": "Play the whole story over real sockets.",
    "users": "Manage the users of the local user pool.",
    "outbox": "Show what Cognito would have sent.",
    "token": "Print a token of the local user pool.",
    "credentials": "Print temporary AWS credentials.",
    "keys": "Manage the API keys.",
    "exports": "Print the file that points a frontend at the server.",
    "usage": "Show what third parties have used, and what is left.",
    "explain": "Run a request and say who decided what.",
    "tail": "Print the events of a subscription, as they come.",
    "matrix": "Show who may do what, and what a change would change.",
    "invoke": "Run a Lambda function with an event.",
    "tables": "List, export and import the tables.",
    "seed": "Fill the tables from JSON files.",
    "snapshot": "Save all items, and go back to them.",
    "reset": "Delete all items.",
    "version": "Print the version.",
}

_DONE, _USER_MUST_ACT, _OUR_FAULT = 0, 1, 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells say it


def _load(name: str) -> Attach:
    attach: Attach = import_module(f"amplikit.cli.{name}").attach
    return attach


def main() -> None:
    """Run the command line of this process and exit."""
    # Names in a schema may be in any script, whatever the terminal's locale.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = run(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except BrokenPipeError:
        # The reader went away (``| head``); Python must not flush into it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = _USER_MUST_ACT
    sys.exit(status)


def run(arguments: list[str], load: Callable[[str], Attach] = _load) -> int:
    """Run one command and return its exit status.

    With ``--json`` every outcome, a wrong option too, is one document on stdout.
    ``load`` returns what adds a command of ``COMMANDS`` to the command line.
    """
    as_json = "--json" in arguments
    try:
        app = _app(arguments[0] if arguments else "", load)
        result: object = typer.main.get_command(app).main(
            arguments or ["--help"], prog_name="amplikit", standalone_mode=False
        )
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except typer.TyperException as error:
        usage = _usage_problem(error.format_message(), arguments)
        _write_problems((usage,), as_json=as_json)
        return _USER_MUST_ACT
    except ToolkitError as error:
        _write_problems(error.problems, as_json=as_json)
        return _USER_MUST_ACT
    except typer.Abort:
        return _USER_MUST_ACT
    except Exception as error:  # noqa: BLE001 - the one place where our bugs end
        traceback.print_exc()
        if as_json:
            _write_problems((_bug(error),), as_json=True)
        return _OUR_FAULT
    return result if isinstance(result, int) else _DONE


def _app(called: str, load: Callable[[str], Attach]) -> typer.Typer:
    """Return the whole command line, of which only ``called`` is imported."""
    app = typer.Typer(
        help="Write, run, explain and test an Amplify GraphQL backend.",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name, summary in COMMANDS.items():
        if name == called:
            load(name)(app, summary)
        else:
            app.command(name, help=summary)(_not_called)
    return app


def _not_called() -> None:
    """Stand in the list of ``--help`` for a command that is not imported."""


def _write_problems(problems: tuple[Problem, ...], *, as_json: bool) -> None:
    from amplikit.cli._output import write_problems  # noqa: PLC0415 - rich is slow

    write_problems(problems, as_json=as_json)


def _usage_problem(message: str, arguments: list[str]) -> Problem:
    command = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    return Problem(
        code="usage",
        message=message,
        hint=f"See 'amplikit {command} --help'.".replace("  ", " "),
    )


def _bug(error: Exception) -> Problem:
    return Problem(
        code="internal-error",
        message=f"{type(error).__name__}: {error}",
        hint="This is a fault of amplikit; report it with the traceback on stderr.",
    )
