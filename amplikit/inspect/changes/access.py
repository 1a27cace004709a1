"""Who may call a field, by mode and kind of caller: read off resolvers and schema.

A caller passes two gates: the modes that the schema's directives let in, and the grants
of the resolver. What the identity pool's roles are granted stands apart, as the third.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode

from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Authorize, Outcome, RequireAuth
from amplikit.blueprint.resources import RoleKind
from amplikit.inspect.printed import field_modes, object_types
from amplikit.inspect.who import EVERYBODY, NOBODY, kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.operations import Grant, Resolver
    from amplikit.blueprint.resources import Blueprint

__all__ = ["AccessChange", "Gates", "access_changes"]

ROOTS = ("Query", "Mutation", "Subscription")

_POOL_ROLES = {
    RoleKind.IDENTITY_POOL_AUTHENTICATED: "signed-in role",
    RoleKind.IDENTITY_POOL_UNAUTHENTICATED: "guest role",
}


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Who may use a field in one mode, before and after, in words.

    ``coordinate`` is the field, or what a policy opens; ``model`` and ``operation``
    are those that a generated root field is for. ``mode`` is an authorization type, or
    ``policy`` for what the identity pool's roles are granted.
    """

    coordinate: str
    model: str | None
    operation: str | None
    mode: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def access_changes(before: Blueprint, after: Blueprint) -> Iterator[AccessChange]:
    """Yield the fields of both blueprints that not the same callers may use."""
    old, new = Gates(before), Gates(after)
    made = {one.coordinate: one for one in (*before.field_rules, *after.field_rules)}
    for coordinate in sorted(old.fields & new.fields):
        model = made[coordinate].model if coordinate in made else None
        operation = made[coordinate].operation if coordinate in made else None
        for mode in dict.fromkeys((*before.auth.modes, *after.auth.modes)):
            callers = old.callers(coordinate, mode), new.callers(coordinate, mode)
            if callers[0] != callers[1]:
                yield AccessChange(coordinate, model, operation, mode.value, *callers)
    granted = _policies(before), _policies(after)
    for resource in sorted(granted[0].keys() | granted[1].keys()):
        roles = tuple(found.get(resource, NOBODY) for found in granted)
        if roles[0] != roles[1]:
            yield AccessChange(resource, None, None, "policy", *roles)


class Gates:
    """The modes of each field of a schema, and its resolvers by field."""

    def __init__(self, blueprint: Blueprint) -> None:
        self._resolvers = {one.coordinate: one for one in blueprint.resolvers}
        types = tuple(object_types(blueprint.sdl))
        self._modes = field_modes(types, blueprint.auth)
        self._types = {
            node.name.value: {
                field.name.value: _named(field.type) for field in node.fields or ()
            }
            for node in types
        }

    @property
    def fields(self) -> frozenset[str]:
        """The coordinates of all fields."""
        return frozenset(self._modes)

    def callers(self, coordinate: str, mode: AuthMode) -> tuple[str, ...]:
        """Return who of a mode may use a field."""
        if mode not in self._modes[coordinate]:
            return NOBODY
        resolver = self._resolvers.get(coordinate)
        return _let_in(resolver, mode) if resolver else EVERYBODY

    def reachable(self, mode: AuthMode) -> frozenset[str]:
        """Return the types that somebody of a mode can get to from a root."""
        found: set[str] = set()
        waiting = [name for name in ROOTS if name in self._types]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            waiting += [
                target
                for field, target in self._types[name].items()
                if target in self._types
                and self.callers(f"{name}.{field}", mode) != NOBODY
            ]
        return frozenset(found)


def _named(node: TypeNode) -> str:
    """Return the name inside of lists and exclamation marks."""
    while not isinstance(node, NamedTypeNode):
        if not isinstance(node, ListTypeNode | NonNullTypeNode):
            message = f"no type: {node}"
            raise TypeError(message)
        node = node.type
    return node.name.value


def _let_in(resolver: Resolver, mode: AuthMode) -> tuple[str, ...]:
    """Return who of a mode passes every check of a resolver."""
    operations = list(
        chain.from_iterable((*one.before, *one.after) for one in resolver.functions)
    )
    checks = [one for one in operations if isinstance(one, Authorize)]
    found: dict[str, None] = {}
    for check in checks:
        passing = tuple(_passing(check, mode))
        everybody = EVERYBODY[0] in passing
        found |= dict.fromkeys(EVERYBODY if everybody else passing)
    if not checks:
        required = next((o for o in operations if isinstance(o, RequireAuth)), None)
        return _beside_rules(required, mode) if required else EVERYBODY
    return tuple(sorted(found)) or EVERYBODY


def _beside_rules(required: RequireAuth, mode: AuthMode) -> tuple[str, ...]:
    """Return who passes where no rule was written (v2)."""
    if required.sandbox and mode is AuthMode.API_KEY:
        return EVERYBODY
    if required.iam_access and mode is AuthMode.IAM:
        return ("IAM callers from outside of the identity pool",)
    return NOBODY


def _passing(check: Authorize, mode: AuthMode) -> Iterator[str]:
    field = f", field '{check.given}'" if check.given else ""
    grants = [grant for grant in check.grants if grant.mode is mode]
    if not grants and check.unmatched is not Outcome.ALLOW:
        yield NOBODY[0] + field
    elif not grants and not check.given:
        yield EVERYBODY[0]
    for grant in grants:
        for text in kinds(grant):
            yield text + _limits(grant) + field


def _limits(grant: Grant) -> str:
    if grant.fields is None:
        return ""
    return f", fields {', '.join(sorted(grant.fields)) or 'none'}"


def _policies(blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for role in blueprint.roles:
        name = _POOL_ROLES.get(role.kind)
        for resource in (r for one in role.policy for r in one.resources):
            if name is not None:
                found[resource] = (*found.get(resource, ()), name)
    return found
