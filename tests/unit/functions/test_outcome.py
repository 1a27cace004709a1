"""What a handler does, and what Lambda makes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.errors import FunctionFailed

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Project

HEAD = "def handler(event, context):\n    "
RESULTS = {
    "nothing": ("pass", None),
    "event": ("return event", {"a": ["ü", 1, None]}),
    "text": ("return 'ü \\ud83d\\ude00'", "ü 😀"),
    "Decimal": (
        "from decimal import Decimal; return [Decimal('1.50'), Decimal(10) ** 20]",
        [1.5, 10**20],
    ),
    "JSON in bytes": ("return b'[1]'", [1]),
    "remaining time": (
        "return 0 < context.get_remaining_time_in_millis() <= 3000",
        True,
    ),
    "context": (
        """c = context
    return [c.aws_request_id, c.invoked_function_arn, c.function_name,
        c.function_version, c.memory_limit_in_mb, c.log_group_name]""",
        [
            "id-1",
            "arn:aws:lambda:eu-west-1:123456789012:function:greet",
            "greet",
            "$LATEST",
            "128",
            "/aws/lambda/greet",
        ],
    ),
    "empty stdin": ("import sys; return sys.stdin.read()", ""),
    "its folder is the working folder": (
        "import os; return sorted(os.listdir())",
        ["handler.py"],
    ),
    "nearly 6 MB": ("return len('x' * 6_291_000) * 'x'", "x" * 6_291_000),
}


@pytest.mark.parametrize(("body", "payload"), RESULTS.values(), ids=RESULTS)
def test_a_result_is_what_the_handler_returns(
    project: Project, body: str, payload: object
) -> None:
    outcome = project.run(HEAD + body, {"a": ["ü", 1, None]})
    assert outcome == FunctionResult(payload)


TOO_LARGE = (
    "Response payload size (7000002 bytes) exceeded maximum allowed payload size "
    "(6291556 bytes)."
)
ERRORS = {
    "exception": (HEAD + "raise ValueError('böse')", "ValueError", "böse"),
    "own exception": (
        "class Refused(Exception): pass\n" + HEAD + "raise Refused()",
        "Refused",
        "",
    ),
    "set": (
        HEAD + "return {1}",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    "circle": (
        HEAD + "a = []; a.append(a); return a",
        "Runtime.MarshalError",
        "Unable to marshal response: Circular reference detected",
    ),
    "exit": (
        HEAD + "import sys; sys.exit(3)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited with error: exit status 3",
    ),
    "exit 0": (
        HEAD + "import os; os._exit(0)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited without providing a reason",
    ),
    "killed": (
        HEAD + "import os; os.kill(os.getpid(), 9)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited with error: signal: killed",
    ),
    "exit while loading": (
        "import os; os._exit(1)",
        "Runtime.ExitError",
        "RequestId: id-1 Error: Runtime exited with error: exit status 1",
    ),
    "too large": (
        HEAD + "return 'x' * 7_000_000",
        "Function.ResponseSizeTooLarge",
        TOO_LARGE,
    ),
    "missing module": (
        "import no_such_module",
        "Runtime.ImportModuleError",
        "Unable to import module 'handler': No module named 'no_such_module'",
    ),
    "no handler": (
        "x = 1",
        "Runtime.HandlerNotFound",
        "Handler 'handler' missing on module 'handler'",
    ),
    "no Python": (
        "def handler(:",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'handler': invalid syntax (handler.py, line 1)",
    ),
    "raises while loading": ("1 / 0", "ZeroDivisionError", "division by zero"),
    "not callable": ("handler = 1", "TypeError", "'int' object is not callable"),
    "wrong arguments": (
        "def handler(): pass",
        "TypeError",
        "handler() takes 0 positional arguments but 2 were given",
    ),
}


@pytest.mark.parametrize(("code", "kind", "message"), ERRORS.values(), ids=ERRORS)
def test_a_failure_is_told_in_lambdas_words(
    project: Project, code: str, kind: str, message: str
) -> None:
    outcome = project.run(code)
    assert isinstance(outcome, FunctionError)
    assert (outcome.error_type, outcome.message) == (kind, message)
    assert outcome.request_id == "id-1"


HANDLERS = {
    "no dot": (
        "handler",
        "Runtime.MalformedHandlerName",
        "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
    ),
    "built-in": (
        "sys.exit",
        "Runtime.BuiltInModuleConflict",
        "Cannot use built-in module sys as a handler module",
    ),
    "other module": (
        "other.handler",
        "Runtime.ImportModuleError",
        "Unable to import module 'other': No module named 'other'",
    ),
    "other function": (
        "handler.main",
        "Runtime.HandlerNotFound",
        "Handler 'main' missing on module 'handler'",
    ),
}


@pytest.mark.parametrize(
    ("handler", "kind", "message"), HANDLERS.values(), ids=HANDLERS
)
def test_a_handler_that_is_none_is_told(
    project: Project, handler: str, kind: str, message: str
) -> None:
    outcome = project.run(HEAD + "pass", handler=handler)
    assert isinstance(outcome, FunctionError)
    assert (outcome.error_type, outcome.message) == (kind, message)


def test_a_handler_may_lie_in_a_package(project: Project) -> None:
    (project.folder / "app").mkdir()
    project.write("def main(event, context): return __name__", "app/entry.py")
    assert project.run("", handler="app/entry.main") == FunctionResult("app.entry")
    assert project.run("", handler="app.entry.main") == FunctionResult("app.entry")


def test_a_stack_trace_starts_in_the_handlers_file(project: Project) -> None:
    outcome = project.run("def f(): raise KeyError('k')\n" + HEAD + "f()")
    assert isinstance(outcome, FunctionError)
    file = project.folder / "handler.py"
    assert [line.splitlines()[0] for line in outcome.stack_trace] == [
        f'  File "{file}", line 3, in handler',
        f'  File "{file}", line 1, in f',
    ]
    assert list(outcome.payload()) == [
        "errorMessage",
        "errorType",
        "requestId",
        "stackTrace",
    ]


@pytest.mark.parametrize(
    "body",
    ["while True: pass", "import time; time.sleep(60)"],
    ids=["busy", "waiting"],
)
def test_a_handler_that_never_returns_times_out(project: Project, body: str) -> None:
    outcome = project.run(HEAD + "print('started')\n    " + body, timeout_s=0.3)
    assert isinstance(outcome, FunctionError)
    assert outcome.error_type == "Sandbox.Timedout"
    assert outcome.message == (
        "RequestId: id-1 Error: Task timed out after 0.30 seconds"
    )
    assert re.fullmatch(
        r"started\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z id-1 "
        r"Task timed out after 0\.30 seconds\n",
        outcome.log,
    )


def test_the_log_holds_what_was_printed_and_logged(project: Project) -> None:
    outcome = project.run(
        "import logging, sys\n"
        + HEAD
        + "print('grüß'); print('error', file=sys.stderr); logging.warning('careful')"
    )
    printed, error, logged = outcome.log.splitlines()
    assert (printed, error) == ("grüß", "error")
    assert re.fullmatch(r"\[WARNING\]\t[-\dT:.]+Z\tid-1\tcareful", logged)


def test_an_exception_is_in_the_log_too(project: Project) -> None:
    outcome = project.run(HEAD + "raise ValueError('x')")
    assert outcome.log.startswith("[ERROR] ValueError: x\nTraceback (most recent call")


def test_a_flood_of_output_keeps_its_end(project: Project) -> None:
    outcome = project.run(HEAD + "print('x' * 5_000_000); print('end')")
    assert len(outcome.log) == 262_144
    assert outcome.log.endswith("x\nend\n")


def test_an_event_beyond_the_limit_is_refused(project: Project) -> None:
    outcome = project.run(HEAD + "pass", "x" * 6_291_456)
    assert isinstance(outcome, FunctionError)
    assert outcome.error_type == "RequestEntityTooLargeException"


def test_a_missing_folder_is_a_problem_with_a_remedy(
    project: Project, tmp_path: Path
) -> None:
    missing = type(project)(tmp_path / "missing")

    async def scene(runner: object) -> None:
        await runner.invoke(missing.function(), None, missing.context())

    with pytest.raises(FunctionFailed) as raised:
        project.play(scene)
    assert [one.code for one in raised.value.problems] == ["function-folder-missing"]


def test_a_variable_that_no_process_can_have_is_a_problem(project: Project) -> None:
    with pytest.raises(FunctionFailed) as raised:
        project.run(HEAD + "pass", environment=(("NAME", "a\0b"),))
    assert [one.code for one in raised.value.problems] == ["function-not-started"]
