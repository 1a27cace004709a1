"""Whether a document may be executed, in graphql-java's words."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from graphql import ASTValidationRule, GraphQLError, validate

from amplikit.emulator import wire
from amplikit.emulator.validation.messages import RULES, HideIntrospection, Text
from amplikit.emulator.validation.overlap import conflicts
from amplikit.emulator.validation.places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import DocumentNode, GraphQLSchema, Node, ValidationContext

__all__ = ["validation_errors"]

_MAX_ERRORS = 100
_RULE = "rule"


def _signing(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """Return the rule as one whose errors say which rule found them."""

    def begin(self: ASTValidationRule, context: ValidationContext) -> None:
        def on_error(error: GraphQLError) -> None:
            error.extensions = {_RULE: rule}
            context.report_error(error)

        # Some rules report to their context directly, so it is the context that signs.
        own = copy(context)
        own.on_error = on_error  # type: ignore[method-assign]  # an attribute, called
        rule.__init__(self, own)

    return type(rule.__name__, (rule,), {"__init__": begin})


_SIGNING_RULES = {rule: _signing(rule) for rule in RULES}
_INTROSPECTION_HIDDEN = (*_SIGNING_RULES.values(),)
_ALL_SHOWN = tuple(
    signing for rule, signing in _SIGNING_RULES.items() if rule is not HideIntrospection
)


def validation_errors(
    schema: GraphQLSchema, document: DocumentNode, *, introspection: bool = True
) -> tuple[GraphQLError, ...]:
    """Return every error of a document, at most 100, in the order of their places.

    Without ``introspection`` the schema's own types have no fields. Raises
    ``RecursionError`` when the document nests too deeply.
    """
    rules = _ALL_SHOWN if introspection else _INTROSPECTION_HIDDEN
    found = validate(schema, document, rules, _MAX_ERRORS, hide_suggestions=True)
    if found:
        return _worded(found, schema, document)
    overlapping = conflicts(schema, document)[:_MAX_ERRORS]
    if not overlapping:
        return ()
    places = Places(schema, document)
    return tuple(
        _error("FieldsConflict", conflict.text, places, [*conflict[:2]])
        for conflict in overlapping
    )


def _worded(
    found: Sequence[GraphQLError], schema: GraphQLSchema, document: DocumentNode
) -> tuple[GraphQLError, ...]:
    places = Places(schema, document)
    texts = {(text.words, id(text.node)): text for text in _texts(found, places)}
    if not texts:
        # What no rule has found is that validation gave up.
        raise RecursionError
    errors = [
        _error(text.kind, text.words, places, [text.node]) for text in texts.values()
    ]
    return tuple(sorted(errors, key=_position))


def _texts(found: Sequence[GraphQLError], places: Places) -> Iterator[Text]:
    for error in found:
        rule = (error.extensions or {}).get(_RULE)
        # Without a rule it is validation's own: it has given up on the document.
        if rule and error.nodes:
            texts = [*RULES[rule](error.nodes, places)]
            # Should a rule's words ever miss a case, the document stays invalid.
            yield from texts or [Text("InvalidSyntax", error.message, error.nodes[0])]


def _error(kind: str, words: str, places: Places, nodes: list[Node]) -> GraphQLError:
    path = "/".join(places.of(nodes[0]).path)
    message = wire.VALIDATION_ERROR % (kind, words)
    return GraphQLError(f"{message} @ '{path}'" if path else message, nodes)


def _position(error: GraphQLError) -> tuple[int, int]:
    places = error.locations or []
    return (places[0].line, places[0].column) if places else (0, 0)
