"""The modes of an API as Amplify's own files write them."""

from __future__ import annotations

__all__ = ["from_amplify"]

_NAMES = {
    "defaultAuthentication": "default",
    "additionalAuthenticationProviders": "additional",
}


def from_amplify(value: object) -> object:
    """Return ``{default, additional}`` for Amplify's shape, or the value as it is.

    Only ``authenticationType`` is taken of each provider.
    Source: ``authConfig`` in Amplify's ``cli-inputs.json`` and its transformers.
    """
    if not isinstance(value, dict) or "defaultAuthentication" not in value:
        return value
    return {_NAMES.get(key, key): _types(one) for key, one in value.items()}


def _types(value: object) -> object:
    if isinstance(value, list):
        return [_types(one) for one in value]
    if isinstance(value, dict):
        return value.get("authenticationType", value)
    return value
