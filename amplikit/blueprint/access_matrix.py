"""Who may do what with which field: v2's access control matrix.

A model's rules give their roles every declared field; a field's own rules replace what
the model's rules said about it.

Source: AccessControlMatrix and convertRulesToRoles of the v2 auth transformer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, Strategy
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import READ_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from amplikit.blueprint.api import AuthRule, Model, RuleOperation

__all__ = [
    "MODE_OF",
    "MatrixRole",
    "access_matrix",
    "field_rules",
    "role_names",
    "some_reader_is_denied",
]

MODE_OF = {
    Provider.API_KEY: AuthMode.API_KEY,
    Provider.IAM: AuthMode.IAM,
    Provider.IDENTITY_POOL: AuthMode.IAM,
    Provider.USER_POOLS: AuthMode.USER_POOLS,
    Provider.OIDC: AuthMode.OIDC,
    Provider.FUNCTION: AuthMode.LAMBDA,
}
"""The mode with which a provider's callers come."""


@dataclass(frozen=True, slots=True)
class MatrixRole:
    """A kind of caller, and for each field the rule that decides about it, if any.

    ``rule`` is the first that is for these callers; ``name`` is the transformer's,
    without the model.
    """

    name: str
    rule: AuthRule
    cells: Mapping[str, AuthRule | None]

    @property
    def owner_field(self) -> str | None:
        """Where an owner's item says so; None for other strategies."""
        return self.rule.owner_field if self.rule.allow is Strategy.OWNER else None

    def allowed(self, field: str) -> frozenset[RuleOperation]:
        """Return the operations that it has on a field."""
        rule = self.cells[field]
        return frozenset() if rule is None else rule.operations

    def fields_for(self, operation: RuleOperation) -> set[str]:
        """Return the fields on which it has an operation."""
        return {field for field in self.cells if operation in self.allowed(field)}

    def may(self, operation: RuleOperation, *, everywhere: bool = False) -> bool:
        """Whether it has the operation on some field, or on every one."""
        join = all if everywhere else any
        return join(operation in self.allowed(field) for field in self.cells)

    def reads(self, field: str) -> bool:
        """Whether it has some read operation on the field."""
        return not self.allowed(field).isdisjoint(READ_OPERATIONS)

    def reads_fully(self, field: str) -> bool:
        """Whether it has every read operation on the field."""
        return self.allowed(field).issuperset(READ_OPERATIONS)


def role_names(rule: AuthRule, *, sub_owners: bool) -> tuple[str, ...]:
    """Return the roles of a rule as the transformer calls them, without the model.

    One a static group, else one. ``sub_owners``: owners are told apart by ``sub``, too,
    unless a rule says otherwise.
    """
    if rule.groups and rule.groups_field is None:
        return tuple(
            f"{rule.provider}:staticGroup:{group}:{rule.group_claim}"
            for group in rule.groups
        )
    if MODE_OF[rule.provider] is AuthMode.IAM:
        return (f"iam:{rule.allow}",)
    match rule.allow:
        case Strategy.GROUPS:
            field, claim = rule.groups_field, rule.group_claim
            return (f"{rule.provider}:dynamicGroup:{field}:{claim}",)
        case Strategy.OWNER:
            default = "sub::username" if sub_owners else "username"
            claim = rule.identity_claim or default
            return (f"{rule.provider}:owner:{rule.owner_field}:{claim}",)
        case Strategy.CUSTOM | Strategy.PRIVATE | Strategy.PUBLIC:
            return (f"{rule.provider}:{rule.allow}",)


def field_rules(model: Model, field: str) -> tuple[AuthRule, ...]:
    """Return the rules that hold for a field: its own, or else the model's."""
    known = model.field(field)
    own = known.rules if known else None
    return own if own is not None else model.rules or ()


def access_matrix(
    model: Model, fields: Iterable[str], *, sub_owners: bool
) -> tuple[MatrixRole, ...]:
    """Return the roles of a model, in the order of its rules.

    Of two rules for one role the last one counts, field by field.
    """
    names = tuple(fields)
    firsts: dict[str, AuthRule] = {}
    cells: dict[str, dict[str, AuthRule | None]] = {}
    for rule, held in _rules(model, names):
        for name in role_names(rule, sub_owners=sub_owners):
            firsts.setdefault(name, rule)
            cells.setdefault(name, dict.fromkeys(names)).update(
                dict.fromkeys(held, rule)
            )
    return tuple(MatrixRole(name, firsts[name], cells[name]) for name in cells)


def _rules(
    model: Model, names: tuple[str, ...]
) -> Iterator[tuple[AuthRule, tuple[str, ...]]]:
    """Yield every rule with the fields that it is for, the model's rules first."""
    own = {field.name: field.rules for field in model.fields if field.rules is not None}
    rest = tuple(name for name in names if name not in own)
    for rule in model.rules or ():
        yield rule, rest
    for name in names:
        for rule in own.get(name, ()):
            yield rule, (name,)


def some_reader_is_denied(roles: tuple[MatrixRole, ...], field: str) -> bool:
    """Whether a role that may get something of the model reads nothing of a field.

    Everybody signed in stands for every role of the same provider, if they read it
    fully. The transformer means all readers, but looks only at those who may get.
    """
    readers = [role for role in roles if role.may(READ_OPERATIONS[0])]
    for provider in (Provider.USER_POOLS, Provider.OIDC):
        everybody = f"{provider}:{Strategy.PRIVATE}"
        if any(role.name == everybody and role.reads_fully(field) for role in readers):
            readers = [role for role in readers if role.rule.provider is not provider]
    return any(not role.reads(field) for role in readers)
