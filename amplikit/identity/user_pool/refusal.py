"""Cognito's refusals as values, and those that several operations share."""

from __future__ import annotations

from dataclasses import dataclass

from amplikit.identity.user_pool import words

__all__ = [
    "ATTEMPT_LIMIT",
    "CODE_EXPIRED",
    "CODE_MISMATCH",
    "INCORRECT_LOGIN",
    "INVALID_REFRESH_TOKEN",
    "INVALID_SESSION",
    "PASSWORD_ATTEMPTS",
    "USERNAME_EXISTS",
    "USER_DISABLED",
    "USER_NOT_CONFIRMED",
    "USER_NOT_FOUND",
    "Refusal",
    "invalid_parameter",
    "not_authorized",
    "not_found",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer with ``__type`` and ``message``.

    ``reason`` is for the operator, who may know what the caller must not.
    """

    type: str
    message: str
    status: int = 400
    reason: str = ""


def not_authorized(message: str) -> Refusal:
    """Return a ``NotAuthorizedException``."""
    return Refusal("NotAuthorizedException", message)


def invalid_parameter(message: str) -> Refusal:
    """Return an ``InvalidParameterException``."""
    return Refusal("InvalidParameterException", message)


def not_found(message: str) -> Refusal:
    """Return a ``ResourceNotFoundException``."""
    return Refusal("ResourceNotFoundException", message)


ATTEMPT_LIMIT = Refusal("LimitExceededException", words.ATTEMPT_LIMIT)
CODE_EXPIRED = Refusal("ExpiredCodeException", words.CODE_EXPIRED)
CODE_MISMATCH = Refusal("CodeMismatchException", words.CODE_MISMATCH)
INCORRECT_LOGIN = not_authorized(words.INCORRECT_LOGIN)
INVALID_REFRESH_TOKEN = not_authorized(words.INVALID_REFRESH_TOKEN)
INVALID_SESSION = not_authorized(words.INVALID_SESSION)
PASSWORD_ATTEMPTS = not_authorized(words.PASSWORD_ATTEMPTS)
USERNAME_EXISTS = Refusal("UsernameExistsException", words.USERNAME_EXISTS)
USER_DISABLED = not_authorized(words.USER_DISABLED)
USER_NOT_CONFIRMED = Refusal("UserNotConfirmedException", words.USER_NOT_CONFIRMED)
USER_NOT_FOUND = Refusal("UserNotFoundException", words.USER_NOT_FOUND)
