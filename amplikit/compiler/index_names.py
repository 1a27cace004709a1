"""What an ``@index`` and its query may be called.

Source: amplify-graphql-index-transformer; the limits are DynamoDB's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphql import GraphQLSyntaxError, parse

from amplikit.compiler.naming import is_name, upper_first
from amplikit.compiler.rejection import invalid_name, rejection
from amplikit.compiler.wording import syntax_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Problem

__all__ = ["index_name_problems"]

_NAME = re.compile(r"[A-Za-z0-9_\-.]{3,255}")


def index_name_problems(use: DirectiveUse) -> Iterator[Problem]:
    """Yield what is wrong with the names of an index and its query."""
    name = use.text("name")
    if name and not _NAME.fullmatch(name):
        yield rejection(
            "invalid-index-name",
            message=f"'{name}' cannot be the name of an index.",
            hint="Use 3 to 255 letters, digits, '_', '-' and '.'.",
            where=use.where_of("name"),
            amplify="The indexName is invalid. It should be between 3 and 255 "
            "characters. Only A–Z, a–z, 0–9, underscore characters, "  # noqa: RUF001 - AWS's text has these dashes
            "hyphens, and periods allowed.",
            kind="Error",
        )
    if use.is_null("name"):
        yield rejection(
            "invalid-index-name",
            message=f"The index on '{use.place}' is called null.",
            hint="Remove the argument to get a name made up, or write one.",
            where=use.where_of("name"),
            amplify="Explicit null value not allowed for name field on @index",
            kind="Error",
        )
    query_field = use.text("queryField")
    if query_field and not is_name(query_field):
        yield invalid_name(query_field, use.where_of("queryField"))
    if name and _NAME.fullmatch(name) and len(use.texts("sortKeyFields") or ()) > 1:
        yield from _input_name_problems(use, name)


def _input_name_problems(use: DirectiveUse, name: str) -> Iterator[Problem]:
    """Yield a problem for a name that an input cannot have a part of.

    The inputs for a sort key of several fields are called after the index. v2 finds
    out when it reads what it has printed, while it puts the stacks together.
    """
    try:
        parse(f"input {upper_first(name)}CompositeKeyInput {{ a: Int }}")
    except GraphQLSyntaxError as error:
        text = f"{'Resolution error: ' * 3}{syntax_message(error.message)}"
        yield rejection(
            "index-name-in-input",
            message=f"'{name}' cannot be a part of the names of the inputs for a sort "
            "key of several fields.",
            hint="Use letters, digits and _ alone.",
            where=use.where_of("name"),
            amplify=f"{text}.\nObject creation stack:\n  at Execute again with "
            "CDK_DEBUG=true to capture stack traces..",
            kind="GraphQLError",
        )
