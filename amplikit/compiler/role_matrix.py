"""Who may do what with which field: v2's access control matrix.

A model's rules give their roles every declared field; a field's own rules replace what
the model's rules said about it.

Source: AccessControlMatrix and convertRulesToRoles of the v2 auth transformer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Provider, RuleOperation, Strategy
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.compiler.document import fields_of, find_directive
from amplikit.compiler.rejection import rejection
from amplikit.compiler.use import DirectiveUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from amplikit.blueprint.api import AuthRule, Model
    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions
    from amplikit.errors import Problem

__all__ = ["Role", "matrix_of", "required_field_problems", "role_names"]


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of caller, and the operations it has on each field.

    ``owner_field`` is where an owner's item says so; None for other strategies.
    """

    name: str
    provider: Provider
    owner_field: str | None
    cells: Mapping[str, frozenset[RuleOperation]]

    def may(self, operation: RuleOperation, *, everywhere: bool = False) -> bool:
        """Whether it has the operation on some field, or on every one."""
        fields = self.cells.values()
        join = all if everywhere else any
        return join(operation in allowed for allowed in fields)

    def reads(self, field: str) -> bool:
        """Whether it has some read operation on the field."""
        return not self.cells[field].isdisjoint(READ_OPERATIONS)

    def reads_fully(self, field: str) -> bool:
        """Whether it has every read operation on the field."""
        return self.cells[field].issuperset(READ_OPERATIONS)


def role_names(rule: AuthRule, model: str, options: CompileOptions) -> tuple[str, ...]:
    """Return the roles of a rule as the transformer calls them."""
    begin = f"{model}:{rule.provider}"
    if rule.groups and rule.groups_field is None:
        return tuple(
            f"{begin}:staticGroup:{group}:{rule.group_claim}" for group in rule.groups
        )
    if rule.provider in {Provider.IAM, Provider.IDENTITY_POOL}:
        return (f"{model}:iam:{rule.allow}",)
    match rule.allow:
        case Strategy.GROUPS:
            return (f"{begin}:dynamicGroup:{rule.groups_field}:{rule.group_claim}",)
        case Strategy.OWNER:
            joined = options.flag("useSubUsernameForDefaultIdentityClaim")
            default = "sub::username" if joined else "username"
            claim = rule.identity_claim or default
            return (f"{begin}:owner:{rule.owner_field}:{claim}",)
        case Strategy.CUSTOM | Strategy.PRIVATE | Strategy.PUBLIC:
            return (f"{begin}:{rule.allow}",)


def matrix_of(draft: Draft, model: Model) -> tuple[Role, ...] | None:
    """Return the roles of a model, None when it has no rule anywhere."""
    fields = [node.name.value for node in fields_of(draft.document.objects[model.name])]
    nothing = dict.fromkeys(fields, frozenset[RuleOperation]())
    cells: dict[str, dict[str, frozenset[RuleOperation]]] = {}
    rules: dict[str, AuthRule] = {}
    found = model.rules is not None
    for rule in model.rules or ():
        for role in role_names(rule, model.name, draft.options):
            cells[role] = dict.fromkeys(fields, rule.operations)
            rules[role] = rule
    for name in fields:
        field = model.field(name)
        if field is None or field.rules is None:
            continue
        found = True
        for allowed in cells.values():
            allowed[name] = frozenset()
        for rule in field.rules:
            for role_name in role_names(rule, model.name, draft.options):
                cells.setdefault(role_name, dict(nothing))[name] = rule.operations
                rules.setdefault(role_name, rule)
    if not found:
        return None
    return tuple(_role(name, rules[name], cells[name]) for name in cells)


def _role(
    name: str, rule: AuthRule, cells: Mapping[str, frozenset[RuleOperation]]
) -> Role:
    owner = rule.owner_field if rule.allow is Strategy.OWNER else None
    return Role(name, rule.provider, owner, cells)


def required_field_problems(draft: Draft) -> Iterator[Problem]:
    """Yield the models where a reader would get null for a field that cannot be.

    Only while subscriptions are on; ``subscriptions: null`` counts as on here.
    """
    for model in draft.models.values():
        roles = matrix_of(draft, model)
        if roles is None or _level(draft, model.name) != "on":
            continue
        hidden = (
            tuple(
                name for name in roles[0].cells if _some_reader_is_denied(roles, name)
            )
            if roles
            else ()
        )
        wrong = tuple(name for name in hidden if _stays_required(model, name))
        field = model.field(wrong[0]) if wrong else None
        if field is None:
            continue
        names = json.dumps(wrong, separators=(",", ":"), ensure_ascii=False)
        yield rejection(
            "required-field-with-rules",
            message=f"'{model.name}.{field.name}' is required, and not everybody who "
            f"may read a '{model.name}' may read it.",
            hint="Make the field nullable, or let every reader of the model read it.",
            where=field.where,
            amplify="When using field-level authorization rules you need to add rules "
            "to all of the model's required fields with at least read permissions. "
            f'Found model "{model.name}" with required fields {names} missing '
            "field-level authorization rules.\n\nFor more information visit "
            "https://docs.amplify.aws/cli/graphql/authorization-rules/"
            "#field-level-authorization-rules",
        )


def _level(draft: Draft, model: str) -> str:
    node = draft.document.objects[model]
    directive = find_directive(node, "model")
    if directive is None:
        return "on"
    where = draft.document.places.of(directive)
    use = DirectiveUse(directive, node, None, where, draft.document)
    level = (use.mapping("subscriptions") or {}).get("level")
    return level if isinstance(level, str) else "on"


def _stays_required(model: Model, name: str) -> bool:
    """Whether the printed field is required; a connection never is."""
    field = model.field(name)
    if field is None or (field.relation is not None and field.relation.many):
        return False
    return field.type.required


def _some_reader_is_denied(roles: tuple[Role, ...], field: str) -> bool:
    # The transformer means all readers, but looks only at those who may get.
    readers = [role for role in roles if role.may(READ_OPERATIONS[0])]
    for provider in (Provider.USER_POOLS, Provider.OIDC):
        private = [
            role
            for role in readers
            if role.provider is provider and role.name.endswith(f"{provider}:private")
        ]
        if private and private[0].reads_fully(field):
            readers = [
                role
                for role in readers
                if role.provider is not provider or role is private[0]
            ]
    return any(not role.reads(field) for role in readers)
