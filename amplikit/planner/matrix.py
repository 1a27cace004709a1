"""From v2's access control matrix to grants: one a role, with its fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import access_matrix, field_rules, role_names
from amplikit.blueprint.api import RuleOperation
from amplikit.blueprint.operations import Partial
from amplikit.planner.keys import joined_name
from amplikit.planner.rules import rule_grants, sub_owners

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.access_matrix import MatrixRole
    from amplikit.blueprint.api import Api, Model
    from amplikit.blueprint.operations import Grant

__all__ = ["matrix", "merged_grants", "partial_deleters"]

_WRITES = frozenset({RuleOperation.CREATE, RuleOperation.UPDATE})

_Roles = tuple["MatrixRole", ...]


def matrix(model: Model, api: Api) -> _Roles:
    """Return what each role may do with the declared fields."""
    declared = (field.name for field in model.fields if field.declared)
    return access_matrix(model, declared, sub_owners=sub_owners(api))


def merged_grants(
    model: Model, api: Api, roles: _Roles, operation: RuleOperation
) -> tuple[Grant, ...]:
    """Return one grant a role, with the fields that name it.

    Who may delete may update, too, but only what the key and null need. Deleting needs
    every field.
    """
    wanted = {operation}
    if operation is RuleOperation.UPDATE:
        wanted.add(RuleOperation.DELETE)
    return tuple(
        _covering(grant, model, operation, role)
        for role, grant in _first_grants(model, api, roles, wanted)
        if operation is not RuleOperation.DELETE or role.may(operation, everywhere=True)
    )


def partial_deleters(model: Model, api: Api, roles: _Roles) -> Iterator[Partial]:
    """Yield the roles that may delete, but for fields with rules of their own."""
    for role, grant in _first_grants(model, api, roles, {RuleOperation.DELETE}):
        kept = role.fields_for(RuleOperation.DELETE)
        missing = [f for f in model.fields if f.declared and f.name not in kept]
        places = [field.rules[0].where for field in missing if field.rules]
        if missing and len(places) == len(missing):
            yield Partial(grant, tuple(field.name for field in missing), places[0])


def _covering(
    grant: Grant, model: Model, operation: RuleOperation, role: MatrixRole
) -> Grant:
    """Return a grant with the fields that it covers, unless it covers all of them.

    Who falls short of a declared field, or of setting it to null, is held to the
    declared ones: an update by an owner who may not delete cannot name the owner.
    """
    if operation not in _WRITES:
        return grant
    covered = role.fields_for(operation)
    if operation is RuleOperation.UPDATE:
        covered.update(model.key)
    nulls = role.fields_for(RuleOperation.DELETE)
    creates = operation is RuleOperation.CREATE
    if covered >= role.cells.keys() and (creates or nulls == role.cells.keys()):
        return grant
    covered |= _implied_keys(model)
    fields = frozenset(covered | _joined_keys(model, covered))
    if creates:
        return replace(grant, fields=fields)
    return replace(grant, fields=fields, null_fields=frozenset(nulls))


def _first_grants(
    model: Model, api: Api, roles: _Roles, wanted: set[RuleOperation]
) -> list[tuple[MatrixRole, Grant]]:
    """Return the roles that have one of the operations, as the fields name them.

    Each with its grant of the first rule that says so.
    """
    found: list[tuple[tuple[int, int], MatrixRole, Grant]] = []
    for role in roles:
        for number, (field, rule) in enumerate(role.cells.items()):
            if rule is not None and not wanted.isdisjoint(rule.operations):
                among, grant = _first_grant(model, api, role, field)
                found.append(((number, among), role, grant))
                break
    found.sort(key=lambda one: one[0])
    return [(role, grant) for _, role, grant in found]


def _first_grant(
    model: Model, api: Api, role: MatrixRole, field: str
) -> tuple[int, Grant]:
    """Return the first of equal rules that are for a role, and its number."""
    rules = enumerate(field_rules(model, field))
    return next(
        (number, grant)
        for number, rule in rules
        if rule.operations == role.allowed(field)
        for name, grant in zip(
            role_names(rule, sub_owners=sub_owners(api)),
            rule_grants(rule, model, api),
            strict=True,
        )
        if name == role.name
    )


def _joined_keys(model: Model, covered: set[str]) -> set[str]:
    """Return the composite sort keys whose parts are all covered."""
    indexes = (index.fields for index in model.indexes if not index.made)
    several = (fields[1:] for fields in (model.key, *indexes) if fields[2:])
    return {joined_name(model, parts) for parts in several if covered.issuperset(parts)}


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
