"""Asks a real transformer, in a process of its own, about many schemas."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent


def answers(runner: str, requests: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what ``run_v1.js`` or ``run_v2.js`` makes of each request, in order."""
    if not (FOLDER / "node_modules").is_dir():
        raise FileNotFoundError("make test-peers installs the transformers")
    done = subprocess.run(
        ["node", str(FOLDER / runner)],
        input="\n".join(map(json.dumps, requests)),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
