"""The README's commands and programs run as printed, against ``make serve``'s server.

Only what cannot be in a test is replaced: the port, which may be taken, and the folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from markdown_it import MarkdownIt

from amplikit.cli import COMMANDS, run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PORT = "20002"
README = ROOT / "README.md"
PROGRAMS = {"sh": ("bash", "-euc"), "python": (sys.executable, "-c")}
OUTPUTS = {"text", "json"}


class Block(NamedTuple):
    """A code block, and the lines between which it stands."""

    language: str
    text: str
    first: int
    end: int


def blocks() -> list[Block]:
    return [
        Block(token.info, token.content, *token.map)
        for token in MarkdownIt().parse(README.read_text())
        if token.type == "fence" and token.map
    ]


def programs() -> list[tuple[Block, Block | None]]:
    """Return what a reader runs; an output block right behind is what it prints."""
    outputs = {
        block.first - 1: block for block in blocks() if block.language in OUTPUTS
    }
    return [
        (block, outputs.get(block.end))
        for block in blocks()
        if block.language in PROGRAMS and not block.text.startswith("make ")
    ]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """Serve a copy of the project; give its folder and the port."""
    folder = tmp_path_factory.mktemp("readme") / "project"
    folder.mkdir()
    for name in ("schema", "amplify-config", "lambdas"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    ready = folder / ".amplikit" / "ready.json"
    command = [sys.executable, "-m", "amplikit", "serve", "--port", port]
    with subprocess.Popen(
        [*command, "--ready-file", str(ready)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            greeting = iter(server.stdout.readline, "")
            assert "Stop with Ctrl-C.\n" in greeting, "the server ended"
            yield folder, port
        finally:
            server.send_signal(signal.SIGTERM)
    assert server.returncode == 0


def test_every_program_of_the_readme_prints_what_it_says(
    workplace: tuple[Path, str],
) -> None:
    folder, port = workplace
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "API_", "APPSYNC_"))
    }
    environment["PATH"] = f"{folder}/.venv/bin:{environment['PATH']}"
    assert programs()
    for program, output in programs():
        done = subprocess.run(
            [*PROGRAMS[program.language], program.text.replace(PORT, port)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program.text}\n{done.stderr}"
        if output:
            assert _read(done.stdout) == _read(output.text), program.text


def _read(output: str) -> object:
    """Return what was printed; JSON is compared as JSON."""
    try:
        return json.loads(output)
    except ValueError:
        return output.strip()


def test_the_readme_lists_the_commands_as_help_does(
    capfd: pytest.CaptureFixture[str],
) -> None:
    run(["--help"])
    listed = capfd.readouterr().out.partition("Commands:\n")[2]
    assert listed in [block.text for block in blocks()]


def test_every_option_of_the_readme_exists(capfd: pytest.CaptureFixture[str]) -> None:
    text = README.read_text()
    for command in COMMANDS:
        used = re.findall(rf"amplikit {command}\b([^\n|)`]*)", text)
        options = {word for line in used for word in re.findall(r"--[a-z-]+", line)}
        capfd.readouterr()
        run([command, "--help"])
        out = capfd.readouterr().out
        if "Commands:" in out:
            continue
        assert {option for option in options if option not in out} == set()


def test_every_folder_of_the_readme_exists() -> None:
    named = re.findall(r"^\| `([a-z-]+)/` \|", README.read_text(), re.MULTILINE)
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []
