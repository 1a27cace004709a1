"""Runs the project's functions for the user pool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.errors import FunctionFailed
from amplikit.identity.user_pool.triggers import (
    TriggerFailed,
    TriggerReturned,
    TriggerTimedOut,
)

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, Trigger
    from amplikit.cli._functions import ProjectFunctions
    from amplikit.emulator.runtime import LogSink
    from amplikit.identity.user_pool.triggers import TriggerResult

__all__ = ["ProjectTriggers"]

# Source: Cognito developer guide, "Customizing user pool workflows with Lambda
# triggers": Cognito waits so long, whatever the function's own time-out.
_LONGEST_S = 5.0
_TIMED_OUT = "Sandbox.Timedout"


class ProjectTriggers:
    """The seam between the user pool and the project's functions."""

    def __init__(
        self, config: Config, functions: ProjectFunctions, log: LogSink
    ) -> None:
        self._triggered = {
            trigger: replace(function, timeout_s=min(function.timeout_s, _LONGEST_S))
            for function in config.functions
            for trigger in function.triggers
        }
        self._functions = functions
        self._log = log

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        """Invoke the function of a trigger; its log goes to the operator."""
        function = self._triggered.get(trigger)
        if function is None:
            return None
        try:
            outcome = await self._functions.run(function, event)
        except FunctionFailed as failed:
            self._log(str(failed))
            return TriggerFailed(failed.problems[0].message)
        match outcome:
            case FunctionResult():
                return TriggerReturned(outcome.payload)
            case FunctionError():
                timed_out = outcome.error_type == _TIMED_OUT
                if timed_out and function.timeout_s >= _LONGEST_S:
                    return TriggerTimedOut()
                return TriggerFailed(outcome.message)
            case _:
                assert_never(outcome)
