"""Functions made of a few lines, run in real processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from amplikit.blueprint.config import FunctionConfig
from amplikit.emulator.functions import FunctionRunner, InvocationContext
from amplikit.identity.credentials import Credential, Principal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from amplikit.emulator.functions import FunctionError, FunctionResult

CREDENTIAL = Credential(
    "ASIALOCALEXAMPLE",
    Principal("writer", "writer"),
    secret_key="local-secret",
    session_token="local-token",
)


@dataclass(frozen=True)
class Project:
    """One function's folder; each call gives it other code or another event."""

    folder: Path

    def function(self, **settings: object) -> FunctionConfig:
        return FunctionConfig("greet", self.folder, "writer", **settings)

    def write(self, code: str, name: str = "handler.py") -> None:
        (self.folder / name).write_text(code, "utf-8")

    def context(self, request_id: str = "id-1", **changes: object) -> InvocationContext:
        settings = {
            "credential": CREDENTIAL,
            "region": "eu-west-1",
            "account_id": "123456789012",
            "appsync_url": "http://127.0.0.1:20002/graphql",
            "endpoint_url": "http://127.0.0.1:20003",
        }
        return InvocationContext(request_id, **{**settings, **changes})

    def run(
        self, code: str, event: object = None, **settings: object
    ) -> FunctionResult | FunctionError:
        """Run this code once."""
        self.write(code)

        async def once(runner: FunctionRunner) -> FunctionResult | FunctionError:
            return await runner.invoke(self.function(**settings), event, self.context())

        return self.play(once)

    def play(self, work: Callable[[FunctionRunner], Awaitable]) -> object:
        """Run a scene with a runner that is closed behind it."""

        async def run() -> object:
            async with FunctionRunner() as runner:
                return await work(runner)

        return asyncio.run(run())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
