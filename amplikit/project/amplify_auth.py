"""The modes of an API as Amplify's own files write them."""

from __future__ import annotations

__all__ = ["from_amplify"]

_UNUSED = frozenset({"apiKeyConfig"})
_NAMES = {
    "defaultAuthentication": "default",
    "additionalAuthenticationProviders": "additional",
}


def from_amplify(value: object) -> object:
    """Return ``{default, additional}`` for Amplify's shape, or the value as it is.

    A provider keeps its settings, but for those of the modes that have none here.
    Source: ``authConfig`` in Amplify's ``cli-inputs.json`` and its transformers.
    """
    if not isinstance(value, dict) or "defaultAuthentication" not in value:
        return value
    return {_NAMES.get(key, key): _types(one) for key, one in value.items()}


def _types(value: object) -> object:
    if isinstance(value, list):
        return [_types(one) for one in value]
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if key not in _UNUSED}
        return kept["authenticationType"] if [*kept] == ["authenticationType"] else kept
    return value
