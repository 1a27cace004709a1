import json
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from .conftest import Ran

Amplikit = Callable[..., Ran]


@contextmanager
def serving(*arguments: str, ready_file: Path) -> Iterator[list[str]]:
    """Serve in a process of its own; give what it printed before it answered."""
    command = [sys.executable, "-m", "amplikit", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--ready-file", str(ready_file), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            greeting = []
            for line in server.stdout:
                greeting.append(line)
                if line == "Stop with Ctrl-C.\n":
                    break
            yield greeting
        finally:
            server.send_signal(signal.SIGTERM)
    assert server.returncode == 0


def post(url: str, query: str, **headers: str) -> object:
    request = urllib.request.Request(
        url,
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"} | headers,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_a_project_is_served_until_it_is_told_to_stop(project: Path) -> None:
    ready_file = project / ".amplikit" / "ready.json"
    with serving("--project", str(project), ready_file=ready_file) as greeting:
        assert stat.S_IMODE(ready_file.stat().st_mode) == 0o600
        ready = json.loads(ready_file.read_text())
        key = ready["api_keys"][0]["key"]
        assert any(ready["graphql_url"] in line for line in greeting)
        mutation = 'mutation { createNote(input: { text: "hi" }) { text } }'
        answer = post(ready["graphql_url"], mutation, **{"x-api-key": key})
        assert answer == {"data": {"createNote": {"text": "hi"}}}
    assert not ready_file.exists()
    with serving("--project", str(project), ready_file=ready_file):
        again = json.loads(ready_file.read_text())
        assert again["api_keys"][0]["key"] == key
        query = "{ listNotes { items { text } } }"
        answer = post(again["graphql_url"], query, **{"x-api-key": key})
        assert answer == {"data": {"listNotes": {"items": [{"text": "hi"}]}}}


def test_a_key_is_not_written_where_output_is_collected(project: Path) -> None:
    ready_file = project / "ready.json"
    with serving("--project", str(project), ready_file=ready_file) as greeting:
        key = json.loads(ready_file.read_text())["api_keys"][0]
        told = "".join(greeting)
        assert key["id"] in told
        assert key["key"] not in told


def test_a_second_server_on_a_folder_says_what_that_means(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = ("--project", str(project))
    with serving(*place, ready_file=project / "first.json"):
        assert "another server" not in capfd.readouterr().err
        with serving(*place, ready_file=project / "second.json"):
            assert "another server uses" in capfd.readouterr().err
    with serving(*place, ready_file=project / "third.json"):
        assert "another server" not in capfd.readouterr().err


def test_the_commands_beside_a_server_know_its_names(
    amplikit: Amplikit, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = str(tmp_path_factory.mktemp("beside"))
    ready_file = Path(data) / "ready.json"
    place = ("--project", str(project), "--data", data)
    with serving(*place, ready_file=ready_file):
        role = ("credentials", "--role", "shop-authRole", "--data", data)
        assert amplikit(*role).status == 0
        nope = amplikit("credentials", "--role", "nope", "--data", data)
        assert "shop-authRole" in nope.err


def test_a_port_that_is_taken_is_told_and_nothing_is_left_behind(
    amplikit: Amplikit, project: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = amplikit("serve", "--project", str(project), "--port", port)
    assert (ran.status, ran.out) == (1, "")
    assert f"Port {port} of 127.0.0.1 is in use. [port-in-use]" in ran.err
    assert "Traceback" not in ran.err
    assert not (project / ".amplikit").exists()


def test_a_data_folder_of_another_schema_is_left_as_it_is(
    amplikit: Amplikit, project: Path
) -> None:
    place = ("--project", str(project))
    with serving(*place, ready_file=project / "ready.json"):
        ready = json.loads((project / "ready.json").read_text())
        mutation = 'mutation { createNote(input: { text: "hi" }) { text } }'
        key = {"x-api-key": ready["api_keys"][0]["key"]}
        post(ready["graphql_url"], mutation, **key)
    data = project / ".amplikit"
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    schema = project / "schema" / "note.graphql"
    schema.write_text(schema.read_text().replace("Note", "Memo"))
    ran = amplikit("serve", *place, "--port", "0")
    assert (ran.status, ran.out) == (1, "")
    assert "[data-folder-of-another-schema]" in ran.err
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


def test_what_a_schema_changes_in_the_folder_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = ("--project", str(project), "--durability", "full")
    with serving(*place, ready_file=project / "ready.json"):
        pass
    assert "is new" not in capfd.readouterr().err
    schema = project / "schema" / "note.graphql"
    schema.write_text(schema.read_text().replace("Note", "Memo"))
    with serving(*place, ready_file=project / "ready.json"):
        pass
    told = capfd.readouterr().err
    assert "Table 'Note' is gone; it was empty." in told
    assert "Table 'Memo' is new." in told


def answered(ready_file: Path, query: str, wanted: object) -> dict:
    """Ask until the answer is the wanted one, as whoever edits a schema would."""
    answer: object = None
    for _ in range(300):
        ready = json.loads(ready_file.read_text())
        headers = {"x-api-key": ready["api_keys"][0]["key"]}
        with suppress(OSError):
            answer = post(ready["graphql_url"], query, **headers)
        if answer == wanted:
            return json.loads(ready_file.read_text())
        time.sleep(0.1)
    pytest.fail(f"still {answer}")


def test_what_is_changed_is_served_and_what_does_not_compile_is_told(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ready_file, schema = project / "ready.json", project / "schema" / "note.graphql"
    first = schema.read_text()
    arguments = ("--project", str(project), "--reload")
    with serving(*arguments, ready_file=ready_file):
        mutation = 'mutation { createNote(input: { text: "hi" }) { text } }'
        written = {"data": {"createNote": {"text": "hi"}}}
        before = answered(ready_file, mutation, written)
        schema.write_text(first.replace("text:", "more: Int text:"))
        query = "{ listNotes { items { text more } } }"
        listed = {"data": {"listNotes": {"items": [{"text": "hi", "more": None}]}}}
        after = answered(ready_file, query, listed)
        schema.write_text("type Note @model { text: Nope }")
        told = ""
        while "what was served before is served on" not in told:
            time.sleep(0.1)
            told += capfd.readouterr().err
        answered(ready_file, query, listed)

    assert "schema/note.graphql:1:" in told
    assert "Traceback" not in told + capfd.readouterr().err
    same = ("graphql_url", "admin_token", "api_keys", "issuer", "pid")
    assert {one: before[one] for one in same} == {one: after[one] for one in same}
    assert before["schema_hash"] != after["schema_hash"]
    assert not ready_file.exists()


UNUSABLE = [
    pytest.param(("--data", "{project}/schema/note.graphql"), id="data is a file"),
    pytest.param(("--data", "{project}/schema/note.graphql/x"), id="data in a file"),
    pytest.param(("--data", "/proc/nothing"), id="data cannot be made"),
    pytest.param(("--ready-file", "{project}/no/such/file"), id="ready file"),
    pytest.param(("--ready-file", "{project}/schema"), id="ready file is a folder"),
    pytest.param(("--ready-file", "{project}/schema/"), id="with a slash"),
    pytest.param(("--host", "0.0.0.0"), id="not loopback"),
    pytest.param(("--host", "nowhere.invalid"), id="no such host"),
    pytest.param(("--port", "65536"), id="no such port"),
    pytest.param(("--executor", "fast"), id="executor"),
    pytest.param(("--store", "dynamodb:http://localhost:1"), id="store"),
    pytest.param(("--schema", "{project}/nothing"), id="no schema"),
]


@pytest.mark.parametrize("arguments", UNUSABLE)
def test_what_cannot_be_served_is_told(
    amplikit: Amplikit, project: Path, arguments: tuple[str, ...]
) -> None:
    given = [argument.format(project=project) for argument in arguments]
    ran = amplikit("serve", "--project", str(project), "--port", "0", *given)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert "Traceback" not in ran.err
    assert not (project / ".amplikit").exists()


@pytest.mark.parametrize(
    "name", ["items.sqlite3", "identity.sqlite", "names.json", "items.sqlite3-wal"]
)
def test_a_folder_in_the_place_of_a_file_is_told(
    amplikit: Amplikit, project: Path, name: str
) -> None:
    (project / "data" / name).mkdir(parents=True)
    (project / "data" / name / "mine.txt").write_text("x")
    place = ("--project", str(project), "--data", str(project / "data"))
    ran = amplikit("serve", *place, "--port", "0")
    assert (ran.status, ran.out) == (1, "")
    assert "[data-folder-not-writable]" in ran.err
    assert "Traceback" not in ran.err
