"""Every refusal of a corpus case, by all three layers, and what turns it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from decision_callers import Holder, personas
from decision_cases import INSTANT
from velocity_resolvers import NEW_ID

from amplikit.blueprint.config import RoleConfig
from amplikit.blueprint.field_access import field_access
from amplikit.blueprint.resources import PolicyStatement, guest_role, signed_in_role
from amplikit.cli._patches import denial_key, patch_for, staged
from amplikit.compiler import Source
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.calls import FieldCall
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.schema import ExecutableSchema, executable_schema
from amplikit.emulator.trace import Trace
from amplikit.identity.caller import Caller, IamCaller
from amplikit.inspect.fixes import instead
from amplikit.inspect.printed import object_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_cases import Case
    from decision_requests import Asked

    from amplikit.blueprint.denials import Denial
    from amplikit.cli._patches import Patch, Stage
    from amplikit.emulator.trace import Decision
    from amplikit.inspect.fixes import Instead
    from amplikit.store import SqliteStore

    __all__ = ["Trial", "trials"]

_ROLES = (
    RoleConfig(
        "profileFnRole",
        (PolicyStatement("Allow", ("appsync:GraphQL",), ("types/Query/*",)),),
    ),
    RoleConfig(
        "app-adminRole-1-dev", (PolicyStatement("Allow", ("appsync:*",), ("*",)),)
    ),
)
_NO_RULE = ("No rule ", "The model has no @auth", "Add types/")
_ROOTS = {"Query", "Mutation", "Subscription"}


@dataclass(frozen=True)
class Trial:
    """One refusal, how it is explained, and what there is against it.

    ``proven``: the patch, or the other request, turns the verdict when it is tried.
    """

    coordinate: str
    persona: str
    decision: Decision
    patch: Patch | None
    instead: Instead | None
    proven: bool
    asked: Asked

    @property
    def names_its_rule(self) -> bool:
        """Whether the place of a rule is told, or that there is no such rule."""
        told = self.decision.rule is not None or bool(self.decision.considered)
        return told or self.decision.hint.startswith(_NO_RULE)


class _Layers:
    """What one stage answers, over the items of a case."""

    def __init__(self, stage: Stage, store: SqliteStore) -> None:
        blueprint = stage.situation.blueprint
        self._store = store
        self._interpreter = Interpreter(
            blueprint,
            store,
            NextTokens(b"s" * 32),
            clock=lambda: INSTANT,
            new_id=lambda: NEW_ID,
        )
        self._blueprint = blueprint
        self._access = {
            f"{node.name.value}.{one.name.value}": field_access(
                one.directives or (), node.directives or (), blueprint.auth
            )
            for node in object_types(blueprint.sdl)
            for one in node.fields or ()
        }
        roles = stage.situation.config.roles
        self._policies = RolePolicies(blueprint.roles, roles, "arn:aws:appsync:x")

    @cached_property
    def _modes(self) -> ExecutableSchema:
        """What decides on modes while serving; it takes longer to make."""
        return executable_schema(self._blueprint, self._interpreter)

    def refusal(self, asked: Asked, caller: Caller) -> Decision | None:
        """Return the first refusal, in the order in which the service asks."""
        parent, _, name = asked.coordinate.partition(".")
        path = (name,)
        trace = Trace(explained=True)
        if isinstance(caller, IamCaller) and parent in _ROOTS:
            decision = self._policies.decide(caller, asked.coordinate, explained=True)
            if decision.verdict == "deny":
                return decision
        access = self._access.get(asked.coordinate)
        if access is not None and not access.admits(caller):
            assert not self._modes.decide(asked.coordinate, caller, path, trace)
            return trace.decisions[-1]
        call = FieldCall(parent, name, asked.arguments, asked.source, caller, path)
        if parent == "Subscription":
            self._interpreter.subscribe(call, trace)
        elif asked.coordinate in self._interpreter.coordinates:
            with self._store.rehearsal():
                self._interpreter.run(call, trace)
        return next((one for one in trace.decisions if one.verdict == "deny"), None)


def trials(case: Case, tally: Counter[str] | None = None) -> Iterator[Trial]:
    """Yield one trial for each kind of refusal by each caller of each field."""
    counted = Counter[str]() if tally is None else tally
    config = replace(case.config, roles=_ROLES)
    now = staged((Source("case.graphql", case.text),), config)
    assert now is not None

    @lru_cache(maxsize=64)
    def layers(stage: Stage) -> _Layers:
        return _Layers(stage, case.store)

    seen: set[tuple[object, ...]] = set()
    everybody = [
        (one.label, _with_role(one.caller, case))
        for one in personas(case.api)
        if one.caller.mode in case.api.auth.modes and not isinstance(one.caller, Holder)
    ]
    for asked in case.requests():
        for label, caller in everybody:
            counted["verdicts"] += 1
            decision = layers(now).refusal(asked, caller)
            if decision is None:
                continue
            counted["denials"] += 1
            denial = decision.denial
            assert denial is not None
            other = instead(denial, case.api)
            alone = other is not None and other.alone
            kind = (*denial_key(denial), label, alone)
            if kind in seen:
                continue
            seen.add(kind)

            def again(
                stage: Stage, asked: Asked = asked, caller: Caller = caller
            ) -> Denial | None:
                left = layers(stage).refusal(asked, caller)
                return left.denial if left else None

            patch = patch_for(now, denial, again)
            if patch is not None:
                proven = again(patch.after) is None
            else:
                better = _asked_otherwise(asked, other)
                proven = better is not None and again(now, better) is None
            yield Trial(asked.coordinate, label, decision, patch, other, proven, asked)


def _asked_otherwise(asked: Asked, other: Instead | None) -> Asked | None:
    """Return the request as it is advised; None where that is not about arguments."""
    if other is None or not (other.argument or other.leave_out):
        return None
    given = dict(asked.arguments)
    if other.argument:
        given |= dict([other.argument])
    held = given.get("input")
    if isinstance(held, dict):
        kept = {n: one for n, one in held.items() if n not in other.leave_out}
        given["input"] = kept
    return replace(asked, arguments=given)


def _with_role(caller: Caller, case: Case) -> Caller:
    """Return a caller whose role is one that the blueprint, or the config, knows."""
    if not isinstance(caller, IamCaller):
        return caller
    name = case.config.name
    match caller.cognito_identity_auth_type:
        case "authenticated":
            return replace(caller, role=signed_in_role(name))
        case "unauthenticated":
            return replace(caller, role=guest_role(name))
        case _:
            return caller
