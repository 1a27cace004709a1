"""What a server is started with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.emulator.auth.fetch import fetch
from amplikit.emulator.datasources.functions import NotRunnable
from amplikit.emulator.loop_thread import LoopThread
from amplikit.identity.user_pool.triggers import NoTriggers

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.auth.authorizer import InvokeFunction
    from amplikit.emulator.auth.fetch import Fetch
    from amplikit.emulator.functions.outcome import FunctionError, FunctionResult
    from amplikit.emulator.schema import Resolvers
    from amplikit.identity.directory import IdentityStore
    from amplikit.identity.user_pool.triggers import Triggers
    from amplikit.store.interface import Store

__all__ = ["LogSink", "Runtime"]

LogSink = Callable[[str], None]
"""Takes one line for the operator's terminal."""


def _silent(_line: str) -> None:
    """Take a line and show it to nobody."""


async def _no_function(
    name: str, _event: bytes
) -> FunctionResult | FunctionError | NotRunnable:
    """Stand for an API without functions."""
    return NotRunnable(f"there is no function '{name}'.")


@dataclass(frozen=True, slots=True)
class Runtime:
    """One API with everything that it needs; ``clock`` gives aware UTC instants.

    ``invoke`` runs a function by its name, ``fetch`` reads what other issuers publish.
    ``store`` has the tables that ``/dynamodb/`` serves; calls of a remote one wait.
    ``waiting`` is where requests are executed that ask functions or endpoints.
    """

    blueprint: Blueprint
    config: Config
    resolvers: Resolvers
    identity: IdentityStore
    clock: Callable[[], datetime]
    admin_token: str = field(repr=False)
    triggers: Triggers = field(default_factory=NoTriggers)
    log: LogSink = _silent
    store: Store | None = None
    store_is_remote: bool = False
    invoke: InvokeFunction = _no_function
    fetch: Fetch = fetch
    waiting: LoopThread = field(default_factory=lambda: LoopThread("amplikit-waiting"))
