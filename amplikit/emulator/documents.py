"""Query texts, parsed, measured and validated once each.

Nobody guards a document: it is never changed, so threads may share it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    Source,
    TokenKind,
    parse,
)

from amplikit.emulator import wire
from amplikit.emulator.effort import LONG, Effort, asks_outside, effort
from amplikit.emulator.refusal import RequestRefusal
from amplikit.emulator.validation import validation_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DocumentNode, GraphQLSchema, SelectionSetNode

__all__ = ["Document", "Documents", "Operation"]

# A character of a query takes about 150 bytes once it is parsed.
_CACHED_LENGTH: Final = 262_144
_MAX_CACHED_LENGTH: Final = 32_768
# What a document takes however short it is, in characters.
_OVERHEAD: Final = 64
# AppSync's own limit, when one is set, is at most 75 levels.
_MAX_DEPTH: Final = 75
# A document cannot name more fields than tokens; through fragments it can select more.
_MAX_FIELDS: Final = wire.MAX_QUERY_TOKENS


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with the root fields that it selects."""

    node: OperationDefinitionNode
    root_fields: frozenset[str]
    effort: Effort

    @property
    def name(self) -> str | None:
        """Return the operation's name, if it has one."""
        return self.node.name.value if self.node.name else None

    @property
    def kind(self) -> OperationType:
        """Return query, mutation or subscription."""
        return self.node.operation


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document; ``errors`` are those of its validation.

    ``waits``: some field of it may ask a function or an endpoint.
    """

    syntax: DocumentNode
    fragments: dict[str, FragmentDefinitionNode]
    operations: tuple[Operation, ...]
    errors: tuple[GraphQLError, ...]
    waits: bool = False

    def operation(self, name: str | None) -> Operation | RequestRefusal | GraphQLError:
        """Return the operation to execute."""
        if name:
            found = (one for one in self.operations if one.name == name)
            return next(found, None) or GraphQLError(wire.UNKNOWN_OPERATION % name)
        if len(self.operations) == 1:
            return self.operations[0]
        if self.operations:
            return RequestRefusal(
                400,
                wire.BAD_REQUEST_EXCEPTION,
                wire.MISSING_OPERATION_NAME,
                f"the document holds {len(self.operations)} operations and"
                " 'operationName' names none of them",
            )
        return _malformed("the document holds no operation")

    def fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        """Yield the fields of a selection set, those of a fragment once.

        The document need not be valid: fragments may be missing, or spread themselves.
        """
        spread: set[str] = set()
        waiting = [iter(selections.selections)]
        while waiting:
            selection = next(waiting[-1], None)
            if selection is None:
                waiting.pop()
            elif isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments.get(selection.name.value)
                if fragment and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    waiting.append(iter(fragment.selection_set.selections))
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(iter(selection.selection_set.selections))


class Documents:
    """Documents by their text; safe for threads.

    The valid ones that were used last are kept, as many as fit into ``budget``
    characters of their texts. ``waiting`` are the coordinates of fields that ask a
    function or an endpoint.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        budget: int = _CACHED_LENGTH,
        waiting: frozenset[str] = frozenset(),
        *,
        introspection: bool = True,
    ) -> None:
        self._schema = schema
        self._waiting = waiting
        self._introspection = introspection
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._left = budget
        self._lock = threading.Lock()

    def known(self, text: str) -> Document | None:
        """Return the document of a query text that was read before."""
        with self._lock:
            document = self._known.get(text)
            if document is not None:
                self._known.move_to_end(text)
            return document

    def get(self, text: str) -> Document | RequestRefusal:
        """Return the document of a query text, or why it is no document."""
        known = self.known(text)
        if known is not None:
            return known
        document = _read(
            self._schema, text, self._waiting, introspection=self._introspection
        )
        if isinstance(document, Document) and not document.errors:
            self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        if len(text) > _MAX_CACHED_LENGTH:
            return
        with self._lock:
            if text in self._known:
                return
            self._known[text] = document
            self._left -= len(text) + _OVERHEAD
            while self._left < 0:
                dropped, _ = self._known.popitem(last=False)
                self._left += len(dropped) + _OVERHEAD


def _malformed(reason: str) -> RequestRefusal:
    return RequestRefusal(400, wire.MALFORMED_REQUEST, wire.UNPARSABLE_QUERY, reason)


def _read(
    schema: GraphQLSchema, text: str, waiting: frozenset[str], *, introspection: bool
) -> Document | RequestRefusal:
    try:
        # A text has no more tokens than characters.
        if len(text) > wire.MAX_QUERY_TOKENS and _is_too_long(text):
            return RequestRefusal(
                400,
                wire.BAD_REQUEST_EXCEPTION,
                wire.TOO_LONG,
                f"the document has more than {wire.MAX_QUERY_TOKENS} tokens",
            )
        syntax = parse(text, allow_empty_selection_sets=False)
    except GraphQLSyntaxError as error:
        return _malformed(error.message)
    fragments = {
        definition.name.value: definition
        for definition in syntax.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    errors = _errors(schema, syntax, fragments, introspection=introspection)
    operations = tuple(
        Operation(
            definition,
            _root_fields(definition, fragments),
            LONG if errors else effort(schema, definition, fragments),
        )
        for definition in syntax.definitions
        if isinstance(definition, OperationDefinitionNode)
    )
    waits = not errors and asks_outside(schema, syntax, waiting)
    return Document(syntax, fragments, operations, errors, waits)


def _is_too_long(text: str) -> bool:
    lexer = Lexer(Source(text))
    for _ in range(wire.MAX_QUERY_TOKENS):
        if lexer.advance().kind is TokenKind.EOF:
            return False
    return True


def _errors(
    schema: GraphQLSchema,
    syntax: DocumentNode,
    fragments: dict[str, FragmentDefinitionNode],
    *,
    introspection: bool,
) -> tuple[GraphQLError, ...]:
    try:
        errors = validation_errors(schema, syntax, introspection=introspection)
    except RecursionError:
        return (GraphQLError(wire.NESTED_TOO_DEEPLY),)
    if errors:
        return errors
    sizes: dict[str, tuple[int, int]] = {}
    for definition in syntax.definitions:
        if isinstance(definition, OperationDefinitionNode):
            depth, fields = _size(definition.selection_set, fragments, sizes)
            if depth > _MAX_DEPTH:
                return (GraphQLError(wire.NESTED_TOO_DEEPLY, definition),)
            if fields > _MAX_FIELDS:
                return (GraphQLError(wire.TOO_LONG, definition),)
    return ()


def _size(
    selections: SelectionSetNode,
    fragments: dict[str, FragmentDefinitionNode],
    known: dict[str, tuple[int, int]],
) -> tuple[int, int]:
    """Return levels and fields of a valid selection set, its fragments written out."""
    depth = fields = 0
    for selection in selections.selections:
        if isinstance(selection, FragmentSpreadNode):
            name = selection.name.value
            if name not in known:
                known[name] = _size(fragments[name].selection_set, fragments, known)
            inner = known[name]
        elif isinstance(selection, FieldNode):
            nested = selection.selection_set
            below = _size(nested, fragments, known) if nested else (0, 0)
            inner = below[0] + 1, below[1] + 1
        elif isinstance(selection, InlineFragmentNode):
            inner = _size(selection.selection_set, fragments, known)
        else:
            continue
        depth = max(depth, inner[0])
        fields += inner[1]
    return depth, fields


def _root_fields(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> frozenset[str]:
    found: set[str] = set()
    spread: set[str] = set()
    waiting = [operation.selection_set]
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                found.add(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                waiting.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = fragments.get(selection.name.value)
                if fragment and selection.name.value not in spread:
                    spread.add(selection.name.value)
                    waiting.append(fragment.selection_set)
    return frozenset(name for name in found if not name.startswith("__"))
