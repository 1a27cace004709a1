"""Answers of the OAuth endpoints.

Source: Cognito developer guide, "User pool endpoints and managed login reference".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OAuthAnswer", "json_answer", "oauth_error", "one_of_each"]


@dataclass(frozen=True, slots=True)
class OAuthAnswer:
    """What goes back over HTTP; ``refused`` is for the operator."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(repr=False, default=b"")
    refused: str = ""


def json_answer(status: int, content: Mapping[str, object]) -> OAuthAnswer:
    """Return a document, which nobody may keep."""
    headers = (
        ("content-type", "application/json;charset=UTF-8"),
        ("cache-control", "no-store"),
    )
    return OAuthAnswer(status, headers, json.dumps(content).encode())


def oauth_error(error: str, *, status: int = 400, reason: str = "") -> OAuthAnswer:
    """Return an error by its name in RFC 6749."""
    answer = json_answer(status, {"error": error})
    return OAuthAnswer(
        status, answer.headers, answer.body, f"{error}: {reason}" if reason else error
    )


def one_of_each(pairs: list[tuple[str, str]]) -> dict[str, str] | None:
    """Return parameters by name; None when one is given twice, as RFC 6749 forbids."""
    parameters = dict(pairs)
    return parameters if len(parameters) == len(pairs) else None
