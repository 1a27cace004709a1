"""Updates from syntax, names and values; see ``_binding`` for the order of faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from amplikit.store.conditions import Given, Path
from amplikit.store.expressions._binding import bind_paths, check_count, needs_path
from amplikit.store.expressions._syntax import Call, Sum, ValueName, WrittenPath
from amplikit.store.expressions._unnested import unnested
from amplikit.store.operands import (
    check_added,
    check_deleted,
    check_operator_count,
    check_type,
    not_distinct,
)
from amplikit.store.updates import (
    Added,
    Arithmetic,
    Assigned,
    Deleted,
    IfNotExists,
    ListAppend,
    Update,
    UpdateOperand,
)
from amplikit.store.values import type_of

if TYPE_CHECKING:
    from amplikit.store.expressions._placeholders import Placeholders
    from amplikit.store.expressions._syntax import Clause, OperandNode
    from amplikit.store.expressions._unnested import Steps

__all__ = ["bind_update"]

_NUMBER = frozenset({"N"})
_LIST = frozenset({"L"})


def bind_update(clauses: tuple[Clause, ...], given: Placeholders) -> Update:
    """Return the update; raises ``Unsound``."""
    targets = [(clause.name, one) for clause in clauses for one in clause.targets]
    paths = bind_paths(tuple(target.path for _, target in targets), given)
    assigned: list[Assigned] = []
    added: list[Added] = []
    deleted: list[Deleted] = []
    for (name, target), path in zip(reversed(targets), reversed(paths), strict=True):
        if target.operand is None:
            continue
        operand = _operand(target.operand, given)
        if name == "SET":
            assigned.append(Assigned(path, operand))
        elif name == "ADD" and isinstance(operand, Given):
            check_added(operand.value)
            added.append(Added(path, operand))
        elif isinstance(operand, Given):
            check_deleted(operand.value)
            deleted.append(Deleted(path, operand))
    check_operator_count(sum(_count(target.operand) for _, target in targets))
    removed = (
        path for (name, _), path in zip(targets, paths, strict=True) if name == "REMOVE"
    )
    return Update(
        tuple(reversed(assigned)),
        tuple(removed),
        tuple(reversed(added)),
        tuple(reversed(deleted)),
    )


def _operand(node: OperandNode, given: Placeholders) -> UpdateOperand:
    if isinstance(node, WrittenPath | ValueName):  # as most are: no steps needed
        return given.operand(node)
    return unnested(_bound(node, given))


def _bound(node: OperandNode, given: Placeholders) -> Steps[UpdateOperand]:
    match node:
        case WrittenPath() | ValueName():
            return given.operand(node)
        case Sum(left, operator, right):
            first = yield _bound(left, given)
            second = yield _bound(right, given)
            _check_given(operator, (first, second), _NUMBER)
            return Arithmetic(first, operator, second)
        case Call(function, arguments):
            operands: list[UpdateOperand] = []
            for argument in arguments:
                operand = yield _bound(argument, given)
                operands.append(operand)
            return _called(function, operands)
        case _:
            assert_never(node)


def _called(function: str, operands: list[UpdateOperand]) -> UpdateOperand:
    check_count(function, len(operands))
    first, second = operands
    if function == "list_append":
        _check_given(function, (first, second), _LIST)
        return ListAppend(first, second)
    if not isinstance(first, Path):
        raise needs_path(function)
    if first == second:
        raise not_distinct(function, first)
    return IfNotExists(first, second)


def _check_given(
    function: str, operands: tuple[UpdateOperand, ...], allowed: frozenset[str]
) -> None:
    for operand in operands:
        if isinstance(operand, Given):
            check_type(function, type_of(operand.value), allowed)


def _count(node: OperandNode | None) -> int:
    """Return how many operators and functions a valid operand is made of."""
    count = 0
    waiting = [] if node is None else [node]
    while waiting:
        match waiting.pop():
            case Sum(left, _, right):
                count += 1
                waiting += (left, right)
            case Call(_, arguments):
                count += 1
                waiting += arguments
            case _:
                pass
    return count
