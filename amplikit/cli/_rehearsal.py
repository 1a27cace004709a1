"""One request asked of a schema that need not be the served one; nothing is kept."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from graphql import OperationType

from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.host import Host
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.realtime.subscribing import Listener, listener
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.trace import Trace
from amplikit.store import SqliteStore
from amplikit.store.interface import PutRequest, Refused, ScanRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.config import Config
    from amplikit.blueprint.denials import Denial
    from amplikit.blueprint.resources import Blueprint
    from amplikit.emulator.host import GraphQLRequest
    from amplikit.emulator.runtime import Runtime
    from amplikit.identity import Caller, UserPoolCaller
    from amplikit.store.interface import Store

__all__ = ["Rehearsal", "Rehearsed", "TooManyItems"]

_OK = 200
_BAD_REQUEST = 400
_MOST_ITEMS = 5_000
"""How many items of a table are copied for a schema with other tables."""


class TooManyItems(Exception):
    """A table is too large to be copied for a comparison."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of it; ``answered`` is false where nobody could have answered."""

    body: Mapping[str, object]
    status: int
    trace: Trace
    answered: bool
    reason: str = ""
    writes: bool = False

    def denial_at(self, coordinate: str) -> Denial | None:
        """Return the first refusal of a field, by whatever layer."""
        found = (one.denial for one in self.trace.decisions)
        return next((d for d in found if d and d.coordinate == coordinate), None)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A request of a caller, to be asked of one schema or another."""

    runtime: Runtime
    store: Store
    request: GraphQLRequest
    caller: Caller

    def of(self, blueprint: Blueprint, config: Config) -> Rehearsed:
        """Ask it of a blueprint over the items that there are.

        Raises ``TooManyItems`` when its tables are others, and cannot be filled.
        """
        store = self.store
        if blueprint.tables != self.runtime.blueprint.tables:
            store = self._copied(blueprint)
        identity = self.runtime.identity
        interpreter = Interpreter(
            blueprint,
            store,
            NextTokens(identity.facts.next_token_secret),
            clock=self.runtime.clock,
            new_id=lambda: str(uuid4()),
        )
        policies = RolePolicies(blueprint.roles, config.roles, identity.facts.api_arn)
        host = Host(blueprint, interpreter, policies, groups_now=self._groups_now)
        with store.rehearsal() if store is self.store else nullcontext():
            return self._asked(host, interpreter)

    def _groups_now(self, caller: UserPoolCaller) -> tuple[str, ...] | None:
        user = self.runtime.identity.pool.users.get(caller.username)
        return user.groups if user else None

    def _asked(self, host: Host, interpreter: Interpreter) -> Rehearsed:
        trace = Trace(explained=True)
        prepared = host.prepare(self.request)
        kind = prepared[1].kind if isinstance(prepared, tuple) else None
        if kind is OperationType.SUBSCRIPTION:
            body: dict[str, object] = {"data": None}
            started = listener(host, interpreter, self.request, self.caller, trace)
            if not isinstance(started, Listener):
                body["errors"] = started[1]
            return Rehearsed(body, _OK, trace, answered=True)
        answer = host.execute(self.request, self.caller, trace)
        if isinstance(answer, RequestRefusal):
            answered = answer.status != _BAD_REQUEST
            body, reason = answer.body(), answer.reason
            return Rehearsed(body, answer.status, trace, answered, reason)
        return Rehearsed(
            answer.body(),
            _OK,
            trace,
            answered=answer.operation is not None,
            writes=kind is OperationType.MUTATION,
        )

    def _copied(self, blueprint: Blueprint) -> Store:
        """Return tables of another schema, with the items of the same name's table."""
        store = SqliteStore.in_memory(blueprint.tables)
        known = {table.name for table in self.runtime.blueprint.tables}
        for table in blueprint.tables:
            if table.name not in known:
                continue
            page = self.store.scan(ScanRequest(table.name, limit=_MOST_ITEMS))
            if isinstance(page, Refused) or page.last_key is not None:
                raise TooManyItems(table.name)
            for item in page.items:
                store.put(PutRequest(table.name, item))
        return store
