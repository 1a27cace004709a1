"""What stands in an ``Authorization`` header that is no signature."""

from __future__ import annotations

__all__ = ["bare_token"]

_BEARER = "bearer "


def bare_token(authorization: str) -> str:
    """Return the token without ``Bearer``, which AppSync accepts by now."""
    text = authorization.strip()
    return text[len(_BEARER) :].strip() if text.lower().startswith(_BEARER) else text
