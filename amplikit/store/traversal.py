"""The conditions inside a condition, and the operands that they take.

No function here recurses: a condition may nest deeper than Python likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    In,
    Not,
    Or,
    Path,
    Size,
)
from amplikit.store.operands import check_operator_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.store.conditions import Condition, Operand

__all__ = ["check_operators", "paths_read"]


def paths_read(condition: Condition) -> Iterator[Path]:
    """Yield the paths that the condition reads, in its order."""
    for operand in _operands(condition):
        if isinstance(operand, Path):
            yield operand


def check_operators(condition: Condition) -> None:
    """Raise ``Unsound`` for over 300 operators and functions, however deep."""
    count = 0
    for part in _parts(condition):
        if isinstance(part, And | Or):
            count += max(len(part.of) - 1, 1)  # so that nesting is bounded, too
            continue
        count += 1
        for operand in _taken(part):
            inner = operand
            while isinstance(inner, Size):
                count += 1
                inner = inner.operand
    check_operator_count(count)


def _parts(condition: Condition) -> Iterator[Condition]:
    """Yield the condition and every condition inside it, in order."""
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        yield part
        match part:
            case And(parts) | Or(parts):
                waiting.extend(reversed(parts))
            case Not(inner):
                waiting.append(inner)
            case _:
                pass


def _operands(condition: Condition) -> Iterator[Operand]:
    """Yield all operands in their order, those of sizes as well."""
    for part in _parts(condition):
        for operand in _taken(part):
            inner = operand
            yield inner
            while isinstance(inner, Size):
                inner = inner.operand
                yield inner


def _taken(part: Condition) -> tuple[Operand, ...]:
    """Return the operands that the condition itself takes."""
    match part:
        case Comparison(left, _, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case In(operand, options):
            return (operand, *options)
        case AttributeExists(path, _):
            return (path,)
        case AttributeTypeIs(operand, _):
            return (operand,)
        case BeginsWith(operand, prefix):
            return (operand, prefix)
        case Contains(container, operand):
            return (container, operand)
        case And() | Or() | Not():
            return ()
        case _:
            assert_never(part)
