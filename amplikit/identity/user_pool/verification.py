"""The message that carries a confirmation code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool.attributes import masked
from amplikit.identity.user_pool.outbox import Message

if TYPE_CHECKING:
    from datetime import datetime

    from amplikit.identity.user_pool.pool import UserPool

__all__ = ["delivery_details", "send_code"]


def send_code(pool: UserPool, username: str, email: str, now: datetime) -> None:
    """Make a new code for a user and put the message into the outbox."""
    code = pool.codes.issue(username, now)
    message = Message(
        to=email,
        subject="Your verification code",
        at=now,
        body=f"Your confirmation code is {code}",
        code=code,
    )
    pool.outbox.send(message)


def delivery_details(email: str) -> dict[str, object]:
    """Return ``CodeDeliveryDetails``."""
    return {
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": masked(email),
    }
