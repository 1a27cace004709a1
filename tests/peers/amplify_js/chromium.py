"""A headless Chromium, driven by its DevTools protocol."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from websockets.sync.client import ClientConnection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Page", "page"]

_START_S = 30.0
_ANSWER_S = 120.0


@dataclass(slots=True)
class Page:
    """One tab."""

    connection: ClientConnection
    _number: int = field(default=0)

    def evaluate(self, script: str) -> Any:  # noqa: ANN401  whatever the page answers
        """Return what a promise of the page comes to."""
        answer = self._call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def open(self, url: str) -> None:
        """Go to a page, and wait until its scripts have run."""
        self._call("Page.navigate", url=url)
        deadline = time.monotonic() + _START_S
        while self.evaluate("document.readyState + location.href") != f"complete{url}":
            assert time.monotonic() < deadline, "the page does not load"
            time.sleep(0.1)

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        self.connection.send(json.dumps(asked))
        while True:
            answer = json.loads(self.connection.recv(_ANSWER_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]


@contextlib.contextmanager
def page(program: str, folder: Path, authority: Path) -> Iterator[Page]:
    """Start a browser that trusts the chain of an authority's one certificate."""
    command = [program, "--headless=new", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={folder / 'profile'}", "--remote-debugging-port=0"]
    command += ["--no-first-run", "--disable-dev-shm-usage"]
    command += [f"--ignore-certificate-errors-spki-list={_key_of(authority)}"]
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen([*command, "about:blank"], stdout=log, stderr=log)
    try:
        port = _port(process, folder / "profile" / "DevToolsActivePort")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            tabs = json.load(answer)
        tab = next(one for one in tabs if one["type"] == "page")
        with connect(tab["webSocketDebuggerUrl"], max_size=None) as connection:
            yield Page(connection)
    finally:
        process.terminate()
        process.wait(15)


def _port(process: subprocess.Popen[bytes], file: Path) -> int:
    deadline = time.monotonic() + _START_S
    while not file.exists() or not file.read_text().partition("\n")[0]:
        assert process.poll() is None, "the browser ended"
        assert time.monotonic() < deadline, "the browser does not start"
        time.sleep(0.1)
    return int(file.read_text().partition("\n")[0])


def _key_of(authority: Path) -> str:
    """Return the hash of the server's key, which Chromium takes for trusted."""
    chain = (authority.parent / "server.pem").read_bytes()
    key = x509.load_pem_x509_certificates(chain)[0].public_key()
    encoded = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()
