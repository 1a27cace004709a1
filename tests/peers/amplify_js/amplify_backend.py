"""A server with TLS over one model, the commands beside it, and its outbox."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["FOLDER", "Backend", "backend", "helper", "wanting"]

FOLDER = Path(__file__).parent
_SCHEMA = """
type Note @model @auth(rules: [
  { allow: owner }
  { allow: private, operations: [read] }
  { allow: public, provider: apiKey, operations: [read] }
  { allow: public, provider: iam, operations: [read] }
  { allow: private, provider: iam, operations: [read] }
]) { text: String! owner: String }
"""
_AUTH = {
    "default": "API_KEY",
    "additional": ["AMAZON_COGNITO_USER_POOLS", "AWS_IAM"],
}
_START_S = 30.0


@dataclass(frozen=True, slots=True)
class Backend:
    """A running server: its ready file, and its data folder."""

    data: Path
    ready: Mapping[str, Any] = field(repr=False)

    def command(self, *arguments: str) -> str:
        """Return what an ``amplikit`` command beside the server prints."""
        command = [sys.executable, "-m", "amplikit", *arguments]
        command += ["--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout

    def exported(self, form: str) -> Path:
        """Write one of the frontend's files, and return its path."""
        ends = {"aws-exports": "aws-exports.mjs"}
        path = self.data.parent / ends.get(form, f"{form}.json")
        path.write_text(self.command("exports", "--format", form))
        return path

    def code(self, username: str) -> str:
        """Return the last code that was sent to a user."""
        messages = json.loads(self.command("outbox", "--json"))
        sent = [one for one in messages if one["to"].startswith(f"{username}@")]
        return str(sent[-1]["code"])


def wanting() -> str | None:
    """Return what is not there."""
    if shutil.which("node") is None:
        return "there is no Node here"
    if not (FOLDER / "node_modules").is_dir():
        return "amplify-js is not installed: make peers"
    return None


@contextlib.contextmanager
def backend(
    folder: Path, sdl: str = _SCHEMA, auth: Mapping[str, object] = _AUTH
) -> Iterator[Backend]:
    """Serve a schema, by default of one model, with TLS in a process of its own."""
    schema, ready_file = folder / "schema.graphql", folder / "ready.json"
    schema.write_text(sdl)
    arguments = ["serve", "--schema", str(schema), "--transformer", "v2", "--tls"]
    arguments += ["--auth", json.dumps(auth), "--data", str(folder / "data")]
    arguments += ["--port", "0", "--ready-file", str(ready_file)]
    command = [sys.executable, "-m", "amplikit", *arguments]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + _START_S
        while not ready_file.exists():
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.05)
        yield Backend(folder / "data", json.loads(ready_file.read_text()))
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(15)
    assert "Traceback" not in (folder / "server.log").read_text()


class _Helper(BaseHTTPRequestHandler):
    """Serves files of a folder, and codes to pages of its own."""

    def __init__(self, one: Backend, files: Path, *asked: Any) -> None:  # noqa: ANN401  as in http.server
        self._backend, self._files = one, files
        super().__init__(*asked)

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        found = self._files / Path(self.path).name
        if kind == "code":
            self._answer("text/plain", self._backend.code(name).encode())
        elif found.is_file():
            form = "text/javascript" if found.suffix == ".js" else "text/html"
            self._answer(form, found.read_bytes())
        else:
            self.send_error(404)

    def _answer(self, form: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", f"{form}; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def helper(one: Backend, files: Path) -> Iterator[str]:
    """Serve codes, and the files of a folder, to pages; return the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Helper, one, files))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
