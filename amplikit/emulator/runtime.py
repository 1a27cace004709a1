"""What a server is started with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amplikit.emulator.loop_thread import LoopThread
from amplikit.identity.user_pool.triggers import NoTriggers

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.blueprint.config import Config
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.schema import Resolvers
    from amplikit.identity.directory import IdentityStore
    from amplikit.identity.user_pool.triggers import Triggers
    from amplikit.store.interface import Store

__all__ = ["LogSink", "Runtime"]

LogSink = Callable[[str], None]
"""Takes one line for the operator's terminal."""


def _silent(_line: str) -> None:
    """Take a line and show it to nobody."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """One API with everything that it needs; ``clock`` gives aware UTC instants.

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
    waiting: LoopThread = field(default_factory=lambda: LoopThread("amplikit-waiting"))
