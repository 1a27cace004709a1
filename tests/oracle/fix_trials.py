"""Every refusal of a corpus case, by all three layers, and whether its patch turns it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from decision_callers import personas
from decision_cases import INSTANT
from graphql import ObjectTypeDefinitionNode, parse
from velocity_resolvers import NEW_ID

from amplikit.blueprint.config import RoleConfig
from amplikit.blueprint.denials import ByMode, ByPolicy, Denial
from amplikit.blueprint.field_access import field_access
from amplikit.blueprint.resources import PolicyStatement, guest_role, signed_in_role
from amplikit.cli._patches import denial_key, patch_for, staged
from amplikit.compiler import Source
from amplikit.emulator.auth.policy import RolePolicies
from amplikit.emulator.calls import FieldCall
from amplikit.emulator.interpret import Interpreter
from amplikit.emulator.next_token import NextTokens
from amplikit.emulator.trace import Decision, Trace
from amplikit.identity.caller import Caller, IamCaller
from amplikit.inspect.fixes import instead
from amplikit.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decision_cases import Case
    from decision_requests import Asked

    from amplikit.cli._patches import Patch, Stage

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
_ROOTS = {"Query", "Mutation", "Subscription"}


@dataclass(frozen=True)
class Trial:
    """One refusal, how it is explained, and what patch there is for it."""

    coordinate: str
    persona: str
    decision: Decision
    denial: Denial
    patch: Patch | None
    without: str
    turned: bool
    asked: Asked


@dataclass
class _Layers:
    """What one stage answers, over the items of a case."""

    stage: Stage
    store: SqliteStore
    interpreter: Interpreter = field(init=False)

    def __post_init__(self) -> None:
        blueprint = self.stage.situation.blueprint
        self.interpreter = Interpreter(
            blueprint,
            self.store,
            NextTokens(b"s" * 32),
            clock=lambda: INSTANT,
            new_id=lambda: NEW_ID,
        )
        self.access = {}
        for node in parse(blueprint.sdl).definitions:
            if isinstance(node, ObjectTypeDefinitionNode):
                for one in node.fields or ():
                    self.access[f"{node.name.value}.{one.name.value}"] = field_access(
                        one.directives or (), node.directives or (), blueprint.auth
                    )
        roles = self.stage.situation.config.roles
        self.policies = RolePolicies(blueprint.roles, roles, "arn:aws:appsync:x")

    def refusal(self, asked: Asked, caller: Caller) -> Decision | None:
        """Return the first refusal, in the order in which the service asks."""
        parent, _, name = asked.coordinate.partition(".")
        path = (name,)
        if isinstance(caller, IamCaller) and parent in _ROOTS:
            verdict = self.policies.verdict(caller.role, parent, name)
            if not verdict.allowed:
                cause = ByPolicy(caller.role, verdict.statement is not None)
                denial = Denial(asked.coordinate, caller, cause)
                return Decision(path, "policy", "deny", denial=denial)
        access = self.access.get(asked.coordinate)
        if access is not None and not access.admits(caller):
            denial = Denial(asked.coordinate, caller, ByMode())
            return Decision(path, "directive", "deny", denial=denial)
        call = FieldCall(parent, name, asked.arguments, asked.source, caller, path)
        trace = Trace()
        if parent == "Subscription":
            self.interpreter.subscribe(call, trace)
        elif asked.coordinate in self.interpreter.coordinates:
            with self.store.rehearsal():
                self.interpreter.run(call, trace)
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
        (one.label, _with_role(one.caller, case)) for one in personas(case.api)
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
            without = other.says if other is not None and other.alone else ""
            kind = (*denial_key(denial), label, bool(without))
            if kind in seen:
                continue
            seen.add(kind)

            def again(stage: Stage, asked=asked, caller=caller) -> Denial | None:
                left = layers(stage).refusal(asked, caller)
                return left.denial if left else None

            patch = patch_for(now, denial, again)
            turned = patch is not None and again(patch.after) is None
            yield Trial(
                asked.coordinate,
                label,
                decision,
                denial,
                patch,
                without,
                turned,
                asked,
            )


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
