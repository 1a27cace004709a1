"""How long the real transformers take for the same schemas, where Node has them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from schemas import schema

if TYPE_CHECKING:
    from amplikit.blueprint.api import Transformer
    from amplikit.blueprint.modes import AuthConfig

__all__ = ["mean_s", "why_not"]

_HERE = Path(__file__).parents[1] / "tests" / "peers" / "transformers"
FOLDER = Path(os.environ.get("AMPLIKIT_TRANSFORMERS", _HERE))


def why_not(transformer: Transformer) -> str | None:
    """Return why there is nothing to compare with, None when there is."""
    if shutil.which("node") is None:
        return "no Node"
    runner = _runner(transformer)
    installed = any(
        (folder / "node_modules").is_dir() for folder in runner.resolve().parents
    )
    return None if runner.is_file() and installed else "not installed"


def _runner(transformer: Transformer) -> Path:
    return FOLDER / f"run_{transformer.value}.js"


def mean_s(
    transformer: Transformer, auth: AuthConfig, size: int, repeats: int
) -> float:
    """Return the seconds that a schema takes, Node's start and first run left out.

    The first run is of a single model: its answer is small enough to come at once.
    """
    schemas = (schema(transformer, 1), *([schema(transformer, size)] * repeats))
    requests = [
        {
            "id": number,
            "schema": text,
            "flags": {},
            "auth": {"default": auth.default, "additional": auth.additional},
        }
        for number, text in enumerate(schemas)
    ]
    command = ["node", str(_runner(transformer))]
    times = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            message = "a process has the pipes that it is given"
            raise AssertionError(message)
        process.stdin.write("\n".join(map(json.dumps, requests)) + "\n")
        process.stdin.close()
        for line in process.stdout:
            times.append(perf_counter())
            answer = json.loads(line)
            if not answer["ok"]:
                raise AssertionError(answer["error"])
    return (times[-1] - times[0]) / repeats
