"""``@key`` of v1 as v2 writes it: on the partition key's field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.compiler.rewrite.words import directive, names, quoted

if TYPE_CHECKING:
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse

__all__ = ["index_line", "key_line"]


def key_line(use: DirectiveUse, options: CompileOptions) -> tuple[str, str] | None:
    """Return the field that gets a directive in place of a @key, and the directive.

    None when the key names no field.
    """
    fields = use.texts("fields") or ()
    if not fields:
        return None
    name = use.text("name")
    if not name:
        return fields[0], directive("primaryKey", ("sortKeyFields", names(fields[1:])))
    line = index_line(name, fields, use.text("queryField"), options)
    return fields[0], line


def index_line(
    name: str,
    fields: tuple[str, ...],
    query_field: str | None,
    options: CompileOptions,
) -> str:
    """Return the @index for the first of the fields.

    v2 makes up a query for an index without one, unless it is told not to.
    """
    made_up = "null" if options.flag("enableAutoIndexQueryNames") else None
    return directive(
        "index",
        ("name", quoted(name)),
        ("sortKeyFields", names(fields[1:])),
        ("queryField", quoted(query_field) or made_up),
    )
