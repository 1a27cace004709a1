"""The attributes of users: which there are, who may write them, how they look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import invalid_parameter, not_authorized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.blueprint.user_pool import UserPoolClient, UserPoolSettings
    from amplikit.identity.user_pool.refusal import Refusal
    from amplikit.identity.user_pool.users import User

__all__ = [
    "attributes_refusal",
    "email_refusal",
    "is_phone_number",
    "masked",
    "own_attributes_refusal",
    "shown_attributes",
    "sign_up_refusal",
]

# Source: Cognito developer guide, "Working with user attributes".
_WRITABLE = frozenset(
    {
        "address",
        "birthdate",
        "email",
        "family_name",
        "gender",
        "given_name",
        "locale",
        "middle_name",
        "name",
        "nickname",
        "phone_number",
        "picture",
        "preferred_username",
        "profile",
        "updated_at",
        "website",
        "zoneinfo",
    }
)
_READ_ONLY = frozenset({"email_verified", "phone_number_verified"})
_CUSTOM = re.compile(r"custom:\S{1,20}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.?[^\s@]*")
_PHONE = re.compile(r"\+[0-9]{1,15}")
_LONGEST = 2048
_STANDARD = _WRITABLE | _READ_ONLY


def sign_up_refusal(
    attributes: Mapping[str, str],
    settings: UserPoolSettings,
    client: UserPoolClient,
) -> Refusal | None:
    """Return why the attributes of a new user are refused."""
    refusal = own_attributes_refusal(attributes, settings, client)
    if refusal:
        return refusal
    for name in settings.required_attributes:
        if not attributes.get(name):
            return _schema(f"{name}: The attribute is required")
    return None


def own_attributes_refusal(
    attributes: Iterable[str] | Mapping[str, str],
    settings: UserPoolSettings,
    client: UserPoolClient,
) -> Refusal | None:
    """Return why a user may not write these of her attributes."""
    for name in attributes:
        allowed = client.write_attributes
        if name in _READ_ONLY or (allowed is not None and name not in allowed):
            return not_authorized(words.UNAUTHORIZED_ATTRIBUTE)
    values = attributes if isinstance(attributes, dict) else {}
    return attributes_refusal(dict.fromkeys(attributes, "") | values, settings)


def attributes_refusal(
    attributes: Mapping[str, str], settings: UserPoolSettings
) -> Refusal | None:
    """Return why attributes are refused, whoever writes them."""
    for name, value in attributes.items():
        if not _exists(name, settings):
            return _schema(f"{name}: Attribute does not exist in the schema.")
        if len(value) > _LONGEST:
            return _schema(f"{name}: String must be at most {_LONGEST} characters long")
        if name in _READ_ONLY and value not in ("true", "false", ""):
            return invalid_parameter(words.NOT_A_BOOLEAN % name)
    phone = attributes.get("phone_number")
    if phone and not _PHONE.fullmatch(phone):
        return invalid_parameter(words.INVALID_PHONE)
    email = attributes.get("email")
    return email_refusal(email) if email else None


def email_refusal(email: str) -> Refusal | None:
    """Return why an e-mail address is refused."""
    if _EMAIL.fullmatch(email):
        return None
    return invalid_parameter(words.INVALID_EMAIL)


def is_phone_number(text: str) -> bool:
    """Whether a text is a number as E.164 writes it."""
    return bool(_PHONE.fullmatch(text))


def masked(contact: str) -> str:
    """Return an address or number as Cognito shows it to whom it may not belong."""
    if "@" not in contact:
        return f"+*******{contact[-4:]}"
    name, _, domain = contact.partition("@")
    return f"{name[:1]}***@{domain[:1]}***"


def shown_attributes(
    user: User, readable: Iterable[str] | None = None
) -> list[dict[str, str]]:
    """Return a user's attributes as lists of Cognito's have them, ``sub`` last."""
    allowed = None if readable is None else frozenset(readable)
    listed = [
        {"Name": name, "Value": value}
        for name, value in user.attributes
        if allowed is None or name in allowed
    ]
    return [*listed, {"Name": "sub", "Value": user.sub}]


def _exists(name: str, settings: UserPoolSettings) -> bool:
    if name in _STANDARD:
        return True
    if not _CUSTOM.fullmatch(name):
        return False
    known = settings.custom_attributes
    return known is None or name.removeprefix("custom:") in known


def _schema(problem: str) -> Refusal:
    return invalid_parameter(words.ATTRIBUTE_SCHEMA % problem)
