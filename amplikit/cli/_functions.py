"""Runs the project's functions by their names, each with its role's credential."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from amplikit.cli._directory import utc_now
from amplikit.emulator.functions import FunctionError, InvocationContext
from amplikit.errors import FunctionFailed

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, FunctionConfig
    from amplikit.emulator.functions import FunctionResult, FunctionRunner
    from amplikit.emulator.runtime import LogSink
    from amplikit.identity import IdentityStore
    from amplikit.identity.credentials import Credential

__all__ = ["ProjectFunctions", "invocation_context"]

_LIFETIME = timedelta(hours=1)
_RENEW_BEFORE = timedelta(minutes=10)


def invocation_context(
    identity: IdentityStore, credential: Credential
) -> InvocationContext:
    """Return where and as whom a function runs, with a new request id.

    Its endpoint is the server that runs on the data folder, or ran there last.
    """
    return InvocationContext(
        request_id=str(uuid4()),
        credential=credential,
        region=identity.facts.region,
        account_id=identity.facts.account_id,
        appsync_url=f"{identity.base_url}/graphql",
        endpoint_url=identity.base_url,
    )


class ProjectFunctions:
    """The seam between what calls functions and the function runner."""

    def __init__(
        self,
        config: Config,
        identity: IdentityStore,
        runner: FunctionRunner,
        log: LogSink,
    ) -> None:
        self._functions = {function.name: function for function in config.functions}
        self._identity = identity
        self._runner = runner
        self._log = log
        self._credentials: dict[str, Credential] = {}

    async def invoke(
        self, name: str, event: dict[str, object]
    ) -> FunctionResult | FunctionError | None:
        """Invoke a function; its log, and its failure, go to the operator.

        None when there is no such function, or when it cannot be started.
        """
        function = self._functions.get(name)
        if function is None:
            return None
        context = invocation_context(self._identity, self._credential(function))
        try:
            outcome = await self._runner.invoke(function, event, context)
        except FunctionFailed as failed:
            self._log(str(failed))
            return None
        for line in outcome.log.splitlines():
            self._log(f"{name}: {line}")
        if isinstance(outcome, FunctionError):
            self._log(f"{name}: {outcome.error_type}: {outcome.message}")
        return outcome

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
