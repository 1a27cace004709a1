"""What all expressions are made of: paths, values, calls and parentheses.

DynamoDB refuses a pair of parentheses around another one, and it does so while it
reads: as soon as it knows which rule of its grammar the pair belongs to. What an
expression's first operand belongs to shows only in the token after it, so until then a
syntax error is found first. ``undecided`` counts the rules that are open in this way.
Source: answers of DynamoDB Local 2.x to expressions with two errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from amplikit.store.conditions import Path
from amplikit.store.expressions._reserved import RESERVED_WORDS
from amplikit.store.expressions._syntax import (
    MAX_LEVELS,
    Call,
    Group,
    Sum,
    ValueName,
    WrittenPath,
)
from amplikit.store.expressions._tokens import Tokens
from amplikit.store.operands import Unsound

if TYPE_CHECKING:
    from amplikit.store.expressions._syntax import Node, OperandNode
    from amplikit.store.expressions._unnested import Steps

__all__ = [
    "CONDITION_FUNCTIONS",
    "FUNCTIONS",
    "UPDATE_FUNCTIONS",
    "OperandParser",
    "operand_of",
]

_MAX_INDEX = 2**31 - 1
CONDITION_FUNCTIONS = frozenset(
    {
        "attribute_exists",
        "attribute_not_exists",
        "attribute_type",
        "begins_with",
        "contains",
        "size",
    }
)
UPDATE_FUNCTIONS = frozenset({"if_not_exists", "list_append"})
FUNCTIONS = CONDITION_FUNCTIONS | UPDATE_FUNCTIONS


class OperandParser:
    """Reads operands; remembers the first fault that is none of syntax."""

    functions: ClassVar[frozenset[str]]
    language: ClassVar[str]

    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.undecided = 0
        self._redundant = False
        self._faults: dict[int, str] = {}

    def fault(self, at: int, message: str) -> None:
        """Note a fault at a token; the first of the text is raised at the end."""
        self._faults.setdefault(at, message)

    def finish(self) -> None:
        """Raise ``Unsound`` unless the expression ends here, without a fault."""
        if self.tokens.next.kind != "end":
            raise self.tokens.unexpected()
        if self._faults:
            raise Unsound(self._faults[min(self._faults)])

    def decide(self) -> None:
        """Raise ``Unsound`` for double parentheses: what they belong to is known."""
        self.undecided = 0
        if self._redundant:
            raise Unsound("The expression has redundant parentheses;")

    def grouped(self, inner: Node) -> Group:
        """Return what stood in parentheses, whose second one has just been read."""
        if isinstance(inner, Group):
            self._redundant = True
            if not self.undecided:
                self.decide()
        return Group(inner)

    def path(self) -> WrittenPath:
        """Read a document path."""
        parts: list[str | int] = [self._attribute()]
        while True:
            if self.tokens.took("."):
                if self.tokens.next.kind == "value":
                    # DynamoDB's grammar lets it pass, to be an undefined name.
                    parts.append(self.tokens.take().text)
                else:
                    parts.append(self._attribute())
            elif self.tokens.took("["):
                parts.append(self._index())
                self.tokens.expect("]")
            else:
                return _written(tuple(parts))

    def value(self) -> ValueName:
        """Read the placeholder of a value."""
        if self.tokens.next.kind != "value":
            raise self.tokens.unexpected()
        return ValueName(self.tokens.take().text)

    def operand(self) -> Steps[Node]:
        """Read an operand, perhaps in parentheses."""
        tokens = self.tokens
        if tokens.took("("):
            inner = yield self.operand()
            tokens.expect(")")
            return self.grouped(inner)
        if tokens.next.kind == "value":
            return self.value()
        if tokens.next.kind == "word" and tokens.second_is("("):
            return (yield self.call())
        return self.path()

    def call(self) -> Steps[Node]:
        """Read a function with its operands."""
        at = self.tokens.at
        function = self.tokens.take().text
        if function not in FUNCTIONS:
            self.fault(at, f"Invalid function name; function: {function}")
        elif function not in self.functions:
            self.fault(
                at,
                f"The function is not allowed in {self.language}; function: {function}",
            )
        self.tokens.expect("(")
        arguments: list[OperandNode] = []
        while True:
            node = operand_of((yield self.operand()))
            if isinstance(node, Call):
                self.check_argument(node)
            arguments.append(node)
            if not self.tokens.took(","):
                break
        self.tokens.expect(")")
        return Call(function, tuple(arguments), at)

    def check_argument(self, call: Call) -> None:
        """Note a fault when that function's result cannot be an operand."""
        raise NotImplementedError

    def misused(self, call: Call) -> None:
        """Note that a function stands where it cannot."""
        self.fault(
            call.at,
            "The function is not allowed to be used this way in an expression; "
            f"function: {call.function}",
        )

    def _attribute(self) -> str:
        token = self.tokens.next
        if token.kind not in ("word", "name"):
            raise self.tokens.unexpected()
        if token.kind == "word" and token.text.upper() in RESERVED_WORDS:
            self.fault(
                self.tokens.at,
                f"Attribute name is a reserved keyword; reserved keyword: {token.text}",
            )
        return self.tokens.take().text

    def _index(self) -> int:
        if self.tokens.next.kind != "number":
            raise self.tokens.unexpected()
        at = self.tokens.at
        text = self.tokens.take().text
        index = int(text)
        if index > _MAX_INDEX:
            self.fault(
                at, f"List index is not within the allowable range; index: [{text}]"
            )
        return index


def _written(parts: tuple[str | int, ...]) -> WrittenPath:
    named = any(isinstance(part, str) and part[0] in "#:" for part in parts)
    unsure = named or len(parts) > MAX_LEVELS
    return WrittenPath(parts, None if unsure else Path(parts))


def operand_of(node: Node) -> OperandNode:
    """Return an operand without its parentheses."""
    while isinstance(node, Group):
        node = node.inner
    if isinstance(node, WrittenPath | ValueName | Call | Sum):
        return node
    raise AssertionError("a condition is no operand")
