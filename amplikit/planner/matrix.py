"""Which role may do what with which field: v2 merges model and field rules.

A model's rules give their roles every declared field; a field's own rules replace what
the model's said about it.
Source: AccessControlMatrix of the v2 auth transformer, and the templates it leads to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, Partial, Who
from amplikit.planner.rules import rule_grants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Api, AuthRule, Field, Model

__all__ = ["Role", "merged_grants", "partial_deleters", "readers_differ", "role_of"]

_WRITES = frozenset({RuleOperation.CREATE, RuleOperation.UPDATE})

_Cells = dict[str, frozenset[RuleOperation]]


@dataclass(frozen=True, slots=True)
class Role:
    """Whom a grant is for, whichever rule it comes from."""

    mode: AuthMode
    who: Who
    names: tuple[str, ...] = ()
    group_claim: str = "cognito:groups"
    item: OwnerIs | GroupIs | None = None


def role_of(grant: Grant) -> Role:
    """Return the role that a grant is for."""
    return Role(grant.mode, grant.who, grant.names, grant.group_claim, grant.item)


def merged_grants(
    model: Model, api: Api, operation: RuleOperation
) -> tuple[Grant, ...]:
    """Return one grant a role, with the fields that name it.

    Who may delete may update, too, but only what the key and null need. Deleting needs
    every field.
    """
    wanted = {operation}
    if operation is RuleOperation.UPDATE:
        wanted.add(RuleOperation.DELETE)
    matrix = _matrix(model, api)
    return tuple(
        replace(
            grant,
            fields=_covered(model, operation, matrix[role]),
            null_fields=_nullable(model, operation, matrix[role]),
        )
        for role, grant in _first_grants(model, api, wanted, matrix).items()
        if operation is not RuleOperation.DELETE
        or _allowing(matrix[role], operation) == _everything(model)
    )


def partial_deleters(model: Model, api: Api) -> Iterator[Partial]:
    """Yield the roles that may delete, but for fields with rules of their own."""
    matrix = _matrix(model, api)
    deleters = _first_grants(model, api, {RuleOperation.DELETE}, matrix)
    for role, grant in deleters.items():
        kept = _allowing(matrix[role], RuleOperation.DELETE)
        missing = [f for f in model.fields if f.declared and f.name not in kept]
        places = [field.rules[0].where for field in missing if field.rules]
        if missing and len(places) == len(missing):
            yield Partial(grant, tuple(field.name for field in missing), places[0])


def _covered(
    model: Model, operation: RuleOperation, cells: _Cells
) -> frozenset[str] | None:
    if operation not in _WRITES:
        return None
    covered = _allowing(cells, operation)
    if operation is RuleOperation.UPDATE:
        covered.update(model.key)
    if covered >= _everything(model):
        return None
    return frozenset(covered | _implied_keys(model))


def _nullable(
    model: Model, operation: RuleOperation, cells: _Cells
) -> frozenset[str] | None:
    if operation is not RuleOperation.UPDATE:
        return None
    nulls = _allowing(cells, RuleOperation.DELETE)
    return None if nulls == _everything(model) else frozenset(nulls)


def _everything(model: Model) -> set[str]:
    return {field.name for field in model.fields if field.declared}


def readers_differ(model: Model, api: Api, field: Field) -> bool:
    """Whether some reader of the model may not read this field.

    Everybody signed in stands for every role of the same mode, if they read it.
    """
    if not field.declared:
        return False
    readers = {
        role: cells
        for role, cells in _matrix(model, api).items()
        if any(RuleOperation.GET in allowed for allowed in cells.values())
    }
    for mode in (AuthMode.USER_POOLS, AuthMode.OIDC):
        everybody = readers.get(Role(mode, Who.ANY_OF_MODE), {})
        if everybody.get(field.name, frozenset()) >= frozenset(READ_OPERATIONS):
            readers = {r: cells for r, cells in readers.items() if r.mode is not mode}
    return any(
        cells.get(field.name, frozenset()).isdisjoint(READ_OPERATIONS)
        for cells in readers.values()
    )


def _matrix(model: Model, api: Api) -> dict[Role, _Cells]:
    """Return what each role may do; of two rules for one role the last one counts."""
    matrix: dict[Role, _Cells] = {}
    for field, rule, grant in _cells(model, api):
        matrix.setdefault(role_of(grant), {})[field.name] = rule.operations
    return matrix


def _first_grants(
    model: Model, api: Api, wanted: set[RuleOperation], matrix: dict[Role, _Cells]
) -> dict[Role, Grant]:
    """Return the first grant of every role that has one of the operations."""
    grants: dict[Role, Grant] = {}
    for field, rule, grant in _cells(model, api):
        role = role_of(grant)
        allowed = matrix[role][field.name]
        if allowed == rule.operations and not wanted.isdisjoint(allowed):
            grants.setdefault(role, grant)
    return grants


def _cells(model: Model, api: Api) -> Iterator[tuple[Field, AuthRule, Grant]]:
    for field in model.fields:
        if field.declared:
            own = field.rules
            for rule in own if own is not None else model.rules or ():
                for grant in rule_grants(rule, model, api):
                    yield field, rule, grant


def _allowing(cells: _Cells, operation: RuleOperation) -> set[str]:
    return {name for name, allowed in cells.items() if operation in allowed}


def _implied_keys(model: Model) -> set[str]:
    """Return the foreign keys that relations add, which no rule names."""
    rules = [*(model.rules or ())]
    for field in model.fields:
        rules += field.rules or ()
    own = {"id", model.created_at, model.updated_at, *(r.owner_field for r in rules)}
    return {
        field.name
        for field in model.fields
        if not field.declared and field.name not in own
    }
