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
    OperationKind,
    Provider,
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operations import (
    Grant,
    GroupIs,
    GroupText,
    OwnerIs,
    RequireAuth,
    Who,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.api import Api, Field, Model
    from amplikit.blueprint.config import Config

__all__ = ["MISSING_CLAIM", "MODES", "Access", "Role", "owner_claims"]

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

_SUBSCRIPTIONS = frozenset(
    {OperationKind.ON_CREATE, OperationKind.ON_UPDATE, OperationKind.ON_DELETE}
)
_READ = frozenset(
    {
        RuleOperation.GET,
        RuleOperation.LIST,
        RuleOperation.SEARCH,
        RuleOperation.LISTEN,
        RuleOperation.SYNC,
    }
)
_TOKEN_MODES = frozenset({AuthMode.USER_POOLS, AuthMode.OIDC})


def owner_claims(rule: AuthRule, api: Api) -> tuple[tuple[str, ...], ...]:
    """Return the claims that make an owner, each with its alternatives in order.

    Only v2 knows owners of several claims.
    """
    claim = rule.identity_claim or "username"
    if api.transformer is Transformer.V1:
        return (_alternatives(claim),)
    double = api.flag("useSubUsernameForDefaultIdentityClaim", default=True)
    if rule.identity_claim is None and double:
        claim = "sub::username"
    return tuple(_alternatives(part) for part in claim.split("::"))


def _alternatives(claim: str) -> tuple[str, ...]:
    """An access token's ``username`` is ``cognito:username`` in an id token."""
    return ("username", "cognito:username") if claim == "username" else (claim,)


@dataclass(frozen=True, slots=True)
class Role:
    """Whom a grant is for, whichever rule it comes from."""

    mode: AuthMode
    who: Who
    names: tuple[str, ...] = ()
    group_claim: str = "cognito:groups"
    item: OwnerIs | GroupIs | None = None


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

    @property
    def redacts(self) -> bool:
        """Whether subscribers see what a mutation answers, so that it says less."""
        return not self.model.public_subscriptions and any(
            operation.kind in _SUBSCRIPTIONS for operation in self.model.operations
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
        """Whether some reader of the model may not read this field (v2).

        Everybody signed in stands for every role of the same mode, if they read it.
        """
        if not field.declared:
            return False
        matrix = self._matrix()
        readers = {
            role: cells
            for role, cells in matrix.items()
            if any(RuleOperation.GET in allowed for allowed in cells.values())
        }
        for mode in _TOKEN_MODES:
            everybody = Role(mode, Who.ANY_OF_MODE)
            if _READ <= readers.get(everybody, {}).get(field.name, frozenset()):
                readers = {
                    role: cells
                    for role, cells in readers.items()
                    if role.mode is not mode
                }
        return any(
            _READ.isdisjoint(cells.get(field.name, frozenset()))
            for cells in readers.values()
        )

    def _matrix(self) -> dict[Role, dict[str, frozenset[RuleOperation]]]:
        """Return what each role may do with each declared field (v2)."""
        matrix: dict[Role, dict[str, frozenset[RuleOperation]]] = {}
        for field, rule, grant in self._cells():
            cells = matrix.setdefault(_role(grant), {})
            cells[field.name] = cells.get(field.name, frozenset()) | rule.operations
        return matrix

    def _cells(self) -> Iterator[tuple[Field, AuthRule, Grant]]:
        for field in self.model.fields:
            if field.declared:
                own = field.rules
                for rule in own if own is not None else self.model.rules or ():
                    for grant in self._split(rule):
                        yield field, rule, grant

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
        modes = {grant.mode for grant in grants}
        open_modes = {g.mode for g in grants if g.who is Who.ANY_OF_MODE}
        # v1 keeps one list of owner and group rules for all tokens, whoever made them.
        checked = _TOKEN_MODES & modes - open_modes
        return _static_first(
            replace(grant, mode=mode)
            for grant in grants
            for mode in ((grant.mode,) if grant.who is Who.ANY_OF_MODE else checked)
        )

    def _merged(self, operation: RuleOperation) -> tuple[Grant, ...]:
        """Merge model and field rules: a grant covers the fields that name its role.

        Whoever may delete may update, too, but only what the key and null need.
        """
        wanted = {operation}
        always: set[str] = set()
        if operation is RuleOperation.UPDATE:
            wanted.add(RuleOperation.DELETE)
            always.update(self.model.key)
        grants: dict[Role, Grant] = {}
        for _, rule, grant in self._cells():
            if not wanted.isdisjoint(rule.operations):
                grants.setdefault(_role(grant), grant)
        everything = {field.name for field in self.model.fields if field.declared}
        matrix = self._matrix()
        merged = []
        for role, grant in grants.items():
            covered = _allowing(matrix[role], operation) | always
            nulls = _allowing(matrix[role], RuleOperation.DELETE)
            if operation is RuleOperation.DELETE and covered != everything:
                continue
            whole = covered >= everything
            merged.append(
                replace(
                    grant,
                    fields=None if whole else frozenset(covered | self._implied()),
                    null_fields=None if nulls == everything else frozenset(nulls),
                )
            )
        return _static_first(merged)

    def _implied(self) -> set[str]:
        """Return the foreign keys that relations add; they have no rules of their own."""
        owners = {rule.owner_field for rule in self._rules()}
        own = {"id", self.model.created_at, self.model.updated_at, *owners}
        return {
            field.name
            for field in self.model.fields
            if not field.declared and field.name not in own
        }

    def _rules(self) -> Iterator[AuthRule]:
        yield from self.model.rules or ()
        for field in self.model.fields:
            yield from field.rules or ()

    def _split(self, rule: AuthRule) -> tuple[Grant, ...]:
        """Return one grant a rule, or one a static group."""
        first = self.api.transformer is Transformer.V1
        base = Grant(
            where=rule.where,
            text=rule.text,
            mode=MODES[rule.provider],
            who=self._who(rule),
            group_claim=rule.group_claim,
            group_text=_group_text(rule, self.api.transformer),
        )
        match rule.allow:
            case Strategy.OWNER:
                return (replace(base, item=self._owner(rule), fill=True),)
            case Strategy.GROUPS if rule.groups_field is not None:
                field = self.model.field(rule.groups_field)
                item = GroupIs(
                    rule.groups_field,
                    rule.group_claim,
                    is_list=field.type.is_list if field else False,
                    as_stored=first,
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
            as_stored=first,
        )


def _group_text(rule: AuthRule, transformer: Transformer) -> GroupText:
    if transformer is Transformer.V1:
        # Cognito's own claim is taken for the list that it is.
        own = rule.group_claim == "cognito:groups"
        return GroupText.IGNORED if own else GroupText.PARSED
    return GroupText.PARSED if rule.groups_field is not None else GroupText.SEARCHED


def _allowing(
    cells: dict[str, frozenset[RuleOperation]], operation: RuleOperation
) -> set[str]:
    return {name for name, allowed in cells.items() if operation in allowed}


def _role(grant: Grant) -> Role:
    return Role(grant.mode, grant.who, grant.names, grant.group_claim, grant.item)


def _static_first(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda grant: grant.who is Who.ITEM))
