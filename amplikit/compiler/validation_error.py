"""The transformers' words for what GraphQL's validation finds.

They print graphql-js 15's messages, which graphql-core words in its own way.

Source: SchemaValidationError of both transformer cores; printError of graphql-js.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphql import GraphQLInputObjectType, print_location

from amplikit.blueprint.api import Transformer
from amplikit.compiler.wording import double_quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLError, GraphQLSchema
    from graphql.language import Location

__all__ = ["validation_error"]

_NEWLINE = re.compile(r"\r\n|[\n\r]")
_LONG, _PIECE = 120, 80


def validation_error(
    errors: list[GraphQLError],
    others: Mapping[str, str],
    transformer: Transformer,
    schema: GraphQLSchema | None,
) -> str:
    """Return the one message in which a transformer tells all errors.

    ``others`` are the directives of the other transformer, which it tells apart.
    """
    used: dict[str, None] = {}
    rest: list[str] = []
    for error in errors:
        foreign = re.fullmatch(r"Unknown directive '@(\w+)'\.", error.message)
        if foreign and foreign[1] in others:
            used[foreign[1]] = None
        else:
            rest.append(_printed(error, schema))
    excerpts = "\n\n".join(rest)
    if not used:
        return f"Schema validation failed.\n\n{excerpts} "
    first = transformer is Transformer.V1
    version = "the newer" if first else "an older"
    names = ", ".join(f'"@{name}"' for name in used)
    word = "directives" if len(used) > 1 else "directive"
    text = (
        f"Your GraphQL Schema is using {names} {word} from {version} version of the "
        "GraphQL Transformer. Visit https://docs.amplify.aws/cli/migration/"
        "transformer-migration/ to learn how to migrate your GraphQL schema."
    )
    if not rest:
        return text
    colon = ":" if first else ""
    more = f" There are additional validation errors listed below{colon} "
    return f"{text}{more}\n\n {excerpts}"


def _printed(error: GraphQLError, schema: GraphQLSchema | None) -> str:
    """Return an error as graphql-js 15 prints it: text, then each place's lines."""
    excerpts = [
        _excerpt(node.loc) for node in error.nodes or () if node.loc is not None
    ]
    return "\n\n".join([_as_javascript(error, schema), *excerpts])


def _excerpt(location: Location) -> str:
    """Return the lines around a place; graphql-core misplaces one mark in eighty.

    A long line is cut into pieces, and the mark below the last column of a piece stands
    at the beginning of the next.
    """
    line, column = location.source.get_location(location.start)
    whole = _NEWLINE.split(location.source.body)[line - 1]
    if len(whole) <= _LONG or column % _PIECE:
        return print_location(location)
    pieces = [whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE)]
    last = column // _PIECE + 1
    lines = [*pieces[:last], "^", *pieces[last : last + 1]]
    margin = " " * len(str(line))
    rows = [
        f"{margin if number else line} | {text}" for number, text in enumerate(lines)
    ]
    return "\n".join([f"{location.source.name}:{line}:{column}", *rows])


def _as_javascript(error: GraphQLError, schema: GraphQLSchema | None) -> str:
    message = error.message
    found = re.fullmatch(r"Argument '@(\w+)\((\w+):\)' of type '(.+)' is (.*)", message)
    if found:
        name, argument, type_name, rest = found.groups()
        return (
            f'Directive "@{name}" argument "{argument}" of type "{type_name}" is {rest}'
        )
    found = re.fullmatch(r"Directive '@(\w+)' may not be used on ([a-z ]+)\.", message)
    if found:
        place = found[2].replace(" ", "_").upper()
        return f'Directive "@{found[1]}" may not be used on {place}.'
    found = re.fullmatch(
        r"Expected value of type '(\w+)' to include required field '(\w+)', .*",
        message,
        re.DOTALL,
    )
    owner = schema.type_map.get(found[1]) if found and schema else None
    if found and isinstance(owner, GraphQLInputObjectType):
        wanted = owner.fields[found[2]].type
        return (
            f'Field "{found[1]}.{found[2]}" of required type "{wanted}" was not '
            "provided."
        )
    found = re.fullmatch(
        r"Expected value of type '(\w+)' not to include unknown field '(\w+)'"
        r"(?:\.( Did you mean .*\?))?.*",
        message,
        re.DOTALL,
    )
    if found:
        suggestion = double_quoted(found[3] or "")
        return f'Field "{found[2]}" is not defined by type "{found[1]}".{suggestion}'
    found = re.fullmatch(
        r"Expected value of type '(.+)' to be an object, found: (.*)\.",
        message,
        re.DOTALL,
    )
    if found:
        return f'Expected value of type "{found[1]}", found {found[2]}.'
    found = re.fullmatch(
        r"Expected value of non-null type '(.+)' not to be None\.", message
    )
    if found:
        return f'Expected value of type "{found[1]}", found null.'
    return double_quoted(message)
