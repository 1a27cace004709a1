"""The functions of a scenario: ``python function`` blocks, run in real processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.config import FunctionConfig
from amplikit.emulator.datasources.functions import NotRunnable
from amplikit.emulator.functions import InvocationContext, invoke
from amplikit.identity.credentials import Credential, Principal

if TYPE_CHECKING:
    from pathlib import Path

    from amplikit.emulator.functions import FunctionError, FunctionResult

__all__ = ["SceneFunctions"]

_CONTEXT = InvocationContext(
    request_id="request-1",
    credential=Credential(
        "ASIALOCALSCENARIO002",
        Principal("scene", "scene"),
        secret_key="local-secret",
        session_token="local-token",
    ),
    region="us-east-1",
    account_id="123456789012",
    appsync_url="http://127.0.0.1:1/graphql",
    endpoint_url="http://127.0.0.1:1",
)


@dataclass(frozen=True)
class SceneFunctions:
    """Functions by name; each has its code in a folder of its own."""

    folder: Path
    codes: dict[str, str]

    async def invoke(
        self, name: str, event: bytes
    ) -> FunctionResult | FunctionError | NotRunnable:
        if name not in self.codes:
            return NotRunnable(f"there is no function '{name}'")
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        (folder / "handler.py").write_text(self.codes[name])
        function = FunctionConfig(name, folder, "scene", timeout_s=5)
        return await invoke(function, event, _CONTEXT)

    def start(self, name: str, _event: bytes) -> NotRunnable | None:
        if name not in self.codes:
            return NotRunnable(f"there is no function '{name}'")
        return None
