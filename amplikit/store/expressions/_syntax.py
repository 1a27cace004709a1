"""What expressions look like before their names and values are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from amplikit.store.conditions import Comparator, Path

__all__ = [
    "MAX_LEVELS",
    "All",
    "Call",
    "Clause",
    "ClauseName",
    "Compared",
    "ConditionNode",
    "Either",
    "Group",
    "InList",
    "Negated",
    "OperandNode",
    "Ranged",
    "Sum",
    "Target",
    "ValueName",
    "WrittenPath",
]


MAX_LEVELS = 32
"""The most parts that a path may have."""


@dataclass(frozen=True, slots=True)
class WrittenPath:
    """A document path; a part that begins with ``#`` or ``:`` stands for a name.

    ``plain`` is the path itself where nothing is left to find out about it.
    """

    parts: tuple[str | int, ...]
    plain: Path | None


@dataclass(frozen=True, slots=True)
class ValueName:
    """``:name``, which stands for a value."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """``function(operand, ...)``; ``at`` is where its name stands."""

    function: str
    arguments: tuple[OperandNode, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Sum:
    """``left + right`` or ``left - right``, in an update."""

    left: OperandNode
    operator: Literal["+", "-"]
    right: OperandNode


@dataclass(frozen=True, slots=True)
class Compared:
    """``left operator right``."""

    left: OperandNode
    operator: Comparator
    right: OperandNode


@dataclass(frozen=True, slots=True)
class Ranged:
    """``operand BETWEEN low AND high``."""

    operand: OperandNode
    low: OperandNode
    high: OperandNode


@dataclass(frozen=True, slots=True)
class InList:
    """``operand IN (...)``."""

    operand: OperandNode
    options: tuple[OperandNode, ...]


@dataclass(frozen=True, slots=True)
class All:
    """``... AND ...``."""

    parts: tuple[ConditionNode, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """``... OR ...``."""

    parts: tuple[ConditionNode, ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """``NOT ...``."""

    part: ConditionNode


@dataclass(frozen=True, slots=True)
class Group:
    """Something in parentheses; only the parser sees it."""

    inner: Node


OperandNode = WrittenPath | ValueName | Call | Sum
ConditionNode = Compared | Ranged | InList | All | Either | Negated | Call
Node = OperandNode | ConditionNode | Group


ClauseName = Literal["SET", "REMOVE", "ADD", "DELETE"]


@dataclass(frozen=True, slots=True)
class Target:
    """A path of an update, and what happens to it; ``REMOVE`` has no operand."""

    path: WrittenPath
    operand: OperandNode | None


@dataclass(frozen=True, slots=True)
class Clause:
    """One section of an update."""

    name: ClauseName
    targets: tuple[Target, ...]
