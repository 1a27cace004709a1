"""Runs the project's functions for the user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.identity.user_pool.triggers import TriggerFailed, TriggerReturned

if TYPE_CHECKING:
    from amplikit.blueprint.config import Config, Trigger
    from amplikit.cli._functions import ProjectFunctions
    from amplikit.identity.user_pool.triggers import TriggerResult

__all__ = ["ProjectTriggers"]


class ProjectTriggers:
    """The seam between the user pool and the project's functions."""

    def __init__(self, config: Config, functions: ProjectFunctions) -> None:
        self._names = {
            trigger: function.name
            for function in config.functions
            for trigger in function.triggers
        }
        self._functions = functions

    async def run(self, trigger: Trigger, event: dict[str, object]) -> TriggerResult:
        """Invoke the function of a trigger."""
        name = self._names.get(trigger)
        if name is None:
            return None
        outcome = await self._functions.invoke(name, event)
        match outcome:
            case FunctionResult():
                return TriggerReturned(outcome.payload)
            case FunctionError():
                return TriggerFailed(outcome.message)
            case None:
                return TriggerFailed(f"The function '{name}' cannot be started.")
            case _:
                assert_never(outcome)
