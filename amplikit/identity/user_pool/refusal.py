"""Cognito's refusals as values, and the words that several operations share."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ATTEMPT_LIMIT",
    "CODE_EXPIRED",
    "CODE_MISMATCH",
    "INCORRECT_LOGIN",
    "INVALID_REFRESH_TOKEN",
    "PASSWORD_ATTEMPTS",
    "USERNAME_EXISTS",
    "USER_DISABLED",
    "USER_NOT_CONFIRMED",
    "Refusal",
    "invalid_parameter",
    "not_authorized",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error answer: HTTP 400 with ``__type`` and ``message``."""

    type: str
    message: str


def not_authorized(message: str) -> Refusal:
    """Return a ``NotAuthorizedException``."""
    return Refusal("NotAuthorizedException", message)


def invalid_parameter(message: str) -> Refusal:
    """Return an ``InvalidParameterException``."""
    return Refusal("InvalidParameterException", message)


# Source: answers of the service as public client libraries and their issues quote them.
ATTEMPT_LIMIT = Refusal(
    "LimitExceededException", "Attempt limit exceeded, please try after some time."
)
CODE_EXPIRED = Refusal(
    "ExpiredCodeException", "Invalid code provided, please request a code again."
)
CODE_MISMATCH = Refusal(
    "CodeMismatchException", "Invalid verification code provided, please try again."
)
INCORRECT_LOGIN = not_authorized("Incorrect username or password.")
INVALID_REFRESH_TOKEN = not_authorized("Invalid Refresh Token")
PASSWORD_ATTEMPTS = not_authorized("Password attempts exceeded")
USERNAME_EXISTS = Refusal("UsernameExistsException", "User already exists")
USER_DISABLED = not_authorized("User is disabled.")
USER_NOT_CONFIRMED = Refusal("UserNotConfirmedException", "User is not confirmed.")
