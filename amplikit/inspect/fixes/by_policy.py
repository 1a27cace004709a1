"""Fixes of a role's IAM policy, which for the identity pool's roles the rules write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.fixes import AllowField, Fix, StopDenying
from amplikit.inspect.fixes.by_rule import for_target
from amplikit.inspect.fixes.targets import targets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.denials import ByPolicy
    from amplikit.blueprint.grants import Subject
    from amplikit.inspect.fixes.targets import Situation

__all__ = ["for_policy"]


def for_policy(
    coordinate: str, cause: ByPolicy, caller: Subject, situation: Situation
) -> Iterator[Fix]:
    """Yield fixes for a policy that does not allow a field, or denies it."""
    parent, _, field = coordinate.partition(".")
    resource = f"types/{parent}/fields/{field}"
    role = next((r for r in situation.config.roles if r.name == cause.role), None)
    if role is None:
        for target in targets_of(coordinate, situation):
            yield from for_target(target, caller, situation)
        return
    if not cause.explicit:
        says = f"The policy of '{role.name}' allows {resource}."
        yield Fix(says, (AllowField(role.name, resource),))
        return
    denying = [one for one in role.statements if one.effect == "Deny"]
    if any(resource in one.resources for one in denying):
        says = f"The policy of '{role.name}' does not deny {resource} any more."
        yield Fix(says, (StopDenying(role.name, resource),))
