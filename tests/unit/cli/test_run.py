import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import amplikit.cli
from amplikit.cli import COMMANDS, run
from amplikit.errors import ConfigInvalid, Problem

from .conftest import Ran

Amplikit = Callable[..., Ran]


def test_every_command_is_a_file_and_every_file_a_command() -> None:
    folder = Path(amplikit.cli.__file__).parent
    files = {path.stem for path in folder.glob("[!_]*.py")}
    assert files == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_its_help(amplikit: Amplikit, command: str) -> None:
    ran = amplikit(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert COMMANDS[command] in " ".join(ran.out.split())


def test_help_lists_all_commands_with_whole_summaries(amplikit: Amplikit) -> None:
    ran = amplikit("--help")
    listed = dict(
        line.split(maxsplit=1)
        for line in ran.out.partition("Commands:\n")[2].splitlines()
    )
    assert listed == COMMANDS


def test_without_arguments_the_help_is_shown(amplikit: Amplikit) -> None:
    assert amplikit() == amplikit("--help")


def test_help_imports_neither_rich_nor_any_layer_below() -> None:
    code = (
        "import sys; from amplikit.cli import run; run(['--help']);"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('rich', 'graphql', 'strawberry', 'cryptography', 'uvicorn')"
        " or name.startswith('amplikit.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "['amplikit.errors', 'amplikit.cli']"


USAGE = [
    pytest.param(("nope",), "No such command 'nope'.", id="no such command"),
    pytest.param(
        ("serv",), "No such command 'serv'. Did you mean 'serve'", id="near a command"
    ),
    pytest.param(("compile", "--nope"), "No such option: --nope", id="no such option"),
    pytest.param(("token",), "Missing option '--user'.", id="missing option"),
    pytest.param(("users",), "Missing command.", id="missing sub-command"),
    pytest.param(
        ("token", "--user", "a", "--expires", "0"),
        "Invalid value for '--expires'",
        id="out of range",
    ),
    pytest.param(("version", "more"), "unexpected extra argument", id="too many"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_a_wrong_command_line_is_status_1(
    amplikit: Amplikit, arguments: tuple[str, ...], message: str
) -> None:
    ran = amplikit(*arguments)
    assert (ran.status, ran.out) == (1, "")
    assert message in ran.err
    assert "--help" in ran.err


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_with_json_a_wrong_command_line_is_one_document(
    amplikit: Amplikit, arguments: tuple[str, ...], message: str
) -> None:
    ran = amplikit(*arguments, "--json")
    assert (ran.status, ran.err, ran.document()["ok"]) == (1, "", False)
    assert ran.codes() == ["usage"]
    assert message in ran.out or "No such option: --json" in ran.out


def _attach(
    error: BaseException,
) -> Callable[[str], Callable[[typer.Typer, str], None]]:
    def fail() -> None:
        raise error

    return lambda name: lambda app, _: app.command(name)(fail) and None


def test_a_fault_of_ours_is_status_2_with_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["version"], _attach(KeyError("lost"))) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Traceback")
    assert err.endswith("KeyError: 'lost'\n")


def test_ctrl_c_ends_a_command_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["version"], _attach(KeyboardInterrupt())) == 130
    assert capsys.readouterr() == ("", "")


def test_a_broken_pipe_is_no_fault() -> None:
    code = (
        "import sys; sys.argv = ['amplikit', '--help'];"
        "from amplikit.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1


def test_an_error_that_no_command_expects_is_still_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    problem = Problem("code", "What is.", "What to do.")
    assert run(["version"], _attach(ConfigInvalid(problem))) == 1
    assert capsys.readouterr() == ("", "error: What is. [code]\n  What to do.\n")
