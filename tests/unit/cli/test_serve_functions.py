"""Functions of a project behind a real server: they may call it, and wait for it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

API = """
name = "shop"
transformer = "v2"
[auth]
default = "API_KEY"
"""
SCHEMA = """
type Note @model @auth(rules: [{ allow: public }]) {
  id: ID!
  text: String
  written: Int @function(name: "length")
}
type Query { who: String @function(name: "who-${env}") }
type Mutation {
  twice(text: String): String @function(name: "again")
  slow: String @function(name: "slow")
}
"""
# Calls the API that has called it: as a writer, while the first write still waits.
AGAIN = """
import json, os, urllib.request
def handler(event, context):
    text = json.dumps(event["arguments"]["text"])
    query = "mutation { createNote(input: { text: %s }) { text written } }" % text
    request = urllib.request.Request(
        os.environ["APPSYNC_URL"],
        json.dumps({"query": query}).encode(),
        {"x-api-key": event["request"]["headers"]["x-api-key"]},
    )
    with urllib.request.urlopen(request) as answer:
        return json.dumps(json.load(answer)["data"]["createNote"])
"""
LENGTH = """
def handler(event, context):
    return len(event["source"]["text"])
"""
WHO = """
import os
def handler(event, context):
    return os.environ["AWS_LAMBDA_FUNCTION_NAME"] + " " + context.invoked_function_arn
"""
SLOW = """
import os, pathlib, time
def handler(event, context):
    pathlib.Path(os.environ["STARTED"]).touch()
    time.sleep(600)
"""


@dataclass
class Served:
    """A server, and how to ask it."""

    process: subprocess.Popen[str]
    url: str
    key: str

    def ask(self, query: str) -> dict:
        request = urllib.request.Request(
            self.url, json.dumps({"query": query}).encode(), {"x-api-key": self.key}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in {
        "amplify-config/api.toml": API,
        "amplify-config/functions.toml": "[functions.again]\nrole = 'slow'\n"
        "timeout_s = 60\n"
        "[functions.slow]\nrole = 'slow'\n"
        "timeout_s = 600\n"
        f"environment = {{ STARTED = {str(tmp_path / 'started')!r} }}\n",
        "amplify-config/identities.toml": "[[roles.slow.statements]]\n"
        'effect = "Allow"\nactions = ["appsync:GraphQL"]\nresources = ["*"]\n',
        "schema/note.graphql": SCHEMA,
        "lambdas/again/handler.py": AGAIN,
        "lambdas/length/handler.py": LENGTH,
        "lambdas/who/handler.py": WHO,
        "lambdas/slow/handler.py": SLOW,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@contextmanager
def served(project: Path) -> Iterator[Served]:
    ready_file = project / ".amplikit" / "ready.json"
    command = [sys.executable, "-m", "amplikit", "serve", "--port", "0"]
    options = ["--project", str(project), "--ready-file", str(ready_file)]
    ready_file.unlink(missing_ok=True)
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert "Stop with Ctrl-C.\n" in iter(process.stdout.readline, "")
            ready = json.loads(ready_file.read_text())
            yield Served(process, ready["graphql_url"], ready["api_keys"][0]["key"])
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.stdout.close()


def test_functions_call_the_api_that_waits_for_them(shop: Path) -> None:
    with served(shop) as server:

        def write(number: int) -> dict:
            return server.ask(f'mutation {{ twice(text: "{"x" * number}") }}')

        arn = "arn:aws:lambda:us-east-1:123456789012:function:who"
        assert server.ask("{ who }") == {"data": {"who": f"who {arn}"}}
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(write, range(12)))
        for number, answer in enumerate(answers):
            assert answer.keys() == {"data"}, answer
            written = json.loads(answer["data"]["twice"])
            assert written == {"text": "x" * number, "written": number}
        listed = server.ask("{ listNotes { items { written } } }")
        items = listed["data"]["listNotes"]["items"]
        assert sorted(item["written"] for item in items) == list(range(12))
    assert server.process.returncode == 0


def test_a_function_that_runs_keeps_no_mutation_and_no_server_waiting(
    shop: Path,
) -> None:
    started = shop / "started"
    with served(shop) as server, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.ask, "mutation { slow }")
        while not started.exists():
            time.sleep(0.01)
        written = server.ask('mutation { createNote(input: { text: "a" }) { text } }')
        assert written == {"data": {"createNote": {"text": "a"}}}
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=20) == 0
        waiting.exception()
    assert not any((shop / ".amplikit" / "functions").iterdir())


def test_what_a_killed_server_left_is_removed_by_the_next(shop: Path) -> None:
    folders = shop / ".amplikit" / "functions"
    with served(shop) as server:
        assert "data" in server.ask("{ who }")
        (left,) = folders.iterdir()
        assert left.stat().st_mode & 0o077 == 0
        server.process.kill()
        server.process.wait()
    assert left.exists()
    with served(shop) as server:
        server.ask("{ who }")
        assert not left.exists()
    assert not any(folders.iterdir())
