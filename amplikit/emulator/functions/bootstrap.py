"""The program in a function's process: it asks for events and runs the handler.

It speaks the Lambda Runtime API, imports nothing but the standard library, and
answers failures in the words of AWS's own Python runtime.
Source: Lambda developer guide, "Using the Lambda runtime API"; behaviour of
awslambdaric.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from decimal import Decimal
from http.client import HTTPConnection, HTTPException
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import CodeType, TracebackType

API = "/2018-06-01/runtime"
LOG_FORMAT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(request_id)s\t%(message)s"


class Report(NamedTuple):
    """A failure, as Lambda tells it."""

    kind: str
    message: str
    trace: Sequence[str] = ()


class Fault(Exception):
    """The handler cannot be loaded, or its result cannot be sent."""

    def __init__(self, kind: str, message: str, trace: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.report = Report(f"Runtime.{kind}", message, trace)


class Context:
    """The handler's second argument, with the attributes that AWS documents."""

    def __init__(self, request_id: str, arn: str, deadline_ms: int) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.client_context = None
        self.identity = None
        self._deadline_ms = deadline_ms

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the handler may still run."""
        return max(0, self._deadline_ms - int(time.time() * 1000))


class FreshSource(SourceFileLoader):
    """Loads the function's modules from their source, never from cached bytecode.

    The cache compares size and whole seconds: an edit may look like no edit.
    """

    def get_code(self, fullname: str) -> CodeType:
        """Compile the module's source as it is now."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class RuntimeApi:
    """The Runtime API, seen from the function's side."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address)

    def next(self) -> tuple[dict[str, str], bytes]:
        """Wait for an event; return its headers, with lower-case names."""
        self._connection.request("GET", f"{API}/invocation/next")
        response = self._connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return headers, response.read()

    def post(self, path: str, body: bytes) -> None:
        """Send a result or a failure."""
        self._connection.request(
            "POST", f"{API}/{path}", body, {"Content-Type": "application/json"}
        )
        self._connection.getresponse().read()


def main() -> None:
    """Load the handler, then run it for one event after the other."""
    _die_with_the_parent()
    root = os.environ["LAMBDA_TASK_ROOT"]
    _import_from(root)
    current = _log_like_lambda()
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    # A broken connection means that nobody waits for this function any more.
    with contextlib.suppress(OSError, HTTPException):
        try:
            handler = _load(os.environ["_HANDLER"])
        except Exception as error:  # noqa: BLE001  whatever the module raises
            _fail(api, "init/error", _described(error), "")
            sys.exit(1)
        while True:
            headers, event = api.next()
            request_id = headers["lambda-runtime-aws-request-id"]
            current["request_id"] = request_id
            os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
            context = Context(
                request_id,
                headers["lambda-runtime-invoked-function-arn"],
                int(headers["lambda-runtime-deadline-ms"]),
            )
            try:
                result = _marshal(handler(_unmarshal(event), context))
            except Exception as error:  # noqa: BLE001  whatever the handler raises
                path = f"invocation/{request_id}/error"
                _fail(api, path, _described(error), request_id)
            else:
                api.post(f"invocation/{request_id}/response", result)


def _die_with_the_parent() -> None:
    """End this process and its children when the server is gone, even by kill -9.

    The server holds the other end of stdin; the handler sees an empty stdin.
    """
    lifeline = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        os.killpg(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _import_from(root: str) -> None:
    def finder(path: str) -> FileFinder:
        if path != root and not path.startswith(root + os.sep):
            raise ImportError(path)
        return FileFinder(
            path,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (FreshSource, SOURCE_SUFFIXES),
        )

    sys.path_hooks.insert(0, finder)
    sys.path.insert(0, root)


def _log_like_lambda() -> dict[str, str]:
    """Give the root logger Lambda's format; return where the request id is kept."""
    current = {"request_id": ""}

    def add_request_id(record: logging.LogRecord) -> bool:
        record.request_id = current["request_id"]
        return True

    formatter = logging.Formatter(LOG_FORMAT, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(add_request_id)
    logging.getLogger().addHandler(handler)
    return current


def _load(handler: str) -> Callable[[object, Context], object]:
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        raise Fault(
            "MalformedHandlerName",
            f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)",
        )
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "BuiltInModuleConflict",
            f"Cannot use built-in module {module_name} as a handler module",
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault(
            "ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    except SyntaxError as error:
        raise Fault(
            "UserCodeSyntaxError",
            f"Syntax error in module '{module_name}': {error}",
            [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'],
        ) from error
    names: Mapping[str, Callable[[object, Context], object]] = vars(module)
    if function_name not in names:
        raise Fault(
            "HandlerNotFound",
            f"Handler '{function_name}' missing on module '{module_name}'",
        )
    return names[function_name]


def _unmarshal(event: bytes) -> object:
    try:
        return json.loads(event)
    except ValueError as error:
        raise Fault("UnmarshalError", f"Unable to unmarshal input: {error}") from error


def _marshal(result: object) -> bytes:
    if isinstance(result, bytes):
        return result
    try:
        return json.dumps(result, default=_number).encode()
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise Fault("MarshalError", message) from error


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        name = type(value).__name__
        message = f"Object of type {name} is not JSON serializable"
        raise TypeError(message)
    whole = value.is_finite() and value == value.to_integral_value()
    return int(value) if whole else float(value)


def _described(error: Exception) -> Report:
    if isinstance(error, Fault):
        return error.report
    return Report(type(error).__name__, str(error), _trace(error.__traceback__))


def _trace(found: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(found)
    while frames and frames[0].filename == __file__:
        del frames[0]
    return traceback.format_list(frames)


def _fail(api: RuntimeApi, path: str, report: Report, request_id: str) -> None:
    """Print the failure into the log, then report it."""
    sys.stdout.write(f"[ERROR] {report.kind}: {report.message}\n")
    if report.trace:
        sys.stdout.write(f"Traceback (most recent call last):\n{''.join(report.trace)}")
    document = {
        "errorMessage": report.message,
        "errorType": report.kind,
        "requestId": request_id,
        "stackTrace": list(report.trace),
    }
    api.post(path, json.dumps(document).encode())


if __name__ == "__main__":
    main()
