"""Runs the project's functions: warm processes, several at once, current code."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from amplikit.emulator.functions.outcome import FunctionError
from amplikit.emulator.functions.sandbox import Sandbox, SandboxKey
from amplikit.emulator.functions.scratch import Scratch
from amplikit.errors import FunctionFailed, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amplikit.blueprint.config import FunctionConfig
    from amplikit.emulator.functions.outcome import FunctionResult, InvocationContext

__all__ = ["FunctionRunner", "invoke"]

# Source: Lambda developer guide, "Lambda quotas": invocation payload, synchronous.
EVENT_LIMIT_BYTES = 6_291_456
AT_ONCE = 16
WARM_PER_FUNCTION = 4


async def invoke(
    function: FunctionConfig, event: object, context: InvocationContext
) -> FunctionResult | FunctionError:
    """Run a function once, in a process of its own."""
    async with FunctionRunner() as runner:
        return await runner.invoke(function, event, context)


class FunctionRunner:
    """A pool of warm processes; ``AT_ONCE`` invocations of a function run at a time.

    A process runs one event at a time and is used again while the function's code,
    configuration and credential stay the same. Their own folders are in ``scratch``,
    which is emptied of what a killed server left there.
    """

    def __init__(self, scratch: Path | None = None) -> None:
        self._scratch = Scratch(scratch)
        self._idle: dict[str, list[Sandbox]] = {}
        self._busy: set[Sandbox] = set()
        self._retiring: dict[Sandbox, asyncio.Task[None]] = {}
        # Each function has its own: one that calls another never takes its place.
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def invoke(
        self, function: FunctionConfig, event: object, context: InvocationContext
    ) -> FunctionResult | FunctionError:
        """Run the handler for one event and return what became of it.

        The event is a JSON value, or the bytes of one.

        Raises ``FunctionFailed`` when the function cannot be started at all.
        """
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        if len(body) > EVENT_LIMIT_BYTES:
            return FunctionError(
                "RequestEntityTooLargeException",
                f"Request must be smaller than {EVENT_LIMIT_BYTES} bytes for the "
                "InvokeFunction operation",
                context.request_id,
            )
        slots = self._slots.setdefault(function.name, asyncio.Semaphore(AT_ONCE))
        async with slots:
            code = await asyncio.to_thread(_fingerprint, function)
            key = SandboxKey(function, replace(context, request_id=""), code)
            sandbox = self._acquire(key)
            try:
                if not sandbox.started:
                    await sandbox.start()
                return await sandbox.invoke(body, context.request_id)
            finally:
                # Also when the caller goes away: no process may outlive its event.
                self._busy.discard(sandbox)
                if sandbox.usable and self._has_room_for(sandbox):
                    self._idle.setdefault(function.name, []).append(sandbox)
                else:
                    await asyncio.shield(self._retire(sandbox))

    async def close(self) -> None:
        """Kill every process, also those in the middle of an event."""
        self._closed = True
        idle = [one for sandboxes in self._idle.values() for one in sandboxes]
        self._idle.clear()
        for sandbox in (*idle, *self._busy):
            self._retire(sandbox)
        await asyncio.gather(*self._retiring.values())
        self._scratch.close()

    def _acquire(self, key: SandboxKey) -> Sandbox:
        if self._closed:
            raise RuntimeError("the function runner is closed")
        idle = self._idle.pop(key.function.name, [])
        usable = [one for one in idle if one.key == key and one.usable]
        for outdated in set(idle) - set(usable):
            self._retire(outdated)
        sandbox = usable.pop() if usable else Sandbox(key, self._scratch.folder())
        self._idle[key.function.name] = usable
        self._busy.add(sandbox)
        return sandbox

    def _has_room_for(self, sandbox: Sandbox) -> bool:
        warm = self._idle.get(sandbox.key.function.name, [])
        return not self._closed and len(warm) < WARM_PER_FUNCTION

    def _retire(self, sandbox: Sandbox) -> asyncio.Task[None]:
        """Stop a process in a task of its own, which nobody's cancelling reaches."""
        task = self._retiring.get(sandbox)
        if task is None:
            task = self._retiring[sandbox] = asyncio.create_task(sandbox.stop())
            task.add_done_callback(lambda _: self._retiring.pop(sandbox, None))
        return task


def _fingerprint(function: FunctionConfig) -> str:
    """Return a text that changes with any file of the function's folder."""
    if not function.folder.is_dir():
        raise FunctionFailed(
            Problem(
                code="function-folder-missing",
                message=f"The function '{function.name}' has no folder "
                f"'{function.folder}'.",
                hint="Correct its folder in functions.toml, or create it.",
            )
        )
    digest = hashlib.sha256()
    for path, size, changed_ns in sorted(_files(function.folder)):
        digest.update(f"{path}\0{size}\0{changed_ns}\0".encode(errors="replace"))
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [
            one for one in folders if not one.startswith((".", "__pycache__"))
        ]
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118  many files, every call
            with contextlib.suppress(FileNotFoundError):
                found = os.stat(path)  # noqa: PTH116  the same
                yield path, found.st_size, found.st_mtime_ns
