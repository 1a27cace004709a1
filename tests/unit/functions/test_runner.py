"""Warm processes, several at once, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.functions import FunctionError, FunctionResult, invoke
from amplikit.identity.credentials import Credential, Principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Project

    from amplikit.emulator.functions import FunctionRunner

PID = "import os\ndef handler(event, context): return os.getpid()\n"
HANG = """
import os, pathlib, subprocess, sys, time
def handler(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    pathlib.Path(event).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def poll(condition: Callable[[], bool]) -> None:
    """Wait for a process that is not a child of this one."""
    for _ in range(3_000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("waited for 30 s")


def pids_in(file: Path) -> list[int]:
    """Return what the handler has written, once it has."""
    poll(lambda: file.is_file() and " " in file.read_text())
    return [int(pid) for pid in file.read_text().split()]


def end_of(pids: list[int]) -> None:
    poll(lambda: not any(alive(pid) for pid in pids))


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Look into the place where processes get their own folders."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_process_is_used_again(project: Project) -> None:
    project.write(PID)

    async def scene(runner: FunctionRunner) -> set:
        context = project.context
        outcomes = [
            await runner.invoke(project.function(), None, context(f"id-{n}"))
            for n in range(3)
        ]
        return {outcome.payload for outcome in outcomes}

    assert len(project.play(scene)) == 1


def test_an_exception_leaves_the_process_warm(project: Project) -> None:
    project.write(PID + "def fail(event, context): raise ValueError(os.getpid())\n")

    async def scene(runner: FunctionRunner) -> list:
        function = project.function(handler="handler.fail")
        return [await runner.invoke(function, None, project.context()) for _ in "ab"]

    first, second = project.play(scene)
    assert first.message == second.message


def test_several_run_at_once_in_processes_of_their_own(project: Project) -> None:
    # Each waits for the other: only together can they end.
    project.write("""
import os, pathlib, time
def handler(event, context):
    mine, other = event
    pathlib.Path(mine).touch()
    while not os.path.exists(other):
        time.sleep(0.005)
    return os.getpid()
""")
    one, two = (str(project.folder / name) for name in (".one", ".two"))

    async def scene(runner: FunctionRunner) -> list:
        function = project.function(timeout_s=20.0)
        return await asyncio.gather(
            runner.invoke(function, [one, two], project.context("id-1")),
            runner.invoke(function, [two, one], project.context("id-2")),
        )

    first, second = project.play(scene)
    assert first.payload != second.payload


def test_more_than_the_pool_holds_wait_for_their_turn(project: Project) -> None:
    project.write("def handler(event, context): return [event, context.aws_request_id]")

    async def scene(runner: FunctionRunner) -> list:
        calls = (
            runner.invoke(project.function(timeout_s=30.0), n, project.context(f"{n}"))
            for n in range(40)
        )
        return await asyncio.gather(*calls)

    outcomes = project.play(scene)
    assert [one.payload for one in outcomes] == [[n, str(n)] for n in range(40)]


CHANGES = {
    "handler": ("handler.py", "import beside\ndef handler(e, c): return -1", -1),
    "module beside it": ("beside.py", "VALUE = 2", 2),
}


@pytest.mark.parametrize(("file", "code", "result"), CHANGES.values(), ids=CHANGES)
def test_changed_code_runs_at_the_next_event(
    project: Project, file: str, code: str, result: int
) -> None:
    project.write("import beside\ndef handler(e, c): return beside.VALUE")
    project.write("VALUE = 1", "beside.py")

    async def scene(runner: FunctionRunner) -> list:
        before = await runner.invoke(project.function(), None, project.context())
        project.write(code, file)
        after = await runner.invoke(project.function(), None, project.context())
        return [before.payload, after.payload]

    assert project.play(scene) == [1, result]


def test_a_new_credential_starts_a_new_process(project: Project) -> None:
    project.write("import os\ndef handler(e, c): return os.environ[e]")
    other = Credential("ASIAOTHER", Principal("writer", "writer"), secret_key="s")

    async def scene(runner: FunctionRunner) -> list:
        name = "AWS_ACCESS_KEY_ID"
        contexts = (project.context(), project.context(credential=other))
        return [
            (await runner.invoke(project.function(), name, context)).payload
            for context in contexts
        ]

    assert project.play(scene) == ["ASIALOCALEXAMPLE", "ASIAOTHER"]


def test_after_a_time_out_the_next_event_runs(project: Project) -> None:
    project.write("""
import time
def handler(event, context):
    time.sleep(event)
    return event
""")

    async def scene(runner: FunctionRunner) -> list:
        function = project.function(timeout_s=0.3)
        return [
            await runner.invoke(function, seconds, project.context())
            for seconds in (60, 0)
        ]

    timed_out, fine = project.play(scene)
    assert timed_out.error_type == "Sandbox.Timedout"
    assert fine == FunctionResult(0)


def test_a_time_out_ends_the_children_too(project: Project, scratch: Path) -> None:
    file = project.folder / ".pids"
    outcome = project.run(HANG, str(file), timeout_s=1.0)
    assert outcome.error_type == "Sandbox.Timedout"
    pids = [int(pid) for pid in file.read_text().split()]
    end_of(pids)
    assert list(scratch.iterdir()) == []


def test_a_caller_that_goes_away_takes_the_process_along(
    project: Project, scratch: Path
) -> None:
    project.write(HANG)
    file = project.folder / ".pids"

    async def scene(runner: FunctionRunner) -> None:
        function = project.function(timeout_s=600.0)
        call = asyncio.create_task(
            runner.invoke(function, str(file), project.context())
        )
        pids = await asyncio.to_thread(pids_in, file)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.to_thread(end_of, pids)

    project.play(scene)
    assert list(scratch.iterdir()) == []


def test_a_caller_that_goes_away_while_it_starts_leaves_nothing(
    project: Project, scratch: Path
) -> None:
    project.write(PID)

    async def scene(runner: FunctionRunner) -> None:
        for turns in range(12):
            call = asyncio.create_task(
                runner.invoke(project.function(), None, project.context())
            )
            for _ in range(turns):
                await asyncio.sleep(0.002)
            call.cancel()
            await asyncio.wait({call})

    project.play(scene)
    assert list(scratch.iterdir()) == []


def test_closing_ends_what_runs(project: Project, scratch: Path) -> None:
    project.write(HANG)
    file = project.folder / ".pids"

    async def scene(runner: FunctionRunner) -> object:
        function = project.function(timeout_s=600.0)
        call = asyncio.create_task(
            runner.invoke(function, str(file), project.context())
        )
        pids = await asyncio.to_thread(pids_in, file)
        await runner.close()
        await asyncio.to_thread(end_of, pids)
        return await call

    outcome = project.play(scene)
    assert isinstance(outcome, FunctionError)
    assert outcome.error_type == "Runtime.ExitError"
    assert list(scratch.iterdir()) == []


def test_a_closed_runner_refuses_work(project: Project) -> None:
    project.write(PID)

    async def scene(runner: FunctionRunner) -> None:
        await runner.close()
        await runner.invoke(project.function(), None, project.context())

    with pytest.raises(RuntimeError, match="closed"):
        project.play(scene)


def test_one_call_needs_no_runner(project: Project, scratch: Path) -> None:
    project.write("def handler(event, context): return event")
    outcome = asyncio.run(invoke(project.function(), {"a": 1}, project.context()))
    assert outcome == FunctionResult({"a": 1})
    assert list(scratch.iterdir()) == []


SERVER = """
import asyncio, sys
from pathlib import Path
from amplikit.blueprint.config import FunctionConfig
from amplikit.emulator.functions import InvocationContext, invoke
from amplikit.identity.credentials import Credential, Principal
folder, file = sys.argv[1:]
context = InvocationContext(
    "id", Credential("A", Principal("r", "r"), secret_key="s"), "eu-west-1", "1", "", ""
)
function = FunctionConfig("f", Path(folder), "r", timeout_s=600.0)
asyncio.run(invoke(function, file, context))
"""


def test_a_server_that_is_killed_leaves_no_process(project: Project) -> None:
    project.write(HANG)
    file = project.folder / ".pids"
    arguments = [sys.executable, "-c", SERVER, str(project.folder), str(file)]
    environment = {**os.environ, "TMPDIR": str(project.folder)}
    with subprocess.Popen(arguments, env=environment) as server:
        pids = pids_in(file)
        server.kill()
    end_of(pids)
