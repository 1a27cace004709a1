from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ran

Amplikit = Callable[..., Ran]

HANDLER = """\
import time


def handler(event, context):
    print("seen", event["n"])
    if event["n"] == 0:
        raise ValueError("n is 0")
    if event["n"] == 1:
        time.sleep(60)
    return {"doubled": event["n"] * 2}
"""
FUNCTIONS = """\
[functions.double]
folder = "double"
role = "doubler"
timeout_s = 0.5
"""
IDENTITIES = """\
[[roles.doubler.statements]]
actions = ["appsync:GraphQL"]
resources = ["*"]
"""


@pytest.fixture
def functions(project: Path) -> Path:
    """Return a project with a function, and an event for it."""
    config = project / "amplify-config"
    (config / "functions.toml").write_text(FUNCTIONS)
    (config / "identities.toml").write_text(IDENTITIES)
    (project / "double").mkdir()
    (project / "double" / "handler.py").write_text(HANDLER)
    (project / "event.json").write_text('{"n": 21}')
    return project


def invoke(amplikit: Amplikit, project: Path, *more: str) -> Ran:
    event = str(project / "event.json")
    return amplikit(
        "invoke", "double", "--event", event, "--project", str(project), *more
    )


def test_a_function_returns_its_result(amplikit: Amplikit, functions: Path) -> None:
    ran = invoke(amplikit, functions)
    assert ran == Ran(0, '{\n  "doubled": 42\n}\n', "seen 21\n")
    document = invoke(amplikit, functions, "--json").document()
    assert document == {"ok": True, "result": {"doubled": 42}, "log": "seen 21\n"}


def test_a_number_that_is_not_json_is_told(amplikit: Amplikit, functions: Path) -> None:
    handler = "def handler(event, context):\n    return float('nan')\n"
    (functions / "double" / "handler.py").write_text(handler)
    (problem,) = invoke(amplikit, functions, "--json").problems()
    assert problem["code"] == "function-failed"
    assert "not JSON" in str(problem["message"])


def test_a_handler_that_raises_is_told_with_its_line(
    amplikit: Amplikit, functions: Path
) -> None:
    (functions / "event.json").write_text('{"n": 0}')
    ran = invoke(amplikit, functions)
    assert (ran.status, ran.out) == (1, "")
    assert "ValueError: n is 0 [function-failed]" in ran.err
    assert '7 |         raise ValueError("n is 0")' in ran.err


def test_with_json_a_failure_has_lambdas_own_answer(
    amplikit: Amplikit, functions: Path
) -> None:
    (functions / "event.json").write_text('{"n": 0}')
    ran = invoke(amplikit, functions, "--json")
    assert (ran.status, ran.err, ran.codes()) == (1, "", ["function-failed"])
    error = ran.document()["error"]
    assert isinstance(error, dict)
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "n is 0")


def test_a_handler_that_never_returns_is_ended(
    amplikit: Amplikit, functions: Path
) -> None:
    (functions / "event.json").write_text('{"n": 1}')
    ran = invoke(amplikit, functions)
    assert (ran.status, ran.out) == (1, "")
    assert "Task timed out after 0.50 seconds" in ran.err


EVENTS = [
    pytest.param('{"n": 1,\n "m": }', "json-syntax", 2, id="no JSON"),
    pytest.param("", "json-syntax", 1, id="empty"),
    pytest.param('{"n": NaN}', "json-syntax", 1, id="not a number"),
    pytest.param("[" * 100_000, "json-syntax", 1, id="nested without end"),
    pytest.param('{"n": ' + "9" * 5000 + "}", "json-syntax", 1, id="huge number"),
]


@pytest.mark.parametrize(("text", "code", "line"), EVENTS)
def test_a_malformed_event_is_told_by_file_and_line(
    amplikit: Amplikit, functions: Path, text: str, code: str, line: int
) -> None:
    event = functions / "event.json"
    event.write_text(text)
    ran = invoke(amplikit, functions, "--json")
    assert (ran.status, ran.codes()) == (1, [code])
    (problem,) = ran.problems()
    assert (problem["where"]["file"], problem["where"]["line"]) == (str(event), line)
    assert not (functions / ".amplikit").exists()


def test_an_event_that_is_not_there_is_told(
    amplikit: Amplikit, functions: Path
) -> None:
    (functions / "event.json").unlink()
    ran = invoke(amplikit, functions, "--json")
    assert (ran.status, ran.codes()) == (1, ["file-unreadable"])


def test_an_unknown_function_is_told_with_the_nearest_name(
    amplikit: Amplikit, functions: Path
) -> None:
    place = ("--project", str(functions), "--event", str(functions / "event.json"))
    ran = amplikit("invoke", "duble", *place)
    assert (ran.status, ran.out) == (1, "")
    assert "Did you mean 'double'?" in ran.err
