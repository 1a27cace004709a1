"""A real ``amplikit serve`` in a process of its own, as a user would start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from amplikit.errors import Problem, ToolkitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["CommandFailed", "Server", "command", "running"]

_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 15.0
_POLL_S = 0.02


class CommandFailed(ToolkitError):
    """An ``amplikit`` command that the story relies on did not succeed."""

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(
            Problem(
                code="demo-command-failed",
                message=said,
                hint="Run the command by itself, in the project.",
            )
        )


def command(*arguments: str) -> str:
    """Run ``amplikit`` with arguments and return what it printed.

    Raises ``CommandFailed`` with what it said on stderr.
    """
    done = subprocess.run(
        [sys.executable, "-m", "amplikit", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode != 0:
        message = f"amplikit {' '.join(arguments)}: {done.stderr.strip()}"
        raise CommandFailed(message)
    return done.stdout


@dataclass(slots=True)
class Server:
    """One server over a project and a data folder; it may be started again."""

    project: Path
    data: Path
    log: Path
    port: int = 0
    ready: Mapping[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when the server answers.

        Raises ``CommandFailed`` with the server's log when it does not.
        """
        ready_file = self.data.parent / f"{self.data.name}-ready.json"
        ready_file.unlink(missing_ok=True)
        arguments = [sys.executable, "-m", "amplikit", "serve"]
        arguments += ["--project", str(self.project), "--data", str(self.data)]
        arguments += ["--port", str(self.port), "--ready-file", str(ready_file)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                arguments, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise CommandFailed(self.log.read_text(errors="replace"))
            time.sleep(_POLL_S)
        self.ready = json.loads(ready_file.read_text())
        # A token names its issuer with the port: the next start must have the same.
        self.port = urlsplit(self["graphql_url"]).port or 0

    def stop(self) -> int:
        """End it with SIGTERM and return its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it with SIGKILL, as a power button would."""
        self._end(signal.SIGKILL)

    def log_lines(self) -> list[str]:
        """Return what the server has logged so far."""
        return self.log.read_text(errors="replace").splitlines()

    def __getitem__(self, name: str) -> str:
        return str(self.ready[name])

    @property
    def pid(self) -> int:
        """The server's process id."""
        return int(self["pid"])

    def api_key(self, kind: str) -> str:
        """Return the first key of a kind: ``appsync`` or ``gateway``."""
        keys: list[dict[str, str]] = self.ready["api_keys"]
        return next(key["key"] for key in keys if key["kind"] == kind)

    def _end(self, with_signal: signal.Signals) -> int:
        if self._process is None or self._process.poll() is not None:
            return 0
        os.kill(self._process.pid, with_signal)
        return self._process.wait(_STOP_TIMEOUT_S)


@contextmanager
def running(server: Server) -> Iterator[None]:
    """Keep a server running for the block's time.

    Raises ``CommandFailed`` when it does not start.
    """
    server.start()
    try:
        yield
    finally:
        server.stop()
