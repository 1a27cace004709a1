"""What can go wrong with a call, and how it is told.

One tree; ``except AppSyncError`` catches all of it.

    AppSyncError
    ├── GraphQLError           the service answered with errors
    │   ├── Unauthorized       the caller, or a field, was refused (HTTP 401, 403)
    │   ├── Throttled          too many requests (HTTP 429, DynamoDB throughput)
    │   ├── ConditionFailed    a DynamoDB condition did not hold; nothing was written
    │   └── ValidationFailed   the document or its variables do not fit the schema
    ├── Unreachable            no answer, or only a part of one
    ├── InvalidCall            the call cannot be made as it stands; also a ValueError
    └── ExtraMissing           an optional dependency is needed; also an ImportError
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AppSyncError",
    "ConditionFailed",
    "ExtraMissing",
    "GraphQLError",
    "InvalidCall",
    "Throttled",
    "Unauthorized",
    "Unreachable",
    "ValidationFailed",
]


class AppSyncError(Exception):
    """Everything that this package raises."""


class GraphQLError(AppSyncError):
    """The service answered with errors.

    ``errors`` are the answer's own, as JSON objects; ``data`` is the partial result
    beside them (``None`` without one); ``status`` is the HTTP status;
    ``retry_after_s`` is how long the service asks to wait, if it does.
    """

    retry_after_s: float | None = None

    def __init__(
        self,
        errors: list[dict[str, Any]],
        data: dict[str, Any] | None = None,
        status: int = 200,
    ) -> None:
        super().__init__(errors, data, status)
        self.errors = errors
        self.data = data
        self.status = status

    @property
    def error_type(self) -> str | None:
        """The ``errorType`` of the first error."""
        found = self.errors[0].get("errorType") if self.errors else None
        return found if isinstance(found, str) else None

    @property
    def message(self) -> str:
        """The message of the first error."""
        found = self.errors[0].get("message") if self.errors else None
        return found if isinstance(found, str) else ""

    def __str__(self) -> str:
        return "; ".join(_sentence(error) for error in self.errors)


class Unauthorized(GraphQLError):
    """The caller was refused, or a field of the query was."""


class Throttled(GraphQLError):
    """Too many requests, or a quota that is used up."""


class ConditionFailed(GraphQLError):
    """A DynamoDB condition did not hold: exists already, is gone, has changed."""


class ValidationFailed(GraphQLError):
    """The document or its variables do not fit the schema."""


class Unreachable(AppSyncError):
    """No answer came, or only a part of one.

    ``permanent`` says that another try cannot help (an untrusted certificate).
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class InvalidCall(AppSyncError, ValueError):
    """The call cannot be made as it stands; the message says what to change."""


class ExtraMissing(AppSyncError, ImportError):
    """An optional dependency is needed for this call."""


def _sentence(error: dict[str, Any]) -> str:
    path = error.get("path")
    place = ".".join(map(str, path)) if isinstance(path, list) else ""
    words = [place, error.get("errorType"), error.get("message")]
    return ": ".join(str(word) for word in words if word)
