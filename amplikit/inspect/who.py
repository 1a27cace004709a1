"""Whom a grant is for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.blueprint.operations import Grant, GroupIs, OwnerIs, Who

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EVERYBODY", "NOBODY", "kinds"]

NOBODY = ("nobody",)
EVERYBODY = ("everybody",)


def kinds(grant: Grant) -> Iterator[str]:
    """Yield the kinds of callers that a grant lets in."""
    match grant.who:
        case Who.ANY_OF_MODE:
            yield EVERYBODY[0]
        case Who.GROUPS:
            yield from (f"group '{name}'" for name in grant.names)
        case Who.SIGNED_IN_ROLE:
            yield "signed-in role of the identity pool"
        case Who.GUEST_ROLE:
            yield "guest role of the identity pool"
        case Who.ADMIN_ROLE:
            yield from (f"admin role '{name}'" for name in grant.names)
        case Who.IAM_ACCESS:
            yield "IAM callers from outside of the identity pool"
        case Who.ITEM:
            yield _by_item(grant.item)
        case _:
            assert_never(grant.who)


def _by_item(item: OwnerIs | GroupIs | None) -> str:
    match item:
        case OwnerIs():
            claims = "::".join(parts[0] for parts in item.claims)
            return f"owner by '{item.attribute}' ({claims})"
        case GroupIs():
            return f"group in '{item.attribute}' ({item.claim})"
        case None:
            return "whom the item names"
        case _:
            assert_never(item)
