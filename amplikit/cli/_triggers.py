"""Runs the project's functions for the user pool, each with its role's credential."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never
from uuid import uuid4

from amplikit.cli._directory import utc_now
from amplikit.emulator.functions import (
    FunctionError,
    FunctionResult,
    InvocationContext,
)
from amplikit.emulator.tls import TlsFiles
from amplikit.errors import FunctionFailed
from amplikit.identity.user_pool.triggers import TriggerFailed, TriggerReturned

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, FunctionConfig, Trigger
    from amplikit.emulator.functions import FunctionRunner
    from amplikit.emulator.runtime import LogSink
    from amplikit.identity import IdentityStore
    from amplikit.identity.credentials import Credential
    from amplikit.identity.user_pool.triggers import TriggerResult

__all__ = ["ProjectTriggers", "invocation_context"]

_LIFETIME = timedelta(hours=1)
_RENEW_BEFORE = timedelta(minutes=10)


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


class ProjectTriggers:
    """The seam between the user pool and the function runner."""

    def __init__(
        self,
        config: Config,
        identity: IdentityStore,
        runner: FunctionRunner,
        log: LogSink,
    ) -> None:
        self._functions = {
            trigger: function
            for function in config.functions
            for trigger in function.triggers
        }
        self._identity = identity
        self._runner = runner
        self._log = log
        self._credentials: dict[str, Credential] = {}

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        """Invoke the function of a trigger; its log goes to the operator."""
        function = self._functions.get(trigger)
        if function is None:
            return None
        context = invocation_context(self._identity, self._credential(function))
        try:
            outcome = await self._runner.invoke(function, event, context)
        except FunctionFailed as failed:
            self._log(str(failed))
            return TriggerFailed(failed.problems[0].message)
        for line in outcome.log.splitlines():
            self._log(f"{function.name}: {line}")
        match outcome:
            case FunctionResult():
                return TriggerReturned(outcome.payload)
            case FunctionError():
                self._log(f"{function.name}: {outcome.error_type}: {outcome.message}")
                return TriggerFailed(outcome.message)
            case _:
                assert_never(outcome)

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
