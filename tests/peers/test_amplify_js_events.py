"""The table of events with unmodified amplify-js 6, over wss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "amplify_js"))
sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))

from amplify_backend import FOLDER, backend
from events_table import AUTH, FENCE, FENCE_WRITE, PAIRS, SCHEMA, USERS

if TYPE_CHECKING:
    from events_table import Pair

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return what each pair has heard, in the table's order."""
    folder = tmp_path_factory.mktemp("events")
    with backend(folder, SCHEMA, AUTH) as one:
        keys = one.ready["api_keys"]
        callers: dict[str, dict[str, str]] = {"key": {"key": keys[0]["key"]}}
        for name, options in USERS.items():
            one.command("users", "create", name, *options)
            callers[name] = {"token": one.command("token", "--user", name).strip()}
        made = json.loads(one.command("credentials", "--user", "alice", "--json"))
        callers["iam"] = {
            "accessKeyId": made["AccessKeyId"],
            "secretAccessKey": made["SecretAccessKey"],
            "sessionToken": made["SessionToken"],
        }
        asked = {
            "config": str(one.exported("amplify_outputs")),
            "callers": callers,
            "pairs": [asdict(pair) for pair in PAIRS],
            "fence": {"listen": FENCE, "write": FENCE_WRITE},
        }
        done = subprocess.run(
            ["node", "--experimental-websocket", str(FOLDER / "events.mjs")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "NODE_EXTRA_CA_CERTS": one.ready["tls_ca"]},
        )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("number", "pair"), [*enumerate(PAIRS)], ids=[pair.name for pair in PAIRS]
)
def test_amplify_js_hears_exactly_the_events_of_the_table(
    heard: list[dict[str, Any]], number: int, pair: Pair
) -> None:
    told = heard[number]
    assert told["events"] == [*pair.events]
    assert bool(told["refusal"]) is bool(pair.refusal)
