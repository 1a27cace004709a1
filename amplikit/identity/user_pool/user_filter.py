"""The filter of ``ListUsers``: one attribute, ``=`` or ``^=``, one quoted text.

Source: Cognito API reference, ListUsers; developer guide, "Searching for users".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amplikit.identity.user_pool import words
from amplikit.identity.user_pool.refusal import Refusal, invalid_parameter

if TYPE_CHECKING:
    from amplikit.identity.user_pool.users import User

__all__ = ["UserFilter", "read_filter"]

_FORM = re.compile(r'\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ATTRIBUTES = frozenset(
    {
        *("username", "email", "phone_number", "name", "given_name", "family_name"),
        *("preferred_username", "cognito:user_status", "status", "sub"),
    }
)
_CASE_SENSITIVE = frozenset({"username", "sub", "status"})


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which users are meant."""

    attribute: str
    is_prefix: bool
    value: str

    def matches(self, user: User) -> bool:
        """Whether the user is among them."""
        found = self._value_of(user)
        if found is None:
            return False
        wanted = self.value
        if self.attribute not in _CASE_SENSITIVE:
            found, wanted = found.casefold(), wanted.casefold()
        return found.startswith(wanted) if self.is_prefix else found == wanted

    def _value_of(self, user: User) -> str | None:
        match self.attribute:
            case "username":
                return user.username
            case "sub":
                return user.sub
            case "cognito:user_status":
                return user.status.value
            case "status":
                return "Enabled" if user.enabled else "Disabled"
            case name:
                return user.attribute(name)


def read_filter(text: str) -> UserFilter | Refusal | None:
    """Return the filter, None when it is empty."""
    if not text.strip():
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        return invalid_parameter(words.BAD_FILTER)
    attribute, operator, quoted = found.groups()
    if attribute not in _ATTRIBUTES:
        return invalid_parameter(words.NOT_SEARCHABLE % attribute)
    return UserFilter(attribute, operator == "^=", _ESCAPED.sub(r"\1", quoted))
