"""What goes into an invocation, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.identity.credentials import Credential

__all__ = ["FunctionError", "FunctionResult", "InvocationContext"]


@dataclass(frozen=True, slots=True)
class InvocationContext:
    """Where and as whom a function runs.

    ``credential`` is its role's. ``endpoint_url`` stands in for every AWS service.
    ``ca_bundle`` is the file whose authorities it trusts, when the endpoint has TLS.
    A process stays warm as long as all but ``request_id`` stays the same.
    """

    request_id: str
    credential: Credential
    region: str
    account_id: str
    appsync_url: str
    endpoint_url: str
    ca_bundle: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """What the handler returned, as JSON, and what it printed."""

    payload: object
    log: str = ""


@dataclass(frozen=True, slots=True)
class FunctionError:
    """How the function failed, in Lambda's words, and what it printed."""

    error_type: str
    message: str
    request_id: str = ""
    stack_trace: tuple[str, ...] = ()
    log: str = ""

    def payload(self) -> dict[str, object]:
        """Return the JSON that Lambda answers with, beside ``FunctionError``."""
        return {
            "errorMessage": self.message,
            "errorType": self.error_type,
            "requestId": self.request_id,
            "stackTrace": list(self.stack_trace),
        }
