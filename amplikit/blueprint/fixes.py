"""What could be changed so that a refused caller is let in: edits as values.

Whoever finds them knows what was meant; whoever applies them knows the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amplikit.errors import Where

__all__ = [
    "AddRule",
    "AdminRole",
    "AllowField",
    "ConfigEdit",
    "Fix",
    "IamAccess",
    "SchemaEdit",
    "SetOperations",
    "StopDenying",
]


@dataclass(frozen=True, slots=True)
class SetOperations:
    """The rule that stands at a place gets these operations: ``[create, read]``."""

    where: Where
    operations: str


@dataclass(frozen=True, slots=True)
class AddRule:
    """A type, or a field of it, gets one more rule, and ``@auth`` if it has none."""

    type_name: str
    field: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class AdminRole:
    """One more of the admin roles, to which no rule applies (v2)."""

    name: str


@dataclass(frozen=True, slots=True)
class IamAccess:
    """IAM callers from outside of the identity pool are let in generally (v2)."""


@dataclass(frozen=True, slots=True)
class AllowField:
    """The policy of a configured role allows one more resource."""

    role: str
    resource: str


@dataclass(frozen=True, slots=True)
class StopDenying:
    """The policy of a configured role does not deny a resource any more."""

    role: str
    resource: str


SchemaEdit = SetOperations | AddRule
ConfigEdit = AdminRole | IamAccess | AllowField | StopDenying


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together, and what they do in a sentence."""

    says: str
    edits: tuple[SchemaEdit | ConfigEdit, ...]
