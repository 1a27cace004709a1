"""Conditions and filters as values: what DynamoDB's expressions parse to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from amplikit.store.interface import AttributeValue

__all__ = [
    "And",
    "AttributeExists",
    "AttributeTypeIs",
    "BeginsWith",
    "Between",
    "Comparator",
    "Comparison",
    "Condition",
    "Contains",
    "Given",
    "In",
    "Not",
    "Operand",
    "Or",
    "Path",
    "Size",
    "SortCondition",
]

Comparator = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Path:
    """A document path: attribute names and list positions."""

    parts: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A value given in the expression."""

    value: AttributeValue


@dataclass(frozen=True, slots=True)
class Size:
    """``size(operand)``; has no value when the attribute has none."""

    operand: Operand


Operand = Path | Given | Size


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; false between types, except for ``<>``."""

    left: Operand
    operator: Comparator
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """``operand BETWEEN low AND high``, inclusive."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class In:
    """``operand IN (...)``."""

    operand: Operand
    options: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class AttributeExists:
    """``attribute_exists``, or ``attribute_not_exists`` with ``wanted`` false."""

    path: Path
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class AttributeTypeIs:
    """``attribute_type(operand, "S")``."""

    operand: Operand
    type: str


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """``begins_with(operand, prefix)``, for strings and binary."""

    operand: Operand
    prefix: Operand


@dataclass(frozen=True, slots=True)
class Contains:
    """``contains(container, operand)``: substring, or element of a list or set."""

    container: Operand
    operand: Operand


@dataclass(frozen=True, slots=True)
class And:
    """All hold."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Does not hold."""

    of: Condition


Condition = (
    Comparison
    | Between
    | In
    | AttributeExists
    | AttributeTypeIs
    | BeginsWith
    | Contains
    | And
    | Or
    | Not
)


@dataclass(frozen=True, slots=True)
class SortCondition:
    """A key condition on the sort key; ``BETWEEN`` takes two values."""

    operator: Literal["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]
    values: tuple[AttributeValue, ...]
