"""What a GraphQL document is about to do, without a GraphQL library.

The client must know two things: is the operation safe to repeat, and which variables
does it declare. A tokenizer answers both; whether the document is valid is the
service's business, and what cannot be understood counts as a mutation.
Source: GraphQL specification (October 2021), section 2, "Language".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Operation", "OperationKind", "operation_of"]

# Possessive quantifiers: a hostile document cannot make the search backtrack.
_TOKEN = re.compile(
    r"""
      (?P<skip>   [\s,\ufeff]++ | \#[^\n\r]*+ )
    | (?P<string> \"{3} (?: [^"\\]++ | \\\"{3} | \\ | \"{1,2}(?!\") )*+ \"{3}
                | \" (?: [^"\\\n\r]++ | \\. )*+ \" )
    | (?P<name>   [_A-Za-z][_0-9A-Za-z]*+ )
    | (?P<number> -?[0-9][0-9.eE+-]*+ )
    | (?P<mark>   . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENS = frozenset("({[")
_CLOSES = {")": "(", "}": "{", "]": "["}


class OperationKind(Enum):
    """The three kinds of operation."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with the names of its variables."""

    kind: OperationKind
    name: str | None
    variables: frozenset[str]


_NOT_UNDERSTOOD = Operation(OperationKind.MUTATION, None, frozenset())


def operation_of(document: str, operation_name: str | None = None) -> Operation:
    """Return the operation that the service would run.

    Where that is not certain (no such name, several operations and no name, not
    GraphQL at all) a mutation without variables: the kind that is never repeated.
    """
    operations = _operations(document)
    if operation_name:
        operations = tuple(one for one in operations if one.name == operation_name)
    return operations[0] if len(operations) == 1 else _NOT_UNDERSTOOD


@lru_cache(maxsize=256)
def _operations(document: str) -> tuple[Operation, ...]:
    """Return the document's operations; none where it is not well-formed."""
    operations = []
    header: list[str] = []
    open_brackets: list[str] = []
    in_selection = False
    for mark in _tokens(document):
        if mark in _CLOSES:
            if not open_brackets or open_brackets.pop() != _CLOSES[mark]:
                return ()
            if in_selection and not open_brackets:
                in_selection = False
                header = []
                continue
        elif mark == "{" and not open_brackets:
            operation = _definition(header)
            if operation is _NOT_UNDERSTOOD:
                return ()
            if operation is not None:
                operations.append(operation)
            in_selection = True
        if mark in _OPENS:
            open_brackets.append(mark)
        if not in_selection:
            header.append(mark)
    return () if open_brackets or header else tuple(operations)


def _definition(header: list[str]) -> Operation | None:
    """Read what stands before a selection set; ``None`` for a fragment."""
    match header:
        case []:
            return Operation(OperationKind.QUERY, None, frozenset())
        case ["fragment", *_]:
            return None
        case ["query" | "mutation" | "subscription" as kind, *rest]:
            name = rest[0] if rest and rest[0].isidentifier() else None
            return Operation(OperationKind(kind), name, _declared(rest))
        case _:
            return _NOT_UNDERSTOOD


def _declared(header: list[str]) -> frozenset[str]:
    """Return the names in ``$name:``; a use of a variable has no colon behind it."""
    triples = zip(header, header[1:], header[2:], strict=False)
    return frozenset(
        name for dollar, name, colon in triples if dollar == "$" and colon == ":"
    )


def _tokens(document: str) -> Iterator[str]:
    """Yield names and marks; strings, numbers and comments decide nothing here."""
    for match in _TOKEN.finditer(document):
        if match.lastgroup in {"name", "mark"}:
            yield match.group()
