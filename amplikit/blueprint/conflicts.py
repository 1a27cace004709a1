"""What becomes of a write that was made of another version of its item.

Source: AppSync developer guide, "Conflict detection and resolution in AWS AppSync".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "AUTOMERGE",
    "BASE_TABLE_TTL_S",
    "DELTA_TABLE_TTL_S",
    "ConflictConfig",
    "ConflictHandler",
    "Resolution",
]

BASE_TABLE_TTL_S = 43_200 * 60
"""How long a deleted item is kept. Source: syncDataSourceConfig of both versions."""

DELTA_TABLE_TTL_S = 30 * 60
"""How long a change is kept. Source: the same."""


class Resolution(StrEnum):
    """``ConflictHandler`` of Amplify's ``ResolverConfig``."""

    AUTOMERGE = "AUTOMERGE"
    OPTIMISTIC_CONCURRENCY = "OPTIMISTIC_CONCURRENCY"
    LAMBDA = "LAMBDA"


@dataclass(frozen=True, slots=True)
class ConflictHandler:
    """How the conflicts of a model are resolved; ``function`` is for LAMBDA alone."""

    resolution: Resolution = Resolution.AUTOMERGE
    function: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictConfig:
    """Amplify's ``ResolverConfig``: the project's handler, and those of models."""

    project: ConflictHandler = field(default_factory=ConflictHandler)
    models: tuple[tuple[str, ConflictHandler], ...] = ()

    def handler(self, model: str) -> ConflictHandler:
        """Return the handler of a model."""
        return dict(self.models).get(model, self.project)


AUTOMERGE = ConflictHandler()
"""What Amplify proposes for a project."""
