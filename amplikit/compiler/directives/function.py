"""``@function``: a field that Lambda functions answer, one after the other.

Source: graphql-function-transformer (v1), amplify-graphql-function-transformer (v2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    value_from_ast_untyped,
)

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.remote import FunctionCall
from amplikit.compiler.rejection import rejection
from amplikit.compiler.remote_fields import (
    RELATIONS,
    resolved_twice_problems,
    with_calls,
)
from amplikit.compiler.type_nodes import type_text
from amplikit.compiler.use import Directive
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        ConstArgumentNode,
        FieldDefinitionNode,
        TypeDefinitionNode,
    )

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse

__all__ = ["FUNCTION_V1", "FUNCTION_V2"]

_SDL_V1 = """
directive @function(name: String!, region: String) repeatable on FIELD_DEFINITION
"""
_SDL_V2 = """
directive @function(
  name: String!
  region: String
  accountId: String
  invocationType: InvocationType = RequestResponse
) repeatable on FIELD_DEFINITION
enum InvocationType { RequestResponse Event }
"""
_RESPONSE = "EventInvocationResponse"
_SHAPE = "type EventInvocationResponse { success: Boolean! }"


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @function."""
    if use.field is None:
        return
    first = draft.options.transformer is Transformer.V1
    if not use.text("name"):
        text = "Must supply a 'name' to @function."
        yield Problem(
            "function-without-name",
            f"@function on '{use.place}' has an empty name.",
            "Name the function.",
            use.where_of("name"),
            amplify=AmplifyError("TransformerContractError", text) if first else None,
        )
    functions = [
        node for node in use.field.directives or () if node.name.value == use.name
    ]
    if use.node is functions[0]:
        yield from resolved_twice_problems(use, use.field, RELATIONS)
    if use.text("invocationType") == "Event":
        last = functions[-1]
        ends_as_event = any(
            argument.name.value == "invocationType"
            and value_from_ast_untyped(argument.value) == "Event"
            for argument in last.arguments or ()
        )
        yield from _event_problems(use, draft, use.field, answers=ends_as_event)


def _event_problems(
    use: DirectiveUse, draft: Draft, field: FieldDefinitionNode, *, answers: bool
) -> Iterator[Problem]:
    """Yield why nobody can call a function here without waiting for it (v2).

    ``answers``: what the field answers is what AppSync makes of the call.
    """
    if use.type_name not in {"Query", "Mutation"}:
        yield rejection(
            "event-not-on-root",
            message=f"@function on '{use.place}' has invocationType: Event.",
            hint="Move the field to Query or Mutation, or wait for the function.",
            where=use.where_of("invocationType"),
            amplify="@function definition with 'invocationType: Event' must be "
            "defined on Query or Mutation field.",
        )
    if not answers:
        return
    type_node = field.type
    if not isinstance(type_node, NamedTypeNode) or type_node.name.value != _RESPONSE:
        written = type_text(type_node)
        yield rejection(
            "event-response",
            message=f"'{use.place}' waits for no function, and answers '{written}'.",
            hint=f"Make its type '{_RESPONSE}': {_SHAPE}",
            where=draft.document.places.of(type_node),
            amplify=f"Invalid return type {written} for {_described(field)}.\n"
            f"Use return type '{_RESPONSE}' and, if necessary, add '{_SHAPE}' to your "
            "model schema.",
        )
    response = draft.document.types.get(_RESPONSE)
    # The transformer takes an interface as well.
    missing = not isinstance(
        response, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
    )
    if response is None or not _is_response(response):
        yield rejection(
            "event-response",
            message=f"'{_RESPONSE}' is {'missing' if missing else 'something else'}.",
            hint=f"Write: {_SHAPE}",
            where=use.where if response is None else draft.document.places.of(response),
            amplify=f"Missing '{_RESPONSE}' definition. Add this type definition to "
            f"your schema:\n{_SHAPE}"
            if missing
            else f"Invalid '{_RESPONSE}' definition. Update the type definition in "
            f"your schema to:\n{_SHAPE}",
        )


def _is_response(node: TypeDefinitionNode) -> bool:
    if not isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        return False
    fields = [(one.name.value, type_text(one.type)) for one in node.fields or ()]
    return fields == [("success", "Boolean!")]


def _described(field: FieldDefinitionNode) -> str:
    """Return a field as the transformer shows it, its directives included."""
    directives = " ".join(
        f"@{node.name.value}{_in_brackets(node.arguments)}"
        for node in field.directives or ()
    )
    arguments = _in_brackets(field.arguments)
    return f"{field.name.value}{arguments}: {type_text(field.type)} {directives}"


def _in_brackets(
    nodes: tuple[ConstArgumentNode | InputValueDefinitionNode, ...] | None,
) -> str:
    if not nodes:
        return ""
    return f"({', '.join(map(_named, nodes))})"


def _named(node: ConstArgumentNode | InputValueDefinitionNode) -> str:
    shown = (
        type_text(node.type)
        if isinstance(node, InputValueDefinitionNode)
        else _as_javascript(value_from_ast_untyped(node.value))
    )
    return f"{node.name.value}: {shown}"


def _as_javascript(value: object) -> str:
    """Return a value as JavaScript puts it into a text."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            items = ("" if item is None else _as_javascript(item) for item in value)
            return ",".join(items)
        case dict():
            return "[object Object]"
        case _:
            return str(value)


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Let the function answer the field, after those that are written before it."""
    if use.field is None:
        return draft
    call = FunctionCall(
        name=use.text("name") or "",
        region=use.text("region"),
        account_id=use.text("accountId"),
        event=use.text("invocationType") == "Event",
    )
    return with_calls(use, draft, use.field, (call,))


FUNCTION_V1 = Directive("function", _SDL_V1, check, apply)
FUNCTION_V2 = Directive("function", _SDL_V2, check, apply)
