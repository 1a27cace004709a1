"""The project's functions, by name, each with its role's credential."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from amplikit.blueprint.remote import FunctionCall
from amplikit.cli._directory import utc_now
from amplikit.emulator.datasources.functions import NotRunnable
from amplikit.emulator.functions import (
    FunctionError,
    FunctionResult,
    InvocationContext,
)
from amplikit.emulator.tls import TlsFiles
from amplikit.errors import FunctionFailed, did_you_mean

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, FunctionConfig
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.functions import FunctionRunner
    from amplikit.emulator.loop_thread import LoopThread
    from amplikit.emulator.runtime import LogSink
    from amplikit.identity import IdentityStore
    from amplikit.identity.credentials import Credential

__all__ = ["ProjectFunctions", "invocation_context"]

_LIFETIME = timedelta(hours=1)
_RENEW_BEFORE = timedelta(minutes=10)
_ENVIRONMENT = "${env}"


def invocation_context(
    identity: IdentityStore, credential: Credential
) -> InvocationContext:
    """Return where and as whom a function runs, with a new request id.

    Its endpoint is the server that runs on the data folder, or ran there last.
    """
    base_url = identity.base_url
    bundle = TlsFiles.of(identity.folder).bundle
    return InvocationContext(
        request_id=str(uuid4()),
        credential=credential,
        region=identity.facts.region,
        account_id=identity.facts.account_id,
        appsync_url=f"{base_url}/graphql",
        endpoint_url=base_url,
        ca_bundle=str(bundle.resolve()) if base_url.startswith("https:") else None,
    )


class ProjectFunctions:
    """Runs functions in the loop ``running``; what they print goes to the operator."""

    def __init__(
        self,
        config: Config,
        identity: IdentityStore,
        runner: FunctionRunner,
        running: LoopThread,
        log: LogSink,
    ) -> None:
        self._known = {function.name: function for function in config.functions}
        self._env = config.environment
        self._identity = identity
        self._runner = runner
        self._running = running
        self._log = log
        self._credentials: dict[str, Credential] = {}
        self._started: set[asyncio.Task[object]] = set()

    def tell_missing(self, blueprint: Blueprint) -> None:
        """Tell the operator which functions the schema names and nobody has."""
        for source in blueprint.data_sources:
            if isinstance(source.call, FunctionCall):
                found = self._named(source.call.name)
                if isinstance(found, NotRunnable):
                    near = did_you_mean(source.call.name, self._known).strip()
                    self._log(f"{found.message} {near}".strip())

    async def invoke(
        self, name: str, event: bytes
    ) -> FunctionResult | FunctionError | NotRunnable:
        """Run a function by the name that a schema gives it, and wait for it."""
        function = self._named(name)
        if isinstance(function, NotRunnable):
            return function
        try:
            return await self.run(function, event)
        except FunctionFailed as failed:
            self._log(str(failed))
            return NotRunnable(
                f"@function: the function '{function.name}' does not start here; the "
                "server has said why."
            )

    def start(self, name: str, event: bytes) -> NotRunnable | None:
        """Run a function for one event, which nobody waits for."""
        function = self._named(name)
        if isinstance(function, NotRunnable):
            return function
        task = asyncio.get_running_loop().create_task(self.invoke(name, event))
        self._started.add(task)
        task.add_done_callback(self._started.discard)
        return None

    async def run(
        self, function: FunctionConfig, event: object
    ) -> FunctionResult | FunctionError:
        """Run a function for an event: a JSON value, or the bytes of one.

        Raises ``FunctionFailed`` when it cannot be started at all.
        """
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        context = invocation_context(self._identity, self._credential(function))
        outcome = await self._running.run(
            lambda: self._runner.invoke(function, body, context)
        )
        for line in outcome.log.splitlines():
            self._log(f"{function.name}: {line}")
        if isinstance(outcome, FunctionError):
            self._log(f"{function.name}: {outcome.error_type}: {outcome.message}")
        return outcome

    def _named(self, name: str) -> FunctionConfig | NotRunnable:
        """Return the function of a name, which may leave the environment to us."""
        plain = name.replace(f"-{_ENVIRONMENT}", "").replace(_ENVIRONMENT, "")
        for candidate in (name.replace(_ENVIRONMENT, self._env), plain):
            if candidate in self._known:
                return self._known[candidate]
        return NotRunnable(
            f"@function: the project has no function '{plain}'. Add [functions.{plain}]"
            f" to amplify-config/functions.toml, or lambdas/{plain}/handler.py."
        )

    def _credential(self, function: FunctionConfig) -> Credential:
        # A process stays warm only as long as its credential is the same.
        known = self._credentials.get(function.name)
        now = utc_now()
        if known and known.expires_at and known.expires_at - now > _RENEW_BEFORE:
            return known
        made = self._identity.credentials.for_role(
            function.role, function.name, now, _LIFETIME
        )
        self._credentials[function.name] = made
        return made
