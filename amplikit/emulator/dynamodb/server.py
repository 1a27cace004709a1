"""What the endpoint's calls share: the store, the account, and the policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amplikit.emulator.dynamodb.account import Account
from amplikit.emulator.dynamodb.operation import Call
from amplikit.emulator.dynamodb.tags import Tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from amplikit.emulator.auth.policy import RolePolicies
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.emulator.runtime import LogSink
    from amplikit.identity.facts import Facts
    from amplikit.store.interface import Store

__all__ = ["TableServer"]

_BEHIND: Final = (
    "/dynamodb: a table was written behind AppSync's back, as on AWS: no @auth rule is "
    "asked and no subscription is told (said once)"
)


class TableServer:
    """Serves the tables of one store."""

    def __init__(
        self,
        store: Store,
        facts: Facts,
        policies: RolePolicies,
        clock: Callable[[], datetime],
        base_url: str,
    ) -> None:
        self.policies = policies
        self.account = Account(facts.region, facts.account_id)
        self._store = store
        self._clock = clock
        self._base_url = base_url
        self._tags = Tags(clock())
        self._warned = False

    def has(self, name: str) -> bool:
        """Whether there is a table of that name."""
        return any(table.name == name for table in self._store.tables())

    def call(self, parameters: Parameters) -> Call:
        """Return a call with these parameters."""
        return Call(
            parameters,
            self._store,
            self.account,
            self._clock(),
            self._base_url,
            self._tags,
        )

    def warn_once(self, log: LogSink) -> None:
        """Say what a write here means, the first time."""
        if not self._warned:
            self._warned = True
            log(_BEHIND)
