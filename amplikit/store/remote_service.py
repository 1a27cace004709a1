"""The one way in which the remote store reaches DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RemoteError", "RemoteService"]


class RemoteError(Exception):
    """DynamoDB's refusal, or why it could not be asked.

    ``response`` is the error as an SDK reads it: ``Item``, ``CancellationReasons``.
    """

    def __init__(
        self, type_: str, message: str, response: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{type_}: {message}")
        self.type = type_
        self.message = message
        self.response = response or {}


class RemoteService(Protocol):
    """DynamoDB's operations by name, requests and answers as in its API."""

    def call(
        self, operation: str, request: Mapping[str, object]
    ) -> Mapping[str, object]:
        """Return the answer; binary values are ``bytes``. Raises ``RemoteError``."""

    def close(self) -> None:
        """Release the connections."""
