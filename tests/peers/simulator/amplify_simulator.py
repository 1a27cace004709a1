"""The reference emulator: Amplify's simulator in a process of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FOLDER = Path(__file__).parent
API_KEY = "da2-fakeApiId123456"


def lacks() -> str | None:
    """Say what the simulator lacks to run here."""
    if shutil.which("node") is None:
        return "no node on the PATH"
    folders = (FOLDER, FOLDER.parent / "transformers")
    if not all((folder / "node_modules").is_dir() for folder in folders):
        return "no simulator: run make peers (needs npm)"
    return None


class SimulatorRefused(Exception):
    """The transformer refuses the schema, or the simulator cannot serve it."""


@dataclass(frozen=True)
class Peer:
    """What the simulator serves at the moment."""

    url: str
    sdl: str


class Simulator:
    """Serves one API after the other, each with tables of its own."""

    def __init__(self, process: subprocess.Popen[str], endpoint: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout
        self._endpoint = endpoint
        self._count = 0

    def serve(self, request: Mapping[str, Any]) -> Peer:
        """Serve ``{schema, flags, auth}``. Raises ``SimulatorRefused``."""
        self._count += 1
        flags = dict(request.get("flags") or {})
        if "globalAuthRule" in request["schema"]:
            # Amplify's command line sees to this.
            flags["sandboxModeEnabled"] = True
        asked = {**request, "flags": flags, "id": self._count}
        asked["endpoint"] = self._endpoint
        self._in.write(json.dumps(asked) + "\n")
        self._in.flush()
        answer = json.loads(self._out.readline())
        if not answer["ok"]:
            error = answer["error"]
            raise SimulatorRefused(f"{error['name']}: {error['message']}")
        return Peer(f"http://127.0.0.1:{answer['port']}/graphql", answer["schema"])


@contextmanager
def simulator(dynamodb_port: int) -> Iterator[Simulator]:
    """Start the process, without an API so far."""
    process = subprocess.Popen(
        ["node", str(FOLDER / "simulator.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        yield Simulator(process, f"http://127.0.0.1:{dynamodb_port}")
    finally:
        process.kill()
        process.communicate()
