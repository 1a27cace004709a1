"""``@searchable``: a query that OpenSearch answers.

Source: graphql-elasticsearch-transformer (v1), amplify-graphql-searchable-transformer
and amplify-graphql-auth-transformer (v2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.blueprint.api import ModelOperation, OperationKind, Transformer
from amplikit.compiler.naming import is_name, upper_first
from amplikit.compiler.plural import plural
from amplikit.compiler.rejection import invalid_name, rejection
from amplikit.compiler.rules import written_rules
from amplikit.compiler.use import Directive, uses
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse

__all__ = ["SEARCHABLE"]

SDL = """
directive @searchable(queries: SearchableQueryMap) on OBJECT
input SearchableQueryMap { search: String }
"""


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @searchable."""
    if use.type_name not in draft.document.models:
        yield rejection(
            "needs-model",
            message=f"'{use.type_name}' has @searchable but is no model.",
            hint="Add @model to the type, or remove @searchable.",
            where=use.where,
            amplify="Types annotated with @searchable must also be annotated with "
            "@model.",
        )
        return
    name = _query(use, draft.options)
    if name and not is_name(name):
        yield invalid_name(name, use.where_of("queries"))
    if draft.options.transformer is Transformer.V2 and _has_rules(use, draft):
        yield from _check_with_rules(use, draft)


def _query(use: DirectiveUse, options: CompileOptions) -> str:
    """Return the query's name, empty when there is none; ``queries: null`` has one."""
    written = use.mapping("queries")
    if written is not None:
        name = written.get("search")
        return name if isinstance(name, str) else ""
    word = upper_first(use.type_name)
    first = options.transformer is Transformer.V1
    improved = not first or options.flag("improvePluralization")
    return f"search{plural(word) if improved else f'{word}s'}"


def _has_rules(use: DirectiveUse, draft: Draft) -> bool:
    """Whether some rule on the model or on a field of it lets somebody in."""
    nodes = (use.type, *draft.document.all_fields(use.type_name))
    found = (
        directive
        for node in nodes
        for directive in node.directives or ()
        if directive.name.value == "auth"
    )
    return any(any(written_rules(one, draft.document)) for one in found)


def _check_with_rules(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield where v2's rules look for a search that is not made."""
    if use.is_null("queries"):
        yield rejection(
            "search-without-query",
            message=f"@searchable on '{use.type_name}' has 'queries: null' beside "
            "rules.",
            hint="Remove 'queries: null'.",
            where=use.where_of("queries"),
            amplify="Cannot read properties of null (reading 'search')",
            kind="TypeError",
        )
    elif not _query(use, draft.options):
        others = uses(draft.document, "searchable")
        made = any(_query(other, draft.options) for other in others)
        yield rejection(
            "search-without-query",
            message=f"'{use.type_name}' has @searchable without a query, and rules.",
            hint="Remove @searchable, or name the query.",
            where=use.where_of("queries"),
            amplify="Cannot read properties of undefined (reading "
            "'addVtlFunctionToSlot')"
            if made
            else "Cannot extend nonexistent type 'SearchableAggregateResult'.",
            kind="TypeError" if made else "Error",
        )


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Add the search query to the model."""
    name = _query(use, draft.options)
    if not name:
        return draft
    model = draft.model(use.type_name)
    search = ModelOperation(OperationKind.SEARCH, name)
    draft = draft.with_model(replace(model, operations=(*model.operations, search)))
    return draft.with_warning(
        Problem(
            "not-run-locally",
            f"'Query.{name}' needs OpenSearch, which is not run here: it answers an "
            "error.",
            "Use a list query with a filter, or an index, to run it here.",
            use.where,
            "warning",
        )
    )


SEARCHABLE = Directive("searchable", SDL, check, apply)
