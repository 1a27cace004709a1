"""``amplikit tail`` beside a server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from amplikit_client import AppSyncClient, UserPoolAuth

if TYPE_CHECKING:
    from amplikit.demo.stage import Stage

LISTEN = "subscription { onCreatePost { title } }"
CREATE = 'mutation { createPost(input: { title: "told" }) { id title } }'


def tail(stage: Stage, *arguments: str) -> subprocess.Popen[str]:
    place = ("--project", str(stage.server.project), "--data", str(stage.server.data))
    return subprocess.Popen(
        [sys.executable, "-m", "amplikit", "tail", *arguments, *place],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_prints_each_event_and_ends_after_so_many(stage: Stage) -> None:
    with tail(stage, LISTEN, "--as", "user:alice", "--json", "--count", "1") as process:
        assert process.stderr
        assert "listening" in process.stderr.readline()
        token = stage.tokens["alice"]
        client = AppSyncClient(stage.server["graphql_url"], UserPoolAuth(token))
        client.execute(CREATE)
        out, _ = process.communicate(timeout=30)
    assert [json.loads(line) for line in out.splitlines()] == [
        {"data": {"onCreatePost": {"title": "told"}}}
    ]
    assert process.returncode == 0


def test_ctrl_c_ends_it_without_a_word(stage: Stage) -> None:
    with tail(stage, LISTEN, "--as", "user:alice") as process:
        assert process.stderr
        assert "listening" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (out, err, process.returncode) == ("", "", 130)


def test_a_refusal_names_the_command_that_explains_it(stage: Stage) -> None:
    with tail(stage, LISTEN, "--as", "guest") as process:
        out, err = process.communicate(timeout=30)
    assert (out, process.returncode) == ("", 1)
    assert "[subscription-refused]" in err
    assert f"amplikit explain --as guest '{LISTEN}'" in err
