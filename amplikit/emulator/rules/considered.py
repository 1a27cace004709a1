"""Every rule that a check could have gone by, and what came of each.

The check itself has decided already, by its grants; this says of each rule as it is
written why it has a grant for this caller, or has none, and whether the grant holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from amplikit.blueprint.access_matrix import MODE_OF
from amplikit.blueprint.api import RuleOperation
from amplikit.blueprint.grants import (
    groups_of,
    holds_for_caller,
    holds_for_item,
    named_values,
    owner_identity,
)
from amplikit.blueprint.operation_kinds import READ_OPERATIONS
from amplikit.blueprint.operations import GroupIs, OwnerIs, When, Who
from amplikit.emulator.trace import Considered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule
    from amplikit.blueprint.modes import AuthMode
    from amplikit.blueprint.operations import Authorize, Grant, Written
    from amplikit.blueprint.resources import FieldRules
    from amplikit.identity.caller import Caller

__all__ = ["compared", "considered", "modes_considered"]

_LEFT_TO_ITEMS = frozenset({When.REQUEST, When.EACH, When.WRITE, When.SUBSCRIBE})
_IAM_KINDS = {
    "authenticated": "the identity pool's signed-in role",
    "unauthenticated": "the identity pool's guest role",
}


def considered(check: Authorize, caller: Caller, item: object) -> Iterator[Considered]:
    """Yield the rules in the order of the schema, the configuration's grants last.

    ``item`` is what the check looked at, if anything.
    """
    for written in check.written:
        rule = written.rule
        grants = [grant for grant in check.grants if grant.where == rule.where]
        mine = [grant for grant in grants if grant.mode is caller.mode]
        if not mine:
            why = _without_grant(check, written, caller)
            yield Considered(rule.text, rule.where, "skipped", why)
        for grant in mine:
            yield _tried(check, grant, caller, item)
    for grant in check.grants:
        if grant.where is None and grant.mode is caller.mode:
            yield _tried(check, grant, caller, item)


def modes_considered(written: FieldRules, caller: Caller) -> Iterator[Considered]:
    """Yield what the rules mean for the modes that a field's directives admit."""
    asked = None
    if written.operation != "call" and "." in written.coordinate:
        asked = RuleOperation(written.operation)
    for rule in written.rules:
        mode = MODE_OF[rule.provider]
        if mode is not caller.mode:
            why = _other_mode(mode, caller)
        elif asked is not None and asked not in rule.operations:
            why = _other_operation(rule, asked)
        else:
            why = "the mode is admitted by it."
            yield Considered(rule.text, rule.where, "matched", why)
            continue
        yield Considered(rule.text, rule.where, "skipped", why)


def compared(
    grant: Grant, caller: Caller, item: object
) -> tuple[tuple[str, object], ...]:
    """Return the two sides of a grant's comparison, the caller's first."""
    mine: object
    match grant.item:
        case OwnerIs():
            identity = owner_identity(grant.item, caller)
            mine = identity.stored if identity else None
        case GroupIs():
            mine = [*groups_of(caller, grant.item.claim)]
        case None if grant.who is Who.GROUPS:
            mine = [*groups_of(caller, grant.group_claim)]
        case None if grant.who is Who.ADMIN_ROLE and caller.iam is not None:
            return (("caller", caller.iam.user_arn), ("admin roles", [*grant.names]))
        case None if caller.iam is not None:
            kind = caller.iam.cognito_identity_auth_type or ""
            mine = _IAM_KINDS.get(kind, caller.label)
        case _:
            mine = caller.label
    if grant.item is not None:
        if not isinstance(item, Mapping):
            return (("caller", mine),)
        return (
            ("caller", mine),
            (grant.item.attribute, item.get(grant.item.attribute)),
        )
    if grant.who is Who.GROUPS:
        return (("caller", mine), ("groups", [*grant.names]))
    return (("caller", mine),)


def _tried(check: Authorize, grant: Grant, caller: Caller, item: object) -> Considered:
    values = compared(grant, caller, item)
    found = item if isinstance(item, Mapping) else None
    if holds_for_caller(grant, caller) or holds_for_item(grant, caller, found):
        covers = _limits(grant)
        return Considered(grant.text, grant.where, "matched", covers, values)
    if grant.item is None:
        why = _not_this_caller(grant)
    elif not named_values(grant, caller):
        why = "the caller's token has no claim that it asks for."
    elif check.when in _LEFT_TO_ITEMS and found is None:
        why = f"the items' '{grant.item.attribute}' decides."
        return Considered(grant.text, grant.where, "items", why, values)
    elif found is None:
        why = f"there is no item whose '{grant.item.attribute}' could name the caller."
    else:
        why = f"'{grant.item.attribute}' does not name the caller."
    return Considered(grant.text, grant.where, "failed", why, values)


def _limits(grant: Grant) -> str:
    if grant.fields is None:
        return "it lets the caller in."
    names = ", ".join(f"'{name}'" for name in sorted(grant.fields))
    return f"it lets the caller in, for the fields {names or 'of no name'}."


def _not_this_caller(grant: Grant) -> str:
    match grant.who:
        case Who.GROUPS:
            return "the caller is in none of its groups."
        case Who.SIGNED_IN_ROLE:
            return "in transformer v2 it is for the identity pool's signed-in role."
        case Who.GUEST_ROLE:
            return "in transformer v2 it is for the identity pool's guest role."
        case Who.ADMIN_ROLE:
            return "the caller's ARN contains no admin role's name."
        case _:
            return "it is for IAM callers from outside of the identity pool."


def _without_grant(check: Authorize, written: Written, caller: Caller) -> str:
    """Say why a rule has no part in a check of this caller."""
    rule = written.rule
    mode = MODE_OF[rule.provider]
    if mode is not caller.mode:
        return _other_mode(mode, caller)
    asked = _asked(check)
    if asked is not None and asked not in rule.operations:
        return _other_operation(rule, asked)
    short = [one for one in check.partial if one.grant.where == rule.where]
    if short:
        fields = ", ".join(f"'{name}'" for one in short for name in one.fields)
        return f"{check.operation} needs every field, and {fields} have other rules."
    if written.field is not None and asked is None:
        return "nothing is stored that could name an owner or a group."
    if written.field is not None:
        return f"it is about the field '{written.field}' alone."
    return "another rule takes its place for these callers."


def _other_mode(mode: AuthMode, caller: Caller) -> str:
    return f"it is for {mode.value}, and the call came by {caller.mode.value}."


def _other_operation(rule: AuthRule, asked: RuleOperation) -> str:
    left = {one.value for one in rule.operations}
    if rule.operations.issuperset(READ_OPERATIONS):
        left = {"read", *left.difference(READ_OPERATIONS)}
    names = sorted(left)
    return f"it is for {', '.join(names) or 'no operation'}, not for {asked}."


def _asked(check: Authorize) -> RuleOperation | None:
    """Return the operation as rules name it; None for a field of a root type."""
    word = check.operation.partition(" ")[0]
    if word == "call":
        return None
    return RuleOperation.GET if word == "read" else RuleOperation(word)
