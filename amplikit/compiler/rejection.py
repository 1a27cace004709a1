"""Problems that several directives tell in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from amplikit.errors import Where

__all__ = ["INVALID_DIRECTIVE", "invalid_name", "rejection"]

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


def invalid_name(name: str, where: Where | None) -> Problem:
    """Return the problem of a text that is to be printed as a name and is none."""
    return Problem(
        "invalid-name",
        f"'{name}' is no name in GraphQL.",
        "Use letters, digits and _, not beginning with a digit or __.",
        where,
    )
