"""``@http``: a field that an HTTP endpoint answers; its arguments become inputs.

What the path names goes into ``params``, the rest into ``query`` and, for methods with
one, ``body``.

Source: graphql-http-transformer (v1), amplify-graphql-http-transformer (v2).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import Transformer
from amplikit.blueprint.remote import HttpCall
from amplikit.compiler.naming import upper_first
from amplikit.compiler.rejection import rejection
from amplikit.compiler.remote_fields import (
    RELATIONS,
    input_name_problems,
    resolved_twice_problems,
    with_calls,
)
from amplikit.compiler.sdl import Argument, Definition, OutputField, argument_of
from amplikit.compiler.type_nodes import (
    SCALARS,
    base_name,
    is_required,
    nullable,
    type_ref,
)
from amplikit.compiler.use import Directive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FieldDefinitionNode, InputValueDefinitionNode

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["HTTP"]

SDL = """
directive @http(
  method: HttpMethod = GET
  url: String!
  headers: [HttpHeader] = []
) on FIELD_DEFINITION
enum HttpMethod { GET POST PUT DELETE PATCH }
input HttpHeader { key: String value: String }
"""

_PROTOCOL = re.compile(r"https?://")
# JavaScript's dot stops at these line ends.
_REST = r"(/[^\n\r\u2028\u2029]*)"
_PARTS = re.compile(rf"(http(s)?://|www\.)|{_REST}")
_ORIGIN = re.compile(rf"(http(?:s)?://)|{_REST}")
_PARAMETER = re.compile(r":(\w+)", re.ASCII)
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @http."""
    if use.field is None:
        return
    url = use.text("url") or ""
    if not _PROTOCOL.match(url):
        yield rejection(
            "url-without-protocol",
            message=f"The url of '{use.place}' does not begin with http:// or https://.",
            hint="Write the whole url.",
            where=use.where_of("url"),
            amplify=f"@http directive at location {_offset(use)} requires a url "
            "parameter that begins with http:// or https://.",
            kind="TransformerContractError",
        )
        return
    first = draft.options.transformer is Transformer.V1
    if first and _path(url) is None:
        yield rejection(
            "url-without-path",
            message=f"The url of '{use.place}' has no path.",
            hint=f'Write "{url}/".',
            where=use.where_of("url"),
            amplify="Cannot read properties of undefined (reading 'match')",
            kind="TypeError",
        )
    yield from resolved_twice_problems(use, use.field, (*RELATIONS, "function"))
    names = tuple(made.name for made in _inputs(use, use.field).values())
    yield from input_name_problems(use, draft, names)


def _offset(use: DirectiveUse) -> int:
    """Return where the directive begins, counted as JavaScript counts."""
    location = use.node.loc
    if location is None:
        return 0
    before = location.source.body[: location.start]
    return len(before.encode("utf-16-le", "surrogatepass")) // 2


def _path(url: str) -> str | None:
    return _PARTS.split(url)[-2]


def _parameters(use: DirectiveUse) -> tuple[str, ...]:
    path = _path(use.text("url") or "") or "/"
    return tuple(dict.fromkeys(_PARAMETER.findall(path)))


def _method(use: DirectiveUse) -> str:
    return use.text("method") or "GET"


def _rest(
    use: DirectiveUse, field: FieldDefinitionNode
) -> tuple[InputValueDefinitionNode, ...]:
    """Return the arguments that the path does not name.

    If it names any, those that are no scalars are dropped.
    """
    named = _parameters(use)
    if not named:
        return tuple(field.arguments or ())
    return tuple(
        argument
        for argument in field.arguments or ()
        if base_name(argument.type) in SCALARS and argument.name.value not in named
    )


def _inputs(use: DirectiveUse, field: FieldDefinitionNode) -> dict[str, Definition]:
    """Return the inputs by the argument that they are for."""
    begin = upper_first(use.type_name) + upper_first(field.name.value)
    found = {}
    named = tuple(Argument(name, "String!") for name in _parameters(use))
    if named:
        found["params"] = Definition(f"{begin}ParamsInput", "input", inputs=named)
    rest = tuple(argument_of(argument) for argument in _rest(use, field))
    if rest:
        optional = tuple(replace(one, type=nullable(one.type)) for one in rest)
        asked = rest if _method(use) == "GET" else optional
        found["query"] = Definition(f"{begin}QueryInput", "input", inputs=asked)
        if _method(use) in _WITH_BODY:
            found["body"] = Definition(f"{begin}BodyInput", "input", inputs=optional)
    return found


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Let the endpoint answer the field, and give the field its new arguments."""
    field = use.field
    if field is None:
        return draft
    inputs = _inputs(use, field)
    if inputs:
        arguments = tuple(
            Argument(name, made.name + ("!" if _needed(made) else ""))
            for name, made in inputs.items()
        )
        remade = OutputField(field.name.value, type_ref(field.type).text, arguments)
        made_inputs = tuple(inputs.values())
        draft = draft.with_remade_field(use.place, remade, made_inputs)
    return with_calls(use, draft, field, (_call(use, draft, field),))


def _needed(made: Definition) -> bool:
    return any(value.type.endswith("!") for value in made.inputs)


def _call(use: DirectiveUse, draft: Draft, field: FieldDefinitionNode) -> HttpCall:
    url = use.text("url") or ""
    required = tuple(
        argument.name.value
        for argument in _rest(use, field)
        if is_required(argument.type)
    )
    return HttpCall(
        method=_method(use),
        origin=_ORIGIN.sub(r"\1", url),
        path=_path(url) or "/",
        headers=tuple(_headers(use, draft)),
        required=required if _method(use) in _WITH_BODY else (),
    )


def _headers(use: DirectiveUse, draft: Draft) -> Iterator[tuple[str, str]]:
    """Yield the headers; v1 overlooks one that is not written in a list."""
    written = use.argument("headers")
    if isinstance(written, dict) and draft.options.transformer is Transformer.V2:
        written = [written]
    for header in written if isinstance(written, list) else ():
        if isinstance(header, dict):
            yield str(header.get("key")), str(header.get("value"))


HTTP = Directive("http", SDL, check, apply)
