"""Updates as values: what DynamoDB's update expressions parse to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amplikit.store.conditions import Given, Path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from amplikit.store.interface import AttributeValue

__all__ = [
    "Added",
    "Arithmetic",
    "Assigned",
    "Deleted",
    "IfNotExists",
    "ListAppend",
    "Update",
    "UpdateOperand",
    "assign",
]


@dataclass(frozen=True, slots=True)
class IfNotExists:
    """``if_not_exists(path, otherwise)``."""

    path: Path
    otherwise: UpdateOperand


@dataclass(frozen=True, slots=True)
class ListAppend:
    """``list_append(first, second)``."""

    first: UpdateOperand
    second: UpdateOperand


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left + right`` or ``left - right``."""

    left: UpdateOperand
    operator: Literal["+", "-"]
    right: UpdateOperand


UpdateOperand = Path | Given | IfNotExists | ListAppend | Arithmetic


@dataclass(frozen=True, slots=True)
class Assigned:
    """``SET path = value``."""

    path: Path
    value: UpdateOperand


@dataclass(frozen=True, slots=True)
class Added:
    """``ADD path value``: to a number, or elements to a set."""

    path: Path
    value: Given


@dataclass(frozen=True, slots=True)
class Deleted:
    """``DELETE path value``: elements from a set."""

    path: Path
    value: Given


@dataclass(frozen=True, slots=True)
class Update:
    """All clauses of an update; every operand is read from the item as it was."""

    set: tuple[Assigned, ...] = ()
    remove: tuple[Path, ...] = ()
    add: tuple[Added, ...] = ()
    delete: tuple[Deleted, ...] = ()


def assign(values: Mapping[str, AttributeValue], remove: Iterable[str] = ()) -> Update:
    """Return the update that sets and removes whole attributes."""
    return Update(
        tuple(Assigned(Path((name,)), Given(value)) for name, value in values.items()),
        tuple(Path((name,)) for name in remove),
    )
