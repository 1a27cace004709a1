"""From syntax, names and values to conditions and updates.

Faults are looked for in DynamoDB's order. Conditions: from left to right, operands
before the function or comparison that takes them. Updates: all paths, from the last to
the first; then all operands, from the last clause to the first.
Source: answers of DynamoDB Local 2.x to expressions with two faults.
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
    Condition,
    Contains,
    Given,
    In,
    Not,
    Operand,
    Or,
    Path,
    Size,
)
from amplikit.store.expressions._overlap import PathTree
from amplikit.store.expressions._syntax import (
    All,
    Call,
    Compared,
    Either,
    InList,
    Negated,
    Ranged,
    Sum,
    ValueName,
    WrittenPath,
)
from amplikit.store.expressions._unnested import unnested
from amplikit.store.operands import (
    Unsound,
    check_distinct,
    check_operands,
    check_size,
    check_type,
)
from amplikit.store.traversal import check_operators
from amplikit.store.values import type_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from amplikit.store.expressions._placeholders import Placeholders
    from amplikit.store.expressions._syntax import ConditionNode, OperandNode
    from amplikit.store.expressions._unnested import Steps

__all__ = ["bind_condition", "bind_paths", "check_count", "needs_path"]

_OPERANDS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "if_not_exists": 2,
    "list_append": 2,
    "size": 1,
}
# What the service names when the type is not a value; in no particular order.
_ANY_TYPE = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
_STRING = frozenset({"S"})

_Part = Condition | Operand


def bind_condition(node: ConditionNode, given: Placeholders) -> Condition:
    """Return the condition; raises ``Unsound``."""
    condition = _as_condition(unnested(_bound(node, given)))
    check_operators(condition)
    return condition


def bind_paths(
    written: tuple[WrittenPath, ...], given: Placeholders
) -> tuple[Path, ...]:
    """Return the paths, none of which may be in another's way; raises ``Unsound``."""
    tree = PathTree()
    paths: list[Path] = []
    for one in reversed(written):
        path = given.path(one)
        tree.add(path)
        paths.append(path)
    return tuple(reversed(paths))


def check_count(function: str, operands: int) -> None:
    """Raise ``Unsound`` unless the function takes so many operands."""
    if _OPERANDS[function] != operands:
        raise Unsound(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {function}, number of operands: {operands}"
        )


def needs_path(function: str) -> Unsound:
    """Return the error that the function takes a path alone."""
    return Unsound(
        "Operator or function requires a document path; "
        f"operator or function: {function}"
    )


def _bound(node: ConditionNode | OperandNode, given: Placeholders) -> Steps[_Part]:
    match node:
        case WrittenPath() | ValueName():
            return given.operand(node)
        case Call(function, arguments):
            bound = yield from _each(arguments, given)
            return _called(function, tuple(map(_as_operand, bound)))
        case All(parts) | Either(parts):
            bound = yield from _each(parts, given)
            join = And if isinstance(node, All) else Or
            return join(tuple(map(_as_condition, bound)))
        case Negated(part):
            return Not(_as_condition((yield _bound(part, given))))
        case Compared(left, operator, right):
            bound = yield from _each((left, right), given)
            first, second = map(_as_operand, bound)
            return _sound(Comparison(first, operator, second))
        case Ranged(operand, low, high):
            bound = yield from _each((operand, low, high), given)
            return _sound(Between(*map(_as_operand, bound)))
        case InList(operand, options):
            bound = yield from _each((operand, *options), given)
            first, *choices = map(_as_operand, bound)
            return _sound(In(first, tuple(choices)))
        case Sum():
            raise AssertionError("arithmetic is for updates")
        case _:
            assert_never(node)


def _each(
    nodes: Iterable[ConditionNode | OperandNode], given: Placeholders
) -> Generator[Steps[_Part], _Part, list[_Part]]:
    parts: list[_Part] = []
    for node in nodes:
        if isinstance(node, WrittenPath | ValueName):  # as most are: no step of its own
            parts.append(given.operand(node))
        else:
            part = yield _bound(node, given)
            parts.append(part)
    return parts


def _called(function: str, operands: tuple[Operand, ...]) -> _Part:
    check_count(function, len(operands))
    first, last = operands[0], operands[-1]
    match function:
        case "size":
            size = Size(first)
            check_size(size)
            return size
        case "attribute_exists" | "attribute_not_exists":
            if not isinstance(first, Path):
                raise needs_path(function)
            return AttributeExists(first, wanted=function == "attribute_exists")
        case "attribute_type":
            return _attribute_type(first, last)
        case "begins_with":
            return _sound(BeginsWith(first, last))
        case "contains":
            return _sound(Contains(first, last))
        case _:
            raise AssertionError(f"{function} is for updates")


def _attribute_type(first: Operand, last: Operand) -> Condition:
    name = last.value if isinstance(last, Given) else None
    if isinstance(name, str):
        return _sound(AttributeTypeIs(first, name))
    check_distinct(first, (last,), "attribute_type")
    match last:
        case Given(value):
            kind = type_of(value)
        case Size():
            kind = "N"
        case _:
            kind = _ANY_TYPE
    check_type("attribute_type", kind, _STRING)
    raise AssertionError("a string is a value")


def _sound(condition: Condition) -> Condition:
    check_operands(condition)
    return condition


def _as_operand(bound: _Part) -> Operand:
    if isinstance(bound, Path | Given | Size):
        return bound
    raise AssertionError("a condition is no operand")


def _as_condition(bound: _Part) -> Condition:
    if not isinstance(bound, Path | Given | Size):
        return bound
    raise AssertionError("an operand is no condition")
