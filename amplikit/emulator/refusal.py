"""A request that is refused as a whole: a value, not an exception."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RequestRefusal"]


@dataclass(frozen=True, slots=True)
class RequestRefusal:
    """An HTTP status and the one error told with it; no ``data``.

    ``reason`` is for the operator's log alone. A few answers of the service have no
    message.
    """

    status: int
    error_type: str
    message: str
    reason: str = ""

    def body(self) -> dict[str, object]:
        """Return the response's JSON."""
        error = {"errorType": self.error_type}
        if self.message:
            error["message"] = self.message
        return {"errors": [error]}
