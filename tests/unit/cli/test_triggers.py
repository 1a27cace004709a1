from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.config import Config, FunctionConfig, Trigger
from amplikit.blueprint.modes import AuthConfig, AuthMode
from amplikit.cli._triggers import ProjectTriggers
from amplikit.emulator.functions import FunctionError, FunctionResult
from amplikit.identity.user_pool.triggers import (
    TriggerFailed,
    TriggerReturned,
    TriggerTimedOut,
)


@dataclass
class Functions:
    """Stands for the project's functions."""

    outcome: FunctionResult | FunctionError
    asked: list[FunctionConfig] = field(default_factory=list)

    async def run(
        self, function: FunctionConfig, event: object
    ) -> FunctionResult | FunctionError:
        assert event == {"a": 1}
        self.asked.append(function)
        return self.outcome


TIMED_OUT = FunctionError("Sandbox.Timedout", "Task timed out after 5.00 seconds")


@pytest.mark.parametrize(
    ("outcome", "timeout_s", "expected"),
    [
        (FunctionResult({"b": 2}), 3.0, TriggerReturned({"b": 2})),
        (FunctionError("ValueError", "no"), 3.0, TriggerFailed("no")),
        (TIMED_OUT, 30.0, TriggerTimedOut()),
        (TIMED_OUT, 5.0, TriggerTimedOut()),
        # Its own limit is Lambda's affair: the function has failed.
        (TIMED_OUT, 3.0, TriggerFailed("Task timed out after 5.00 seconds")),
    ],
)
def test_a_function_has_five_seconds_at_most(
    outcome: FunctionResult | FunctionError, timeout_s: float, expected: object
) -> None:
    function = FunctionConfig(
        "f",
        Path("f"),
        "role",
        triggers=(Trigger.PRE_SIGN_UP,),
        timeout_s=timeout_s,
    )
    auth = AuthConfig(AuthMode.USER_POOLS)
    config = Config("app", Transformer.V2, auth, functions=(function,))
    functions = Functions(outcome)
    triggers = ProjectTriggers(config, functions, lambda _line: None)
    assert asyncio.run(triggers.run(Trigger.PRE_SIGN_UP, {"a": 1})) == expected
    assert functions.asked[0].timeout_s == min(timeout_s, 5.0)
    assert asyncio.run(triggers.run(Trigger.POST_CONFIRMATION, {})) is None
