"""All three layers of a field for one identity: mode, IAM policy, rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import Strategy
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.policies import allows
from amplikit.blueprint.resources import GRAPHQL_ACTION
from amplikit.inspect.matrix.cells import Cell, Layer, Rule, Verdict, both
from amplikit.inspect.matrix.printed import read_printed
from amplikit.inspect.matrix.rules import OPEN, Checks, checks_of

if TYPE_CHECKING:
    from amplikit.blueprint.resources import Blueprint, PolicyStatement
    from amplikit.inspect.matrix.identities import Identity

__all__ = ["Layers", "reached"]

_EVERYBODY = frozenset({Strategy.PRIVATE, Strategy.PUBLIC, Strategy.CUSTOM})
_ALLOWED = Cell(Verdict.ALLOW, Layer.DIRECTIVE)


class Layers:
    """The gates of one blueprint; ``api_arn`` is what policies name resources by."""

    def __init__(self, blueprint: Blueprint, api_arn: str) -> None:
        self.printed = read_printed(blueprint.sdl, blueprint.auth)
        self._api_arn = api_arn
        self._resolvers = {one.coordinate: one for one in blueprint.resolvers}
        self._written = {one.coordinate: one for one in blueprint.field_rules}
        self._statements: dict[str, tuple[PolicyStatement, ...]] = {}
        for role in blueprint.roles:
            known = self._statements.get(role.name, ())
            self._statements[role.name] = (*known, *role.policy)

    def root(self, coordinate: str, identity: Identity) -> Cell:
        """Return what a root field answers an identity with."""
        for refused in (
            self._directive(coordinate, identity),
            self._policy(coordinate, identity),
        ):
            if refused is not None:
                return refused
        found = self.checks(coordinate).cell(identity)
        return self._meant(coordinate, identity) if found == OPEN else found

    def read(self, coordinate: str, identity: Identity) -> Cell:
        """Return what stands before a field of a type, once its item is read."""
        refused = self._directive(coordinate, identity)
        return refused or self.checks(coordinate).cell(identity)

    def write(self, coordinate: str, name: str, identity: Identity) -> Cell:
        """Return whether an input may hold a field."""
        whole = self.root(coordinate, identity)
        if whole.verdict is Verdict.DENY and whole.layer is not Layer.RULE:
            return whole
        return self.checks(coordinate).field(identity, name)

    def checks(self, coordinate: str) -> Checks:
        """Return the rules' part."""
        given = self.printed.inputs.get(coordinate)
        arguments = self.printed.arguments.get(coordinate, frozenset())
        return checks_of(self._resolvers.get(coordinate), given, arguments)

    def _meant(self, coordinate: str, identity: Identity) -> Cell:
        """Return what is open to everybody, with the rules that say so, if any do."""
        written = self._written.get(coordinate)
        rules = tuple(
            Rule(rule.text, rule.where)
            for rule in (written.rules if written else ())
            if MODE_OF[rule.provider] is identity.mode
            and rule.allow in _EVERYBODY
            and written is not None
            and written.operation in rule.operations
        )
        return replace(OPEN, rules=rules, reason="") if rules else OPEN

    def _directive(self, coordinate: str, identity: Identity) -> Cell | None:
        access = self.printed.access.get(coordinate)
        if access is None or access.admits(identity):
            return None
        if identity.mode in access.modes:
            reason = f"It is for groups {', '.join(sorted(access.groups or ()))} only."
        else:
            admitted = ", ".join(sorted(access.modes))
            reason = f"The schema admits {admitted}, not {identity.mode.value}."
        written = self._written.get(coordinate)
        place = written.where if written else None
        rules = (Rule(f"directives of {coordinate}", place),) if place else ()
        return Cell(Verdict.DENY, Layer.DIRECTIVE, rules=rules, reason=reason)

    def _policy(self, coordinate: str, identity: Identity) -> Cell | None:
        if identity.mode is not AuthMode.IAM or identity.role is None:
            return None
        parent, _, name = coordinate.partition(".")
        resource = f"types/{parent}/fields/{name}"
        statements = self._statements.get(identity.role, ())
        found = allows(statements, GRAPHQL_ACTION, resource, self._api_arn)
        if found.allowed:
            return None
        reason = f"The policy of '{identity.role}' " + (
            f"denies {resource} explicitly."
            if found.statement
            else f"does not allow {resource}."
        )
        return Cell(Verdict.DENY, Layer.POLICY, reason=reason)


def reached(read: Cell | None, field: Cell) -> Cell:
    """Return what is seen of a field by who reads its item like this."""
    return both(read or _ALLOWED, field)
