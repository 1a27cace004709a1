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
from functools import cached_property
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import some_reader_is_denied
from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.blueprint.operations import Grant, OwnerIs, RequireAuth, Who, Written
from amplikit.planner.matrix import matrix, merged_grants, partial_deleters
from amplikit.planner.rules import rule_grants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amplikit.blueprint.access_matrix import MatrixRole
    from amplikit.blueprint.api import Api, AuthRule, Field, Model
    from amplikit.blueprint.config import Config
    from amplikit.blueprint.operations import GroupIs, Partial

__all__ = ["Access", "beside_rules"]

_TOKEN_MODES = (AuthMode.USER_POOLS, AuthMode.OIDC)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a grant is for, whichever rule it comes from."""

    mode: AuthMode
    who: Who
    names: tuple[str, ...]
    group_claim: str
    item: OwnerIs | GroupIs | None


@dataclass(frozen=True)
class Access:
    """The grants of one model's rules, asked by operation."""

    api: Api
    config: Config
    model: Model

    @cached_property
    def _roles(self) -> tuple[MatrixRole, ...]:
        return matrix(self.model, self.api)

    @property
    def protected(self) -> bool:
        """Whether any rule applies, on the model or on a field of it."""
        return self.model.rules is not None or any(
            field.rules is not None for field in self.model.fields
        )

    @property
    def redacts(self) -> bool:
        """Whether subscribers see what a mutation answers, so that it says less."""
        return not self.model.public_subscriptions and any(
            operation.kind in MUTATION_OF for operation in self.model.operations
        )

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Return the rules that decide about the whole of an item, for explanations.

        v1 asks the rules of a field apart from those of its type.
        """
        found = [Written(rule) for rule in self.model.rules or ()]
        if self.api.transformer is Transformer.V2:
            for field in self.model.fields:
                found += [Written(rule, field.name) for rule in field.rules or ()]
        return tuple(found)

    def field_written(self, field: Field) -> tuple[Written, ...]:
        """Return the rules that decide about one field, for explanations."""
        if field.rules is None:
            return tuple(Written(rule) for rule in self.model.rules or ())
        return tuple(Written(rule, field.name) for rule in field.rules)

    def grants(self, operation: RuleOperation) -> tuple[Grant, ...]:
        """Return who may do an operation, statically decided grants first."""
        if self.api.transformer is Transformer.V1:
            return self._protecting(self.model.rules or (), operation)
        merged = merged_grants(self.model, self.api, self._roles, operation)
        return (*self.beside_rules(), *_ordered(merged, operation))

    def partial(self, operation: RuleOperation) -> tuple[Partial, ...]:
        """Return who lacks but a few fields to do an operation (v2's delete)."""
        if operation is not RuleOperation.DELETE:
            return ()
        return tuple(partial_deleters(self.model, self.api, self._roles))

    def field_grants(self, field: Field, operation: RuleOperation) -> tuple[Grant, ...]:
        """Return who may do an operation on one field."""
        rules = field.rules if field.rules is not None else self.model.rules or ()
        if self.api.transformer is Transformer.V1:
            return self._protecting(rules, operation)
        by_rule = self._by_rule(rules, operation)
        return (*self.beside_rules(), *_ordered(by_rule, operation))

    def readers_differ(self, field: Field) -> bool:
        """Whether some reader of the model may not read this field (v2)."""
        return field.declared and some_reader_is_denied(self._roles, field.name)

    def beside_rules(self) -> tuple[Grant, ...]:
        """Return what the configuration grants whatever the rules say (v2)."""
        return beside_rules(self.api, self.config)

    def required(self) -> RequireAuth:
        """Return v2's last word: without any rule, nobody comes in."""
        return RequireAuth(
            sandbox=self.api.flag("sandboxModeEnabled", default=False),
            iam_access=self.config.iam_access,
        )

    def static_readers(self) -> frozenset[Reader] | None:
        """Return the roles that read, or None when an item decides for one (v2).

        Beside everybody who signs in, the other roles of a mode do not count.
        """
        found = [
            grant
            for operation in (RuleOperation.GET, RuleOperation.LIST)
            for grant in self.grants(operation)
        ]
        open_modes = {
            grant.mode
            for grant in found
            if grant.who is Who.ANY_OF_MODE and grant.mode in _TOKEN_MODES
        }
        grants = [
            grant
            for grant in found
            if grant.mode not in open_modes or grant.who is Who.ANY_OF_MODE
        ]
        if any(grant.who is Who.ITEM for grant in grants):
            return None
        return frozenset(
            Reader(grant.mode, grant.who, grant.names, grant.group_claim, grant.item)
            for grant in grants
        )

    def _protecting(
        self, rules: Iterable[AuthRule], operation: RuleOperation
    ) -> tuple[Grant, ...]:
        grants = self._by_rule(rules, operation)
        modes = {grant.mode for grant in grants}
        open_modes = {g.mode for g in grants if g.who is Who.ANY_OF_MODE}
        # v1 keeps one list of owner and group rules for all tokens, whoever made them.
        checked = [m for m in _TOKEN_MODES if m in modes and m not in open_modes]
        everywhere = (
            replace(grant, mode=mode)
            for grant in grants
            for mode in ([grant.mode] if grant.who is Who.ANY_OF_MODE else checked)
        )
        return _ordered(everywhere, operation)

    def _by_rule(
        self, rules: Iterable[AuthRule], operation: RuleOperation
    ) -> tuple[Grant, ...]:
        return tuple(
            grant
            for rule in rules
            if operation in rule.operations
            for grant in rule_grants(rule, self.model, self.api)
        )


def beside_rules(api: Api, config: Config) -> tuple[Grant, ...]:
    """Return what the configuration grants whatever the rules say (v2)."""
    if api.transformer is Transformer.V1 or AuthMode.IAM not in api.auth.modes:
        return ()
    grants = []
    if config.admin_role_names:
        grants.append(
            Grant(
                where=None,
                text="admin_role_names",
                mode=AuthMode.IAM,
                who=Who.ADMIN_ROLE,
                names=config.admin_role_names,
            )
        )
    if config.iam_access:
        grants.append(
            Grant(
                where=None,
                text="iam_access",
                mode=AuthMode.IAM,
                who=Who.IAM_ACCESS,
            )
        )
    return tuple(grants)


def _ordered(grants: Iterable[Grant], operation: RuleOperation) -> tuple[Grant, ...]:
    """Return static grants first; those of owners fill in the owner on create."""
    fill = operation is RuleOperation.CREATE
    return tuple(
        sorted(
            (
                replace(grant, fill=fill and isinstance(grant.item, OwnerIs))
                for grant in grants
            ),
            key=lambda grant: grant.who is Who.ITEM,
        )
    )
