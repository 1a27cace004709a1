"""Why a caller was refused, as a value: what a fix has to overcome.

The emulator notes it beside its decision; whoever looks for a fix reads nothing else of
the request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amplikit.blueprint.grants import Subject
    from amplikit.blueprint.operations import Authorize

__all__ = ["ByField", "ByMode", "ByPolicy", "ByRule", "Cause", "Denial", "Unruled"]


@dataclass(frozen=True, slots=True)
class ByMode:
    """The directives of the field do not admit the caller's mode, or its groups."""

    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ByPolicy:
    """The policy of the caller's role; ``explicit``: a statement denies it."""

    role: str
    explicit: bool


@dataclass(frozen=True, slots=True)
class ByRule:
    """No rule of a check lets the caller in.

    ``item`` is what the rules looked at: the input of a create, the stored item, the
    parent of a field; None when there was none to look at. ``absent``: they wanted one.
    """

    check: Authorize
    item: Mapping[str, object] | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class ByField:
    """The caller is let in, but not to write these fields; ``nulls`` are set to null.

    ``check`` has let the caller in by ``item``.
    """

    check: Authorize | None
    fields: tuple[str, ...]
    nulls: tuple[str, ...] = ()
    item: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Unruled:
    """The model has no rule at all, which denies everybody (v2)."""


Cause = ByMode | ByPolicy | ByRule | ByField | Unruled


@dataclass(frozen=True, slots=True)
class Denial:
    """Who was refused where; ``coordinate`` is the field, e.g. ``Query.getPost``."""

    coordinate: str
    caller: Subject
    cause: Cause
