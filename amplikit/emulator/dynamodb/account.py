"""Whose tables these are, and their names in IAM's words."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Account"]


@dataclass(frozen=True, slots=True)
class Account:
    """A region of an account; ARNs are made of both."""

    region: str
    account_id: str

    @property
    def prefix(self) -> str:
        """What the ARN of every resource starts with."""
        return f"arn:aws:dynamodb:{self.region}:{self.account_id}:"

    def table(self, name: str) -> str:
        """Return a table's ARN."""
        return f"{self.prefix}table/{name}"

    def index(self, table: str, name: str) -> str:
        """Return an index's ARN."""
        return f"{self.prefix}table/{table}/index/{name}"
