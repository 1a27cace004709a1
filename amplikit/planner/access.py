"""From ``@auth`` rules to grants: who may do an operation of a model.

The two transformers read the same rules differently. v1 protects: a caller whose mode
has no rule is not checked, and ``private`` or ``public`` switch the owner and group
checks of their mode off. v2 denies by default, field rules replace the model's, and
IAM means the identity pool's roles.
Source: the templates of both transformers (docs/differences.md lists what is wanted
otherwise).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import (
    AuthRule,
    Provider,
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, RequireAuth, Who

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.api import Api, Field, Model
    from amplikit.blueprint.config import Config

__all__ = ["MISSING_CLAIM", "MODES", "Access", "owner_claims"]

MISSING_CLAIM = "___xamznone____"
"""What v1 compares with when a claim is absent; every such caller shares it."""

MODES = {
    Provider.API_KEY: AuthMode.API_KEY,
    Provider.IAM: AuthMode.IAM,
    Provider.IDENTITY_POOL: AuthMode.IAM,
    Provider.USER_POOLS: AuthMode.USER_POOLS,
    Provider.OIDC: AuthMode.OIDC,
    Provider.FUNCTION: AuthMode.LAMBDA,
}

_USERNAME = ("username", "cognito:username")


def owner_claims(rule: AuthRule, api: Api) -> tuple[tuple[str, ...], ...]:
    """Return the claims that make an owner, each with its alternatives in order."""
    claim = rule.identity_claim
    if claim is None and api.transformer is Transformer.V2:
        double = api.flag("useSubUsernameForDefaultIdentityClaim", default=True)
        claim = "sub::username" if double else "username"
    return tuple(
        _USERNAME if part in {*_USERNAME, ""} else (part,)
        for part in (claim or "username").split("::")
    )


@dataclass(frozen=True, slots=True)
class Access:
    """The grants of one model's rules, asked by operation."""

    api: Api
    config: Config
    model: Model

    @property
    def protected(self) -> bool:
        """Whether any rule applies, on the model or on a field of it."""
        return self.model.rules is not None or any(
            field.rules is not None for field in self.model.fields
        )

    def grants(self, operation: RuleOperation) -> tuple[Grant, ...]:
        """Return who may do an operation, statically decided grants first."""
        if self.api.transformer is Transformer.V1:
            return self._protecting(self.model.rules or (), operation)
        return (*self.beside_rules(), *self._merged(operation))

    def field_grants(self, field: Field, operation: RuleOperation) -> tuple[Grant, ...]:
        """Return who may do an operation on one field."""
        rules = field.rules if field.rules is not None else self.model.rules or ()
        if self.api.transformer is Transformer.V1:
            return self._protecting(rules, operation)
        by_rule = tuple(
            grant
            for rule in rules
            if operation in rule.operations
            for grant in self._split(rule)
        )
        return (*self.beside_rules(), *_static_first(by_rule))

    def readers_differ(self, field: Field) -> bool:
        """Whether some reader of the model may not read this field (v2)."""
        if field.rules is None and all(f.rules is None for f in self.model.fields):
            return False
        allowed = {
            _role(grant)
            for operation in (RuleOperation.GET, RuleOperation.LIST)
            for grant in self.field_grants(field, operation)
        }
        readers = {
            _role(grant)
            for operation in (RuleOperation.GET, RuleOperation.LIST)
            for grant in self.grants(operation)
        }
        return not readers <= allowed

    def beside_rules(self) -> tuple[Grant, ...]:
        """Return what the configuration grants whatever the rules say (v2)."""
        if self.api.transformer is Transformer.V1:
            return ()
        if AuthMode.IAM not in self.api.auth.modes:
            return ()
        grants = []
        if self.config.admin_role_names:
            grants.append(
                Grant(
                    where=None,
                    text="admin_role_names",
                    mode=AuthMode.IAM,
                    who=Who.ADMIN_ROLE,
                    names=self.config.admin_role_names,
                )
            )
        if self.config.iam_access:
            grants.append(
                Grant(
                    where=None,
                    text="iam_access",
                    mode=AuthMode.IAM,
                    who=Who.IAM_ACCESS,
                )
            )
        return tuple(grants)

    def required(self) -> RequireAuth:
        """Return v2's last word: without any rule, nobody comes in."""
        return RequireAuth(
            sandbox=self.api.flag("sandboxModeEnabled", default=False),
            iam_access=self.config.iam_access,
        )

    def static_readers(self) -> frozenset[object] | None:
        """Return the roles that read, or None when an item decides for one (v2)."""
        grants = [
            grant
            for operation in (RuleOperation.GET, RuleOperation.LIST)
            for grant in self.grants(operation)
        ]
        if any(grant.who is Who.ITEM for grant in grants):
            return None
        return frozenset(_role(grant) for grant in grants)

    def _protecting(
        self, rules: Iterable[AuthRule], operation: RuleOperation
    ) -> tuple[Grant, ...]:
        grants = [
            grant
            for rule in rules
            if operation in rule.operations
            for grant in self._split(rule)
        ]
        open_modes = {g.mode for g in grants if g.who is Who.ANY_OF_MODE}
        return _static_first(
            grant
            for grant in grants
            if grant.who is Who.ANY_OF_MODE or grant.mode not in open_modes
        )

    def _merged(self, operation: RuleOperation) -> tuple[Grant, ...]:
        """Merge model and field rules: a grant covers the fields that name its role."""
        guarded = tuple(f for f in self.model.fields if _accepts_input(f))
        by_role: dict[object, Grant] = {}
        covered: dict[object, set[str]] = {}
        deletable: dict[object, set[str]] = {}
        for field in guarded:
            rules = field.rules if field.rules is not None else self.model.rules or ()
            for rule in rules:
                for grant in self._split(rule):
                    role = _role(grant)
                    if operation in rule.operations:
                        by_role.setdefault(role, grant)
                        covered.setdefault(role, set()).add(field.name)
                    if RuleOperation.DELETE in rule.operations:
                        deletable.setdefault(role, set()).add(field.name)
        everything = {field.name for field in guarded}
        merged = []
        for role, grant in by_role.items():
            fields, nulls = covered[role], deletable.get(role, set())
            if operation is RuleOperation.DELETE and fields != everything:
                continue
            merged.append(
                replace(
                    grant,
                    fields=None if fields == everything else frozenset(fields),
                    null_fields=None if nulls == everything else frozenset(nulls),
                )
            )
        return _static_first(merged)

    def _split(self, rule: AuthRule) -> tuple[Grant, ...]:
        """Return one grant a rule, or one a static group."""
        base = Grant(
            where=rule.where,
            text=rule.text,
            mode=MODES[rule.provider],
            who=self._who(rule),
            group_claim=rule.group_claim,
        )
        match rule.allow:
            case Strategy.OWNER:
                return (replace(base, item=self._owner(rule), fill=True),)
            case Strategy.GROUPS if rule.groups_field is not None:
                field = self.model.field(rule.groups_field)
                item = GroupIs(
                    rule.groups_field,
                    rule.group_claim,
                    is_list=field.type.is_list if field else None,
                )
                return (replace(base, item=item),)
            case Strategy.GROUPS:
                return tuple(replace(base, names=(name,)) for name in rule.groups)
            case _:
                return (base,)

    def _who(self, rule: AuthRule) -> Who:
        pool_role = (
            self.api.transformer is Transformer.V2
            and MODES[rule.provider] is AuthMode.IAM
        )
        match rule.allow:
            case Strategy.OWNER:
                return Who.ITEM
            case Strategy.GROUPS:
                return Who.GROUPS if rule.groups_field is None else Who.ITEM
            case Strategy.PRIVATE if pool_role:
                return Who.SIGNED_IN_ROLE
            case Strategy.PUBLIC if pool_role:
                return Who.GUEST_ROLE
            case _:
                return Who.ANY_OF_MODE

    def _owner(self, rule: AuthRule) -> OwnerIs:
        field = self.model.field(rule.owner_field)
        first = self.api.transformer is Transformer.V1
        return OwnerIs(
            attribute=rule.owner_field,
            claims=owner_claims(rule, self.api),
            is_list=field.type.is_list if field else False,
            missing_claim=MISSING_CLAIM if first else None,
        )


def _accepts_input(field: Field) -> bool:
    """Whether rules on this field are looked at: what a create input may hold."""
    return (field.declared or field.name == "id") and field.relation is None


def _role(grant: Grant) -> object:
    return (grant.mode, grant.who, grant.names, grant.group_claim, grant.item)


def _static_first(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda grant: grant.who is Who.ITEM))
