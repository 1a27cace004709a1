"""A problem for what the real transformer rejects as well, with its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from amplikit.errors import Where

__all__ = ["INVALID_DIRECTIVE", "rejection"]

INVALID_DIRECTIVE = "InvalidDirectiveError"


def rejection(
    code: str,
    *,
    message: str,
    hint: str,
    where: Where,
    amplify: str,
    kind: str = INVALID_DIRECTIVE,
) -> Problem:
    """Return a problem that carries the transformer's text in ``amplify``."""
    return Problem(code, message, hint, where, amplify=AmplifyError(kind, amplify))
