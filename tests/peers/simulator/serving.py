"""Our side: ``amplikit serve --schema``, started as a stranger starts it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callers import CALLERS, Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ANY = {
    "schema": "type Any @model @auth(rules: [{ allow: private }]) { id: ID! }",
    "auth": {"default": "AMAZON_COGNITO_USER_POOLS", "additional": ["AWS_IAM"]},
}
START_TIMEOUT_S = 60.0


class ServeFailed(Exception):
    """``amplikit serve`` ended; the message is what it said."""


@dataclass(frozen=True)
class Ours:
    """An API that is served here."""

    url: str
    region: str
    api_key: str
    log: Path


class Servers:
    """Serves APIs from copies of one data folder, so that credentials hold for all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._model = folder / "model"
        self._count = 0
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._port: int = server.getsockname()[1]
        with self._serving(ANY, self._model):
            self.credentials = tuple(
                Credentials(one, self._secret(*one.command) if one.command else {})
                for one in CALLERS
            )

    @contextmanager
    def serving(self, request: Mapping[str, Any]) -> Iterator[Ours]:
        """Serve ``{schema, flags, auth}``. Raises ``ServeFailed``."""
        self._count += 1
        data = self._folder / f"data{self._count}"
        shutil.copytree(self._model, data)
        with self._serving(request, data) as ours:
            yield ours
        shutil.rmtree(data)

    def _secret(self, *command: str) -> dict[str, str]:
        options = (
            "--data",
            str(self._model),
            *(("--json",) * ("--json" not in command)),
        )
        done = subprocess.run(
            [sys.executable, "-m", "amplikit", *command, *options],
            check=True,
            capture_output=True,
        )
        secret: dict[str, str] = json.loads(done.stdout)
        return secret

    @contextmanager
    def _serving(self, request: Mapping[str, Any], data: Path) -> Iterator[Ours]:
        schema, ready_file = self._folder / "schema.graphql", data.parent / "ready.json"
        schema.write_text(request["schema"], encoding="utf-8")
        options = ["--schema", schema, "--transformer", "v2"]
        options += ["--auth", json.dumps(request["auth"])]
        options += ["--flags", json.dumps(request.get("flags") or {})]
        options += ["--data", data, "--port", self._port, "--ready-file", ready_file]
        command = [sys.executable, "-m", "amplikit", "serve", *map(str, options)]
        log = self._folder / "server.log"
        with log.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            ready = _ready(ready_file, process, log)
            keys = ready["api_keys"]
            yield Ours(
                ready["graphql_url"],
                ready["region"],
                keys[0]["key"] if keys else "",
                log,
            )
        finally:
            process.terminate()
            process.wait()


def _ready(file: Path, process: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServeFailed(log.read_text(encoding="utf-8"))
        time.sleep(0.02)
    ready: dict[str, Any] = json.loads(file.read_bytes())
    return ready
