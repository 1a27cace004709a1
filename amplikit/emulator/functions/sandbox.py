"""One process that runs one function, for one event at a time."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from amplikit.emulator.functions.environment import function_arn, process_environment
from amplikit.emulator.functions.log_pipe import LogPipe
from amplikit.emulator.functions.outcome import FunctionError, FunctionResult
from amplikit.emulator.functions.runtime_api import (
    RESPONSE_LIMIT_BYTES,
    Failed,
    Invocation,
    Returned,
    RuntimeApi,
    TooLarge,
)
from amplikit.errors import FunctionFailed, Problem

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from amplikit.blueprint.config import FunctionConfig
    from amplikit.emulator.functions.outcome import InvocationContext
    from amplikit.emulator.functions.runtime_api import Reply

__all__ = ["Sandbox", "SandboxKey"]

# Source: Lambda developer guide, "Lambda execution environment": the init phase.
INIT_LIMIT_S = 10.0
# -P and -s: neither this folder nor the user's own packages are importable; -u: what
# is printed is in the pipe before the reply is sent.
PYTHON = (sys.executable, "-P", "-s", "-u", "-X", "utf8")
BOOTSTRAP = Path(__file__).with_name("bootstrap.py")


@dataclass(frozen=True, slots=True)
class SandboxKey:
    """What a process was started with; it serves only invocations that match.

    ``context`` has no request id; ``code`` stands for the files in the folder.
    """

    function: FunctionConfig
    context: InvocationContext
    code: str


class Sandbox:
    """A function's process, with its log, its own folder and its Runtime API."""

    def __init__(self, key: SandboxKey, scratch: Path) -> None:
        self.key = key
        self.started = False
        self._spoiled = False
        self._lifecycle = asyncio.Lock()
        self._scratch = scratch
        self._log = LogPipe()
        self._api = RuntimeApi()
        self._process: Process | None = None
        self._exited: asyncio.Task[int] | None = None

    @property
    def usable(self) -> bool:
        """Whether the process is free to take another event."""
        alive = self._exited is not None and not self._exited.done()
        return alive and self._api.waiting and not self._spoiled

    async def start(self) -> None:
        """Start the process; raises ``FunctionFailed`` when that is not possible."""
        function = self.key.function
        # Stopping waits for the lock: it never misses a process that is being born.
        async with self._lifecycle:
            if self._spoiled:
                raise RuntimeError("the sandbox was stopped")
            self.started = True
            for name in ("aws-config", "aws-credentials"):
                (self._scratch / name).touch(mode=0o600)
            await self._api.start()
            try:
                self._process = await self._spawn()
            except (OSError, ValueError) as error:
                raise FunctionFailed(
                    Problem(
                        code="function-not-started",
                        message=f"The function '{function.name}' does not start: "
                        f"{error}.",
                        hint="Look at its folder and environment in functions.toml.",
                    )
                ) from error
            self._log.close_writable()
            self._exited = asyncio.create_task(self._process.wait())

    async def invoke(
        self, event: bytes, request_id: str
    ) -> FunctionResult | FunctionError:
        """Run the handler once; after a time-out the process must be stopped."""
        reply = await self._initialised(request_id)
        if reply is None:
            reply = await self._run(event, request_id)
        match reply:
            case FunctionError():
                return reply
            case Returned():
                return self._returned(reply.body, request_id)
            case Failed():
                return self._failed(reply.body, request_id)
            case TooLarge():
                message = (
                    f"Response payload size ({reply.size_bytes} bytes) exceeded "
                    f"maximum allowed payload size ({RESPONSE_LIMIT_BYTES} bytes)."
                )
                return self._error("Function.ResponseSizeTooLarge", message, request_id)
            case _:
                assert_never(reply)

    async def stop(self) -> None:
        """Kill the process and its children, wait for it, and leave nothing behind."""
        self._spoiled = True
        async with self._lifecycle:
            if self._process is not None and self._exited is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                await self._exited
            await self._api.close()
            self._log.close()
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
            # The process id may belong to someone else from now on.
            self._process = None

    async def _spawn(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *PYTHON,
            str(BOOTSTRAP),
            cwd=self.key.function.folder,
            env=process_environment(
                self.key.function, self.key.context, self._scratch, self._api.address
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=self._log.writable,
            stderr=self._log.writable,
            start_new_session=True,
        )

    async def _initialised(self, request_id: str) -> Reply | FunctionError | None:
        """Wait until the handler is loaded; return why it could not be."""
        if self._api.ready.is_set():
            return None
        ready = asyncio.create_task(self._api.ready.wait())
        try:
            reply = await self._first(self._api.reply(), ready, INIT_LIMIT_S)
        finally:
            ready.cancel()
        if self._api.ready.is_set():
            return None
        self._spoiled = True
        return reply or self._exit_or_timeout(request_id)

    async def _run(self, event: bytes, request_id: str) -> Reply | FunctionError:
        function = self.key.function
        digest = hashlib.sha256(request_id.encode()).hexdigest()
        now_s = time.time()
        future = self._api.send(
            Invocation(
                request_id=request_id,
                event=event,
                arn=function_arn(function, self.key.context),
                trace_id=f"Root=1-{int(now_s):08x}-{digest[:24]};Sampled=0",
                deadline_ms=int((now_s + function.timeout_s) * 1000),
            )
        )
        reply = await self._first(future, None, function.timeout_s)
        return reply or self._exit_or_timeout(request_id)

    async def _first(
        self,
        reply: asyncio.Future[Reply],
        ready: asyncio.Task[bool] | None,
        limit_s: float,
    ) -> Reply | None:
        """Return the reply, or ``None`` when something else comes first."""
        waited: set[asyncio.Future[Reply] | asyncio.Task[bool] | asyncio.Task[int]]
        waited = {one for one in (reply, ready, self._exited) if one is not None}
        await asyncio.wait(waited, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        return reply.result() if reply.done() else None

    def _exit_or_timeout(self, request_id: str) -> FunctionError:
        self._spoiled = True
        if self._exited is not None and self._exited.done():
            reason = _exit_reason(self._exited.result())
            return self._error(
                "Runtime.ExitError",
                f"RequestId: {request_id} Error: {reason}",
                request_id,
            )
        timed_out = f"Task timed out after {self.key.function.timeout_s:.2f} seconds"
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        return FunctionError(
            "Sandbox.Timedout",
            f"RequestId: {request_id} Error: {timed_out}",
            request_id,
            log=f"{self._log.take()}{stamp}Z {request_id} {timed_out}\n",
        )

    def _returned(self, body: bytes, request_id: str) -> FunctionResult | FunctionError:
        try:
            payload: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            message = f"Unable to marshal response: {error}"
            return self._error("Runtime.MarshalError", message, request_id)
        return FunctionResult(payload, self._log.take())

    def _failed(self, body: bytes, request_id: str) -> FunctionError:
        try:
            report: object = json.loads(body)
        except (ValueError, RecursionError):
            report = None
        if not isinstance(report, dict):
            report = {"errorMessage": body.decode("utf-8", "replace")}
        trace = report.get("stackTrace")
        return FunctionError(
            error_type=str(report.get("errorType", "")),
            message=str(report.get("errorMessage", "")),
            request_id=request_id,
            stack_trace=tuple(map(str, trace)) if isinstance(trace, list) else (),
            log=self._log.take(),
        )

    def _error(self, kind: str, message: str, request_id: str) -> FunctionError:
        return FunctionError(kind, message, request_id, log=self._log.take())


def _exit_reason(status: int) -> str:
    if status == 0:
        return "Runtime exited without providing a reason"
    if status < 0:
        name = signal.strsignal(-status) or str(-status)
        return f"Runtime exited with error: signal: {name.lower()}"
    return f"Runtime exited with error: exit status {status}"
