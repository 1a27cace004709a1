"""Conditions, filters and key conditions: from text to syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.store.expressions._operand_parser import (
    CONDITION_FUNCTIONS,
    OperandParser,
    operand_of,
)
from amplikit.store.expressions._syntax import (
    All,
    Call,
    Compared,
    Either,
    Group,
    InList,
    Negated,
    Ranged,
    Sum,
    ValueName,
    WrittenPath,
)
from amplikit.store.expressions._unnested import unnested

if TYPE_CHECKING:
    from amplikit.store.conditions import Comparator
    from amplikit.store.expressions._syntax import ConditionNode, Node, OperandNode
    from amplikit.store.expressions._unnested import Steps

__all__ = ["parse"]

_COMPARATORS: dict[str, Comparator] = {
    "=": "=",
    "<>": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}


def parse(text: str) -> ConditionNode:
    """Return the condition as written; raises ``Unsound``."""
    parser = _ConditionParser(text)
    condition = _condition_of(unnested(parser.any_of()))
    parser.finish()
    return condition


class _ConditionParser(OperandParser):
    """Reads conditions.

    What begins one in parentheses may turn out to be an operand of a larger one. It
    is undecided then, at a level above 1.
    """

    functions = CONDITION_FUNCTIONS
    language = "a condition expression"

    def any_of(self) -> Steps[Node]:
        """Read conditions that ``OR`` joins."""
        first = yield self._all_of()
        if self.tokens.next.word != "OR":
            return first
        parts = [_condition_of(first)]
        while self.tokens.took("OR"):
            parts.append(_condition_of((yield self._all_of())))
        return Either(tuple(parts))

    def _all_of(self) -> Steps[Node]:
        first = yield self._one()
        if self.tokens.next.word != "AND":
            return first
        parts = [_condition_of(first)]
        while self.tokens.took("AND"):
            parts.append(_condition_of((yield self._one())))
        return All(tuple(parts))

    def _one(self) -> Steps[Node]:
        if not self.tokens.took("NOT"):
            return (yield self._comparison())
        self.decide()
        negations = 1
        while self.tokens.took("NOT"):
            negations += 1
        condition = _condition_of((yield self._comparison()))
        for _ in range(negations):
            condition = Negated(condition)
        return condition

    def _comparison(self) -> Steps[Node]:
        tokens = self.tokens
        self.undecided += 1
        level = self.undecided
        if tokens.took("("):
            inner = yield self.any_of()
            tokens.expect(")")
            left: Node = self.grouped(inner)
            if self.undecided < level:
                return left
        else:
            left = yield self.operand()
        if tokens.next.text in _COMPARATORS or tokens.next.word in ("BETWEEN", "IN"):
            self.decide()
            return (yield self._compared(self._used(left)))
        operand = operand_of(left)
        decided = level == 1 or tokens.next.word in ("AND", "OR")
        if not decided and tokens.next.text == ")":
            self.undecided = level - 1
        elif decided and isinstance(operand, Call):
            self.decide()
            if operand.function == "size":
                self.misused(operand)
        else:
            raise tokens.unexpected()
        return left

    def _compared(self, left: OperandNode) -> Steps[Node]:
        tokens = self.tokens
        if tokens.took("BETWEEN"):
            low = self._used((yield self.operand()))
            if not tokens.took("AND"):
                raise tokens.unexpected()
            return Ranged(left, low, self._used((yield self.operand())))
        if tokens.took("IN"):
            tokens.expect("(")
            options = [self._used((yield self.operand()))]
            while tokens.took(","):
                options.append(self._used((yield self.operand())))
            tokens.expect(")")
            return InList(left, tuple(options))
        comparator = _COMPARATORS[tokens.take().text]
        return Compared(left, comparator, self._used((yield self.operand())))

    def _used(self, node: Node) -> OperandNode:
        operand = operand_of(node)
        if isinstance(operand, Call):
            self.check_argument(operand)
        return operand

    def check_argument(self, call: Call) -> None:
        """Only a size can be an operand."""
        if call.function != "size":
            self.misused(call)


def _condition_of(node: Node) -> ConditionNode:
    while isinstance(node, Group):
        node = node.inner
    if not isinstance(node, WrittenPath | ValueName | Sum):
        return node
    raise AssertionError("an operand alone is no condition")
