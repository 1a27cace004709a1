"""Changes of attributes: what they undo, and the codes that they call for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.codes import CodePurpose
from amplikit.identity.user_pool.messages import (
    Contact,
    Letter,
    delivery_details,
    send,
)
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.blueprint.user_pool import UserPoolSettings
    from amplikit.identity.user_pool.pool import PoolContext
    from amplikit.identity.user_pool.users import User

__all__ = ["change_attributes", "removed", "send_attribute_code"]

_VERIFIABLE = ("email", "phone_number")


async def change_attributes(
    context: PoolContext,
    user: User,
    changes: Mapping[str, str],
    client_id: str,
    metadata: Mapping[str, str],
) -> list[dict[str, object]] | Refusal:
    """Write attributes; return where codes went for what must be proved anew.

    A new address or number is not verified, unless the same change says that it is.
    An empty value removes the attribute.
    """
    pool = context.pool
    written: dict[str, str | None] = {
        name: value or None for name, value in changes.items()
    }
    if written.keys() & set(_missing_required(written, pool.settings.get())):
        lacking = _missing_required(written, pool.settings.get())[0]
        return invalid_parameter(
            words.ATTRIBUTE_SCHEMA % f"{lacking}: The attribute is required"
        )
    anew = [
        name
        for name in _VERIFIABLE
        if name in changes and changes[name] != user.attribute(name)
    ]
    for name in anew:
        # An absent word counts as false; a removed attribute has none.
        unproved = "false" if changes[name] else None
        written.setdefault(f"{name}_verified", unproved)
    user = pool.users.change_attributes(user, written, context.now)
    details = []
    for name in pool.settings.get().verified_by:
        if name.value not in anew or user.verified(name.value):
            continue
        sent = await send_attribute_code(
            context, user, name.value, "UpdateUserAttribute", client_id, metadata
        )
        if isinstance(sent, Refusal):
            return sent
        details.append(sent)
    return details


async def send_attribute_code(
    context: PoolContext,
    user: User,
    name: str,
    source: str,
    client_id: str,
    metadata: Mapping[str, str],
) -> dict[str, object] | Refusal:
    """Send a code that proves an address or number; return where it went."""
    value = user.attribute(name)
    if name not in _VERIFIABLE or not value:
        return invalid_parameter(words.NOT_VERIFIABLE % name)
    contact = Contact(name, value)
    code = context.pool.codes.issue(user.username, CodePurpose(name), context.now)
    body = words.SMS_BODY if contact.is_phone else words.VERIFICATION_BODY
    letter = Letter(source, client_id, code, body % code)
    failed = await send(context, user, contact, letter, metadata)
    return failed or delivery_details(contact)


def removed(
    names: Iterable[str], settings: UserPoolSettings
) -> dict[str, str | None] | Refusal:
    """Return the changes that remove attributes, and what was said of them."""
    changes: dict[str, str | None] = {}
    for name in names:
        if name in settings.required_attributes or name == "sub":
            return invalid_parameter(words.CANNOT_DELETE % name)
        changes[name] = None
        if name in _VERIFIABLE:
            changes[f"{name}_verified"] = None
    return changes


def _missing_required(
    written: Mapping[str, str | None], settings: UserPoolSettings
) -> list[str]:
    return [
        name
        for name in settings.required_attributes
        if name in written and written[name] is None
    ]
