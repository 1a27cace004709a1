"""Whether and where a user can get a code for a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.messages import Contact
from amplikit.identity.user_pool.refusal import (
    USER_DISABLED,
    USER_NOT_FOUND,
    Refusal,
    invalid_parameter,
    not_authorized,
)
from amplikit.identity.user_pool.users import UserStatus

if TYPE_CHECKING:
    from amplikit.identity.user_pool.users import User

__all__ = ["recovery_contact", "recovery_refusal"]

# Amplify's pools recover by e-mail first.
_ORDER = ("email", "phone_number")


def recovery_contact(user: User) -> Contact | None:
    """Return the verified address, or else the verified number."""
    for name in _ORDER:
        value = user.verified(name)
        if value:
            return Contact(name, value)
    return None


def recovery_refusal(user: User | None) -> Refusal | None:
    """Return why nobody can get a code for this name."""
    if user is None:
        return USER_NOT_FOUND
    if not user.enabled:
        return USER_DISABLED
    if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        return not_authorized(words.CANNOT_BE_RESET)
    if recovery_contact(user) is None:
        return invalid_parameter(words.NO_RECOVERY)
    return None
