"""One field asked of a resolver, and what can come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.emulator.trace import Path
    from amplikit.identity.caller import Caller
    from amplikit.store.interface import AttributeValue

__all__ = [
    "FieldCall",
    "FieldError",
    "FilterGroups",
    "Invalidation",
    "Resolved",
    "Subscribed",
]

FilterGroups = tuple[tuple[tuple[str, str, object], ...], ...]
"""Alternatives; all conditions (field, operator, value) of one of them must hold."""


@dataclass(frozen=True, slots=True)
class FieldCall:
    """A field to resolve: schema names, coerced arguments, the parent's raw value."""

    parent: str
    field: str
    arguments: Mapping[str, AttributeValue]
    source: Mapping[str, AttributeValue] | None
    caller: Caller
    path: Path


@dataclass(frozen=True, slots=True)
class Invalidation:
    """``extensions.invalidateSubscriptions``: ends what its filter says of a payload.

    That is every live subscription to ``field`` with an invalidation filter that
    matches, and its connection.
    """

    field: str
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The field's raw value, and what a mutation's resolver has invalidated."""

    value: AttributeValue
    invalidations: tuple[Invalidation, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldError:
    """An entry of ``errors`` (``util.error``); the field becomes null.

    ``error_code`` is told in real time alone.
    """

    message: str
    error_type: str | None
    data: object = None
    error_info: object = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The subscription may start; None: only its arguments filter the events.

    ``invalidation`` is ``extensions.setSubscriptionInvalidationFilter``.
    """

    filter: FilterGroups | None
    invalidation: FilterGroups | None = None
