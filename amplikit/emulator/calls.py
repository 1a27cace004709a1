"""One field asked of a resolver, and what can come back."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.emulator.trace import Path
    from amplikit.identity.caller import Caller
    from amplikit.store.interface import AttributeValue

__all__ = [
    "FieldCall",
    "FieldError",
    "FilterGroups",
    "Headers",
    "Invalidation",
    "Later",
    "Resolved",
    "Subscribed",
]

FilterGroups = tuple[tuple[tuple[str, str, object], ...], ...]
"""Alternatives; all conditions (field, operator, value) of one of them must hold."""

Headers = Mapping[str, str | list[str]]
"""A request's headers by their lower-case names; one that was repeated is a list."""


@dataclass(frozen=True, slots=True)
class FieldCall:
    """A field to resolve: schema names, coerced arguments, the parent's raw value.

    ``headers`` are those of the request. ``deadline`` is when whatever lies outside
    must have answered, by the monotonic clock.
    """

    parent: str
    field: str
    arguments: Mapping[str, AttributeValue]
    source: Mapping[str, AttributeValue] | None
    caller: Caller
    path: Path
    headers: Headers = dataclasses.field(default_factory=dict, repr=False)
    deadline: float = inf


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
    """The field's raw value; ``appended`` errors are told beside it.

    ``invalidations`` are those of a mutation's resolver.
    """

    value: AttributeValue
    appended: tuple[FieldError, ...] = ()
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


Later = Awaitable[Resolved | FieldError]
"""A field that waits for what lies outside; to be awaited once."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The subscription may start; None: only its arguments filter the events.

    ``invalidation`` is ``extensions.setSubscriptionInvalidationFilter``.
    """

    filter: FilterGroups | None
    invalidation: FilterGroups | None = None
