"""Updates and projections: from text to syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from amplikit.store.expressions._operand_parser import (
    UPDATE_FUNCTIONS,
    OperandParser,
    operand_of,
)
from amplikit.store.expressions._syntax import Call, Clause, Sum, Target
from amplikit.store.expressions._unnested import unnested
from amplikit.store.operands import Unsound

if TYPE_CHECKING:
    from amplikit.store.expressions._syntax import (
        ClauseName,
        Node,
        OperandNode,
        WrittenPath,
    )
    from amplikit.store.expressions._unnested import Steps

__all__ = ["parse", "parse_paths"]

_CLAUSES: tuple[ClauseName, ...] = ("SET", "REMOVE", "ADD", "DELETE")
_OPERATORS: tuple[Literal["+", "-"], ...] = ("+", "-")


def parse(text: str) -> tuple[Clause, ...]:
    """Return the clauses of an update as written; raises ``Unsound``."""
    parser = _UpdateParser(text)
    clauses = [parser.clause()]
    while parser.tokens.next.word in _CLAUSES:
        clauses.append(parser.clause())
    parser.finish()
    seen: set[ClauseName] = set()
    for clause in clauses:
        if clause.name in seen:
            raise Unsound(
                f'The "{clause.name}" section can only be used once in an update '
                "expression;"
            )
        seen.add(clause.name)
    return tuple(clauses)


def parse_paths(text: str) -> tuple[WrittenPath, ...]:
    """Return the paths of a projection as written; raises ``Unsound``."""
    parser = _UpdateParser(text)
    paths = [parser.path()]
    while parser.tokens.took(","):
        paths.append(parser.path())
    parser.finish()
    return tuple(paths)


class _UpdateParser(OperandParser):
    functions = UPDATE_FUNCTIONS
    language = "an update expression"

    def clause(self) -> Clause:
        """Read one section."""
        for name in _CLAUSES:
            if self.tokens.took(name):
                targets = [self._target(name)]
                while self.tokens.took(","):
                    targets.append(self._target(name))
                return Clause(name, tuple(targets))
        raise self.tokens.unexpected()

    def _target(self, clause: ClauseName) -> Target:
        path = self.path()
        if clause == "REMOVE":
            return Target(path, None)
        if clause == "SET":
            self.tokens.expect("=")
            return Target(path, operand_of(unnested(self._assigned())))
        return Target(path, self.value())

    def _assigned(self) -> Steps[Node]:
        """Read an operand, or two of them with an operator, perhaps in parentheses."""
        tokens = self.tokens
        self.undecided += 1
        level = self.undecided
        if tokens.took("("):
            inner = yield self._assigned()
            tokens.expect(")")
            left: Node = self.grouped(inner)
            if self.undecided < level:
                return left
        else:
            left = yield self.operand()
        for operator in _OPERATORS:
            if tokens.took(operator):
                self.decide()
                first = self._used(left)
                second = self._used((yield self.operand()))
                return Sum(first, operator, second)
        if level == 1:
            self.decide()
        else:
            self.undecided = level - 1
        return left

    def _used(self, node: Node) -> OperandNode:
        operand = operand_of(node)
        if isinstance(operand, Call):
            self.check_argument(operand)
        return operand

    def check_argument(self, call: Call) -> None:
        """Only ``if_not_exists`` can be an operand."""
        if call.function == "list_append":
            self.misused(call)
