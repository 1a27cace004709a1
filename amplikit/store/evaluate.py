"""Conditions as Python predicates over an item.

Compiling checks what DynamoDB checks before it reads anything: operand types, bounds,
the number of operators. Predicates are not cached: a key that tells ``True`` from
``1`` inside a list costs as much to build as the predicate.
Source: DynamoDB developer guide, "Comparison operator and function reference";
answers of DynamoDB Local 2.x for every operator, type and missing operand.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, assert_never

from amplikit.store.conditions import (
    And,
    AttributeExists,
    AttributeTypeIs,
    BeginsWith,
    Between,
    Comparison,
    Contains,
    Given,
    In,
    Not,
    Or,
    Path,
    Size,
)
from amplikit.store.interface import AttributeValue, Item
from amplikit.store.operands import (
    ORDERED,
    Unsound,
    check_operands,
    check_size,
)
from amplikit.store.projecting import follow
from amplikit.store.refusals import Invalid
from amplikit.store.traversal import check_operators
from amplikit.store.values import canonical_value, type_of

if TYPE_CHECKING:
    from amplikit.store.conditions import Comparator, Condition, Operand

__all__ = [
    "ExpressionName",
    "Predicate",
    "compile_condition",
]

ExpressionName = Literal["ConditionExpression", "FilterExpression"]
Predicate = Callable[[Item], bool]


class _Absent(Enum):
    """An operand without a value: no such attribute, or no size."""

    ABSENT = "absent"


_ABSENT: Final = _Absent.ABSENT
_Resolved = AttributeValue | _Absent
_Resolve = Callable[[Item], _Resolved]

# Of two values whose types are known to be equal and ordered, which mypy cannot see.
_Compare = Callable[[Any, Any], bool]
_ORDER: dict[str, _Compare] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_condition(condition: Condition, expression: ExpressionName) -> Predicate:
    """Return a function that says whether the condition holds for an item.

    Raises ``Invalid`` in DynamoDB's words, which name the ``expression``.
    """
    try:
        check_operators(condition)
        return _compile(condition)
    except Unsound as unsound:
        raise Invalid(f"Invalid {expression}: {unsound}") from None
    except Invalid as invalid:
        raise Invalid(
            f"ExpressionAttributeValues contains invalid value: {invalid}"
        ) from None


def _compile(condition: Condition) -> Predicate:
    check_operands(condition)
    match condition:
        case Comparison(left, comparator, right):
            return _comparison(left, comparator, right)
        case Between(operand, low, high):
            return _between(operand, low, high)
        case In(operand, options):
            return _in(operand, options)
        case AttributeExists(path, wanted):
            resolve = _resolver(path)
            return lambda item: (resolve(item) is not _ABSENT) is wanted
        case AttributeTypeIs(operand, type_name):
            return _attribute_type(operand, type_name)
        case BeginsWith(operand, prefix):
            return _begins_with(operand, prefix)
        case Contains(container, operand):
            return _contains(container, operand)
        case And(parts):
            return _all(list(map(_compile, parts)))
        case Or(parts):
            return _any(list(map(_compile, parts)))
        case Not(part):
            inner = _compile(part)
            return lambda item: not inner(item)
        case _:
            assert_never(condition)


def _comparison(left: Operand, comparator: Comparator, right: Operand) -> Predicate:
    first, second = _resolver(left), _resolver(right)
    if comparator == "=":
        return lambda item: _equal(first(item), second(item))
    if comparator == "<>":
        return lambda item: not _equal(first(item), second(item))
    compare = _ORDER[comparator]
    return lambda item: _ordered(compare, first(item), second(item))


def _between(operand: Operand, low: Operand, high: Operand) -> Predicate:
    resolve, lowest, highest = map(_resolver, (operand, low, high))

    def holds(item: Item) -> bool:
        value = resolve(item)
        return _ordered(operator.ge, value, lowest(item)) and _ordered(
            operator.le, value, highest(item)
        )

    return holds


def _in(operand: Operand, options: tuple[Operand, ...]) -> Predicate:
    resolve = _resolver(operand)
    choices = [_resolver(option) for option in options]

    def holds(item: Item) -> bool:
        value = resolve(item)
        return any(_equal(value, choice(item)) for choice in choices)

    return holds


def _attribute_type(operand: Operand, type_name: str) -> Predicate:
    resolve = _resolver(operand)

    def holds(item: Item) -> bool:
        value = resolve(item)
        return value is not _ABSENT and type_of(value) == type_name

    return holds


def _begins_with(operand: Operand, prefix: Operand) -> Predicate:
    resolve, start = _resolver(operand), _resolver(prefix)

    def holds(item: Item) -> bool:
        value, wanted = resolve(item), start(item)
        if isinstance(value, str) and isinstance(wanted, str):
            return value.startswith(wanted)
        if isinstance(value, bytes) and isinstance(wanted, bytes):
            return value.startswith(wanted)
        return False

    return holds


def _contains(container: Operand, operand: Operand) -> Predicate:
    resolve, part = _resolver(container), _resolver(operand)

    def holds(item: Item) -> bool:
        value, wanted = resolve(item), part(item)
        if isinstance(value, str):
            return isinstance(wanted, str) and wanted in value
        if isinstance(value, bytes):
            return isinstance(wanted, bytes) and wanted in value
        if isinstance(value, (list, frozenset)):
            return any(_equal(element, wanted) for element in value)
        return False

    return holds


def _all(parts: list[Predicate]) -> Predicate:
    # Loops, not all() over a generator: half the frames when conditions nest deeply.
    def holds(item: Item) -> bool:
        for part in parts:  # noqa: SIM110 - see above
            if not part(item):
                return False
        return True

    return holds


def _any(parts: list[Predicate]) -> Predicate:
    def holds(item: Item) -> bool:
        for part in parts:  # noqa: SIM110 - see above
            if part(item):
                return True
        return False

    return holds


def _resolver(operand: Operand) -> _Resolve:
    match operand:
        case Given(value):
            canonical = canonical_value(value)
            return lambda _: canonical
        case Path((str(name),)):
            return lambda item: item.get(name, _ABSENT)
        case Path(parts):
            return lambda item: follow(item, parts, _ABSENT)
        case Size(inner):
            check_size(operand)
            measured = _resolver(inner)
            return lambda item: _size(measured(item))
        case _:
            assert_never(operand)


def _size(value: _Resolved) -> _Resolved:
    match value:
        case str():
            return len(value.encode("utf-16-le")) // 2  # DynamoDB counts as Java does
        case bytes() | list() | dict() | frozenset():
            return len(value)
        case _:
            return _ABSENT


def _equal(left: _Resolved, right: _Resolved) -> bool:
    """Compare values of the same type; absent equals nothing, not even absent."""
    if left is _ABSENT or right is _ABSENT:
        return False
    kind = type_of(left)
    if kind != type_of(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            _equal(value, right[name]) for name, value in left.items()
        )
    return left == right


def _ordered(compare: _Compare, left: _Resolved, right: _Resolved) -> bool:
    if left is _ABSENT or right is _ABSENT:
        return False
    kind = type_of(left)
    return kind in ORDERED and kind == type_of(right) and compare(left, right)
