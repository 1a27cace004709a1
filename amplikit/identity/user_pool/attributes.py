"""Attributes that a user may set for herself, and how they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from amplikit.identity.user_pool.refusal import invalid_parameter, not_authorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.identity.user_pool.refusal import Refusal

__all__ = ["attributes_refusal", "email_refusal", "masked"]

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


def attributes_refusal(attributes: Mapping[str, str]) -> Refusal | None:
    """Return why a sign-up's attributes are refused. E-mail is required."""
    for name, value in attributes.items():
        if name in _READ_ONLY:
            return not_authorized("A client attempted to write unauthorized attribute")
        if name not in _WRITABLE and not _CUSTOM.fullmatch(name):
            return _schema(f"{name}: Attribute does not exist in the schema.")
        if len(value) > _LONGEST:
            return _schema(f"{name}: String must be at most {_LONGEST} characters long")
    if not attributes.get("email"):
        return _schema("email: The attribute is required")
    phone = attributes.get("phone_number")
    if phone and not _PHONE.fullmatch(phone):
        return invalid_parameter("Invalid phone number format.")
    return email_refusal(attributes["email"])


def email_refusal(email: str) -> Refusal | None:
    """Return why an e-mail address is refused."""
    if _EMAIL.fullmatch(email):
        return None
    return invalid_parameter("Invalid email address format.")


def masked(email: str) -> str:
    """Return an address as Cognito shows it to somebody who is not signed in."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain[:1]}***"


def _schema(problem: str) -> Refusal:
    return invalid_parameter(f"Attributes did not conform to the schema: {problem}")
