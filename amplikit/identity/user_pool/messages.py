"""The messages with codes: to whom, in whose words, and what is told of them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING

from amplikit.blueprint.config import Trigger
from amplikit.blueprint.user_pool import SignInName
from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.attributes import (
    email_refusal,
    is_phone_number,
    masked,
)
from amplikit.identity.user_pool.outbox import Message
from amplikit.identity.user_pool.refusal import Refusal
from amplikit.identity.user_pool.triggers import (
    INVALID_OUTPUT,
    Event,
    ask_function,
    metadata_member,
    user_attributes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.pool import PoolContext, UserPool
    from amplikit.identity.user_pool.users import User

__all__ = [
    "Contact",
    "Letter",
    "delivery_details",
    "made_up_contact",
    "send",
    "verifying_contact",
]

_CODE = "{####}"
_USERNAME = "{username}"
_LETTERS = len(ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a message goes: an attribute, and its value."""

    attribute: str
    value: str

    @property
    def is_phone(self) -> bool:
        """Whether it goes out as a short message."""
        return self.attribute == SignInName.PHONE_NUMBER


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: ``source`` is CustomMessage's, ``code`` or password what counts."""

    source: str
    client_id: str
    code: str = field(repr=False)
    body: str = field(repr=False)
    subject: str = words.EMAIL_SUBJECT
    shows_username: bool = False


def verifying_contact(user: User, pool: UserPool) -> Contact | None:
    """Return where the pool sends a user's confirmation code."""
    for name in pool.settings.get().verified_by:
        value = user.attribute(name.value)
        if value:
            return Contact(name.value, value)
    return None


def made_up_contact(pool: UserPool, username: str) -> Contact:
    """Return a contact that only this pool would make up, for this name."""
    if email_refusal(username) is None:
        return Contact("email", username)
    if is_phone_number(username):
        return Contact("phone_number", username)
    text = b"code-delivery\0" + username.encode("utf-8", "surrogatepass")
    name, domain, *_ = hmac.digest(pool.facts.next_token_secret, text, "sha256")
    letters = ascii_lowercase[name % _LETTERS], ascii_lowercase[domain % _LETTERS]
    return Contact("email", "@".join(letters))


def delivery_details(contact: Contact) -> dict[str, object]:
    """Return ``CodeDeliveryDetails``."""
    return {
        "AttributeName": contact.attribute,
        "DeliveryMedium": "SMS" if contact.is_phone else "EMAIL",
        "Destination": masked(contact.value),
    }


async def send(
    context: PoolContext,
    user: User,
    contact: Contact,
    letter: Letter,
    metadata: Mapping[str, str],
) -> Refusal | None:
    """Put a message into the outbox, in the words of CustomMessage if it has any."""
    custom = await ask_function(
        context,
        Event(
            Trigger.CUSTOM_MESSAGE,
            letter.source,
            user.username,
            letter.client_id,
            {
                "userAttributes": user_attributes(user),
                "codeParameter": _CODE,
                "linkParameter": "{##Click Here##}",
                "usernameParameter": _USERNAME if letter.shows_username else None,
                **metadata_member(metadata),
            },
            {"smsMessage": None, "emailMessage": None, "emailSubject": None},
        ),
    )
    if isinstance(custom, Refusal):
        return custom
    given = custom or {}
    body = given.get("smsMessage" if contact.is_phone else "emailMessage")
    subject = given.get("emailSubject")
    if not all(isinstance(text, str | None) for text in (body, subject)):
        return INVALID_OUTPUT
    text = str(body).replace(_CODE, letter.code).replace(_USERNAME, user.username)
    context.pool.outbox.send(
        Message(
            to=contact.value,
            subject="" if contact.is_phone else str(subject or letter.subject),
            at=context.now,
            body=text if body else letter.body,
            code=letter.code,
        )
    )
    return None
