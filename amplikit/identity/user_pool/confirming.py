"""What happens when a user is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.triggers import (
    Event,
    ask_function,
    metadata_member,
    user_attributes,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from amplikit.identity.user_pool.pool import PoolContext, UserPool
    from amplikit.identity.user_pool.users import User

__all__ = ["confirm", "tell_of_confirmation"]


def confirm(pool: UserPool, user: User, contact: str | None, now: datetime) -> User:
    """Confirm a user and, with her, the address or number that she proved."""
    if contact and user.attribute(contact):
        user = pool.users.change_attributes(user, {f"{contact}_verified": "true"}, now)
    return pool.users.set_status(user, UserStatus.CONFIRMED, now)


async def tell_of_confirmation(
    context: PoolContext,
    user: User,
    client_id: str,
    metadata: Mapping[str, str],
    operation: str = "ConfirmSignUp",
) -> Refusal | None:
    """Run PostConfirmation; the user stays confirmed whatever it says, as on AWS."""
    told = await ask_function(
        context,
        Event(
            Trigger.POST_CONFIRMATION,
            operation,
            user.username,
            client_id,
            {"userAttributes": user_attributes(user), **metadata_member(metadata)},
        ),
    )
    return told if isinstance(told, Refusal) else None
