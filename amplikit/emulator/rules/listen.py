"""Who may start a subscription, and the filter that the rules put on its events.

Without v2's deny by default only static grants and a matching owner argument count. v2
turns owners and groups into a filter on events, unless the owner argument alone is
enough; then AppSync compares that argument with the event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.grants import groups_of, owner_identity
from amplikit.blueprint.operations import (
    Authorize,
    Grant,
    GroupIs,
    Outcome,
    OwnerIs,
)

if TYPE_CHECKING:
    from amplikit.emulator.rules.verdict import Case
    from amplikit.emulator.run import Run
    from amplikit.store.interface import AttributeValue

__all__ = ["may_listen"]

_Test = dict[str, "AttributeValue"]


def may_listen(case: Case) -> bool:
    """Decide, and add v2's filter to ``args.filter``."""
    operation, run, grants = case.operation, case.run, case.grants
    authorized = bool(case.static)
    by_argument = _named_by_argument(operation, run, grants, authorized=authorized)
    if by_argument is None:
        return False
    authorized = authorized or by_argument
    if operation.unmatched is not Outcome.DENY:
        return authorized
    given = run.arguments.get("filter")
    size = len(given) if isinstance(given, dict) else 0
    tests = _tests(grants, run)
    enough = by_argument and len(tests) == 1 and size == 0
    if enough or not tests or (authorized and not by_argument):
        return authorized
    either: _Test = {"or": list(tests)}
    run.arguments["filter"] = {"and": [either, given]} if size else either
    return True


def _named_by_argument(
    operation: Authorize,
    run: Run,
    grants: tuple[Grant, ...],
    *,
    authorized: bool,
) -> bool | None:
    """Whether an owner argument names the caller; None: it names somebody else."""
    for grant in grants:
        if authorized or not isinstance(grant.item, OwnerIs):
            continue
        if grant.item.attribute not in operation.owner_arguments:
            continue
        asked = run.arguments.get(grant.item.attribute)
        identity = owner_identity(grant.item, run.call.caller)
        if not asked or identity is None:
            continue
        named = asked if isinstance(asked, list) else [asked]
        if any(one in identity.accepted for one in named):
            return True
        if operation.unmatched is Outcome.DENY:
            return None
    return False


def _tests(grants: tuple[Grant, ...], run: Run) -> tuple[_Test, ...]:
    """Return owners' tests, then groups', as filters on events."""
    owners: list[_Test] = []
    groups: list[_Test] = []
    caller = run.call.caller
    for grant in grants:
        match grant.item:
            case OwnerIs(attribute=attribute, is_list=is_list):
                identity = owner_identity(grant.item, caller)
                if identity is not None:
                    test = "contains" if is_list else "eq"
                    owners.append({attribute: {test: identity.shown}})
            case GroupIs(attribute=attribute, is_list=is_list, claim=claim):
                member_of: list[AttributeValue] = [*groups_of(caller, claim)]
                if member_of:
                    test = "containsAny" if is_list else "in"
                    groups.append({attribute: {test: member_of}})
            case None:
                continue
            case _:
                assert_never(grant.item)
    return (*owners, *groups)
