"""What a grant asks of an item, as a condition that DynamoDB evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.grants import dynamic_groups, owner_values
from amplikit.blueprint.operations import GroupIs, OwnerIs
from amplikit.store.conditions import (
    Comparison,
    Condition,
    Contains,
    Given,
    In,
    Or,
    Path,
)

if TYPE_CHECKING:
    from amplikit.blueprint.grants import Subject
    from amplikit.blueprint.operations import Grant

__all__ = ["item_condition", "one_of"]


def item_condition(grant: Grant, caller: Subject) -> Condition | None:
    """Return ``holds_for_item`` as a condition, or None when no item can satisfy it.

    Any claim of an owner is enough here, even where another one is absent (v2).
    """
    if grant.item is None or grant.mode is not caller.mode:
        return None
    path = Path((grant.item.attribute,))
    match grant.item:
        case OwnerIs():
            wanted = owner_values(grant.item, caller)
        case GroupIs():
            wanted = dynamic_groups(grant, caller)
        case _:
            assert_never(grant.item)
    if not wanted:
        return None
    if grant.item.is_list:
        return Or(tuple(Contains(path, Given(one)) for one in wanted))
    if isinstance(grant.item, GroupIs):
        return In(path, tuple(Given(one) for one in wanted))
    return Or(tuple(Comparison(path, "=", Given(one)) for one in wanted))


def one_of(grant: Grant, values: tuple[str, ...]) -> Condition:
    """Return the condition that the grant's attribute is one of the values."""
    name = grant.item.attribute if grant.item is not None else ""
    return In(Path((name,)), tuple(Given(one) for one in values))
