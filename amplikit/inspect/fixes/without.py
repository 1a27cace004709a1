"""What to do instead of changing the schema: another request, or another caller."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from amplikit.blueprint.denials import ByField, ByMode, ByPolicy, ByRule, Unruled
from amplikit.blueprint.grants import (
    holds_for_item,
    named_values,
    owner_identity,
)
from amplikit.blueprint.operations import GroupIs, OwnerIs, When, Who

if TYPE_CHECKING:
    from amplikit.blueprint.api import Api
    from amplikit.blueprint.denials import Denial
    from amplikit.blueprint.grants import Subject
    from amplikit.blueprint.operations import Grant

__all__ = ["Instead", "instead"]


@dataclass(frozen=True, slots=True)
class Instead:
    """Something that the caller can do, without anybody being let in who was not.

    ``request``: the request is wrong, and no rule should make it right. ``caller``:
    somebody else may do it. ``group``: a member of a group may. ``argument`` is what to
    give, and ``leave_out`` what not; ``group`` is the group to join.
    """

    kind: Literal["request", "caller", "group"]
    says: str
    argument: tuple[str, str] | None = None
    leave_out: tuple[str, ...] = ()
    group: str | None = None

    @property
    def alone(self) -> bool:
        """Whether it is the only answer, so that no patch is to be looked for."""
        return self.kind == "request"


def instead(denial: Denial, api: Api) -> Instead | None:
    """Return what to do without a change of the schema, if that is an answer."""
    cause = denial.cause
    match cause:
        case ByRule():
            return _of_request(cause, denial.caller) or _of_caller(cause, denial.caller)
        case ByField():
            return _undeclared(cause, api)
        case ByMode(groups):
            if not groups:
                return None
            return _joining(groups[0])
        case ByPolicy() | Unruled():
            return None
        case _:
            assert_never(cause)


def _of_request(cause: ByRule, caller: Subject) -> Instead | None:
    check = cause.check
    if cause.absent:
        says = "There is no such item, and no rule brings it: check the key."
        return Instead("request", says)
    if check.when is When.SUBSCRIBE:
        return _of_listener(cause, caller)
    if check.when is not When.INPUT or cause.item is None:
        return None
    for grant in _mine(cause, caller):
        owner = grant.item
        if not isinstance(owner, OwnerIs) or not grant.fill:
            continue
        if owner.attribute not in cause.item:
            continue
        # Who lacks one of the claims cannot become the owner.
        known = owner_identity(owner, caller) is not None
        if known and not holds_for_item(grant, caller, cause.item):
            says = (
                f"The input's '{owner.attribute}' does not name the caller: leave it "
                "out, and the caller becomes the owner."
            )
            return Instead("request", says, leave_out=(owner.attribute,))
    return None


def _of_listener(cause: ByRule, caller: Subject) -> Instead | None:
    for grant in _mine(cause, caller):
        owner = grant.item
        if not isinstance(owner, OwnerIs):
            continue
        named = [n for n in named_values(grant, caller) if n != owner.missing_claim]
        if owner.attribute in cause.check.owner_arguments and named:
            says = (
                f"Subscribe with {owner.attribute}: {json.dumps(named[-1])}, which "
                "names the caller: then the events of the caller's own items come."
            )
            return Instead("request", says, (owner.attribute, named[-1]))
    return None


def _of_caller(cause: ByRule, caller: Subject) -> Instead | None:
    found = cause.item or {}
    for grant in _mine(cause, caller):
        named = found.get(grant.item.attribute) if grant.item else None
        names = [one for one in _listed(named) if one]
        if not names:
            continue
        if isinstance(grant.item, OwnerIs):
            return Instead("caller", f"Call as the owner, '{names[0]}'.")
        return _joining(names[0])
    for grant in _mine(cause, caller):
        if grant.who is Who.GROUPS:
            return _joining(grant.names[0])
        if isinstance(grant.item, GroupIs) and cause.item is None:
            says = f"Add the user to a group that '{grant.item.attribute}' names."
            return Instead("group", says)
    return None


def _joining(group: str) -> Instead:
    says = f"Add the user to group '{group}', and sign in again."
    return Instead("group", says, group=group)


def _mine(cause: ByRule, caller: Subject) -> list[Grant]:
    return [grant for grant in cause.check.grants if grant.mode is caller.mode]


def _listed(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _undeclared(cause: ByField, api: Api) -> Instead | None:
    model = api.model(cause.check.model) if cause.check else None
    declared = {one.name for one in model.fields if one.declared} if model else set()
    names = tuple(name for name in cause.fields if name not in declared)
    if not names:
        return None
    listed = ", ".join(f"'{name}'" for name in names)
    says = (
        f"Leave {listed} out: the schema does not declare it, and so no rule "
        "can open it."
    )
    return Instead("request", says, leave_out=names)
