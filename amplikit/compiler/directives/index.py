"""``@index`` (v2): a secondary index, with the query that reads it.

Source: amplify-graphql-index-transformer, index transformer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import ObjectTypeDefinitionNode

from amplikit.blueprint.api import Index
from amplikit.compiler.directives.primary_key import needs_model, self_reference
from amplikit.compiler.document import fields_of, find_directive, find_field
from amplikit.compiler.index_names import index_name_problems
from amplikit.compiler.keys import is_key_scalar, key_type_problems, primary_key_v2
from amplikit.compiler.naming import lower_first, upper_first
from amplikit.compiler.plural import plural
from amplikit.compiler.rejection import rejection
from amplikit.compiler.type_nodes import SCALARS, base_name, is_list
from amplikit.compiler.use import Directive, DirectiveUse
from amplikit.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import ConstDirectiveNode, FieldDefinitionNode

    from amplikit.compiler.draft import Draft

__all__ = ["INDEX", "indexes_of"]

SDL = """
directive @index(
  name: String
  sortKeyFields: [String]
  queryField: String
  projection: ProjectionInput
) repeatable on FIELD_DEFINITION
input ProjectionInput { type: ProjectionType nonKeyAttributes: [String] }
enum ProjectionType { ALL KEYS_ONLY INCLUDE }
"""


def indexes_of(use: DirectiveUse) -> Iterator[DirectiveUse]:
    """Yield the @index directives on the use's type that stand before it."""
    for node in fields_of(use.type):
        for directive in node.directives or ():
            if directive is use.node:
                return
            if directive.name.value == use.name:
                where = use.document.places.of(directive)
                yield DirectiveUse(directive, use.type, node, where, use.document)


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @index."""
    if use.field is None:
        return
    yield from index_name_problems(use)
    yield from self_reference(use, use.field)
    yield from needs_model(use)
    name = _index_name(use, use.field)
    yield from _check_repeated(use, draft, name)
    yield from _check_same_partition(use, draft, use.field, name)
    if not is_key_scalar(draft.document, use.field) or is_list(use.field.type):
        yield rejection(
            "key-field-not-scalar",
            message=f"'{use.place}' is in index '{name}' and no scalar.",
            hint="Use a field that is a single scalar or enum.",
            where=use.where,
            amplify=f"Index '{name}' on type '{use.place}' cannot be a non-scalar.",
        )
    sort_fields = use.texts("sortKeyFields") or ()
    for number, field in enumerate(sort_fields):
        yield from _check_sort_field(use, draft, name, field, number)
    if is_key_scalar(draft.document, use.field):
        yield from key_type_problems(draft.document, use.field, use.where)
    yield from _check_identifier(use)
    yield from _check_projection(use, name)


def _check_repeated(use: DirectiveUse, draft: Draft, name: str) -> Iterator[Problem]:
    """Yield a problem if an index before this one has its name, written or made."""
    same = [
        other for other in indexes_of(use) if name == _index_name(other, other.field)
    ]
    if not same:
        return
    written = use.text("name") or any(other.text("name") for other in same)
    query_field = _query_field(use, draft)
    if written:
        kind = "InvalidDirectiveError"
        amplify = (
            f"You may only supply one @index with the name '{name}' on type "
            f"'{use.type_name}'."
        )
    elif query_field in {_query_field(other, draft) for other in same} - {None}:
        kind = "Error"
        amplify = f"Object type extension 'Query' cannot redeclare field {query_field}"
    else:
        kind = "ValidationError"
        amplify = f"a duplicate index name, {name}, is not allowed"
    yield rejection(
        "duplicate-index" if written else "repeated-index",
        message=f"'{use.type_name}' has two indexes called '{name}'.",
        hint="Rename one of them." if written else "Give each index a name.",
        where=use.where_of("name"),
        amplify=amplify,
        kind=kind,
    )


def _check_same_partition(
    use: DirectiveUse, draft: Draft, field: FieldDefinitionNode, name: str
) -> Iterator[Problem]:
    """Yield problems of an index on the field that is the partition key."""
    primary = find_directive(field, "primaryKey")
    if primary is None:
        return
    where = use.document.places.of(primary)
    key = DirectiveUse(primary, use.type, field, where, use.document)
    begin = (
        f"Invalid @index '{name}'. You may not create an index where the partition "
        "key is the same as that of the primary key unless the "
    )
    if not key.texts("sortKeyFields"):
        yield rejection(
            "index-repeats-primary-key",
            message=f"Index '{name}' has the partition key of '{use.type_name}', "
            "whose primary key has no sort key.",
            hint="Give @primaryKey sortKeyFields, or index another field.",
            where=use.where,
            amplify=f"{begin}primary key has a sort field. You cannot have a local "
            "secondary index without a sort key in the primary key.",
        )
    elif not draft.options.flag("secondaryKeyAsGSI") and not all(
        _has_sort_key(use, field, node) for node in field.directives or ()
    ):
        yield rejection(
            "index-repeats-primary-key",
            message=f"Index '{name}' is local and has no sort key.",
            hint="Give the index sortKeyFields.",
            where=use.where,
            amplify=f"{begin}index has a sort field. You cannot have a local "
            "secondary index without a sort key in the index.",
        )


def _has_sort_key(
    use: DirectiveUse, field: FieldDefinitionNode, node: ConstDirectiveNode
) -> bool:
    """Whether a directive names a sort key; the transformer asks this of any."""
    where = use.document.places.of(node)
    other = DirectiveUse(node, use.type, field, where, use.document)
    return bool(other.texts("sortKeyFields"))


def _check_sort_field(
    use: DirectiveUse, draft: Draft, index: str, name: str, number: int
) -> Iterator[Problem]:
    where = use.where_of_item("sortKeyFields", number)
    node = find_field(use.type, name)
    if node is None:
        known = [field.name.value for field in fields_of(use.type)]
        yield rejection(
            "unknown-field",
            message=f"'{use.type_name}' has no field '{name}'.",
            hint=did_you_mean(name, known).strip() or "Declare the field first.",
            where=where,
            amplify=f"Can't find field '{name}' in {use.type_name}, but it was "
            f"specified in index '{index}'.",
        )
    elif not is_key_scalar(draft.document, node) or is_list(node.type):
        yield rejection(
            "key-field-not-scalar",
            message=f"'{use.type_name}.{name}' is in index '{index}' and no scalar.",
            hint="Use a field that is a single scalar or enum.",
            where=where,
            amplify=f"The sort key of index '{index}' on type "
            f"'{use.type_name}.{name}' cannot be a non-scalar.",
        )
    else:
        alone = len(use.texts("sortKeyFields") or ()) == 1
        yield from key_type_problems(draft.document, node, where, alone=alone)


def _check_identifier(use: DirectiveUse) -> Iterator[Problem]:
    """Yield a problem for an ``id`` that is a number here and a string in the table."""
    node = find_field(use.type, "id")
    if (
        node is None
        or use.field is None
        or not isinstance(use.type, ObjectTypeDefinitionNode)
    ):
        return
    custom = any(find_directive(other, "primaryKey") for other in fields_of(use.type))
    sort_fields = use.texts("sortKeyFields") or ()
    # A sort key of several fields is one string.
    single = sort_fields if len(sort_fields) == 1 else ()
    number = SCALARS.get(base_name(node.type)) in {"Int", "Float"}
    if custom or not number or "id" not in (use.field.name.value, *single):
        return
    yield rejection(
        "key-type-conflict",
        message=f"'{use.type_name}.id' is a number in the index and a string in the "
        "table's own key.",
        hint="Add @primaryKey to id: the table's key is then a number too.",
        where=use.where,
        amplify="Unable to specify id as N because it was already defined as S",
        kind="ValidationError",
    )


def _check_projection(use: DirectiveUse, name: str) -> Iterator[Problem]:
    kind, include = _projection(use)
    if kind == "INCLUDE" and not include:
        yield rejection(
            "projection-includes-nothing",
            message=f"Index '{name}' includes further attributes, but names none.",
            hint="List them in nonKeyAttributes, or use ALL or KEYS_ONLY.",
            where=use.where_of("projection"),
            amplify=f"@index '{name}': nonKeyAttributes must be specified when "
            "projection type is INCLUDE",
            kind="Error",
        )


def _projection(use: DirectiveUse) -> tuple[str, tuple[str, ...]]:
    written = use.mapping("projection") or {}
    kind, include = written.get("type"), written.get("nonKeyAttributes")
    names = include if isinstance(include, list) else []
    return (
        kind if isinstance(kind, str) else "ALL",
        tuple(name for name in names if isinstance(name, str)),
    )


def _index_name(use: DirectiveUse, field: FieldDefinitionNode | None) -> str:
    return use.text("name") or _made_name(use, field)


def _made_name(use: DirectiveUse, field: FieldDefinitionNode | None) -> str:
    """Return ``postsByTitleAndDate``: both the index and its query are called so."""
    first = () if field is None else (field.name.value,)
    names = map(upper_first, (*first, *(use.texts("sortKeyFields") or ())))
    return f"{lower_first(plural(use.type_name))}By{'And'.join(names)}"


def _query_field(use: DirectiveUse, draft: Draft) -> str | None:
    query_field = use.text("queryField")
    if query_field or use.is_null("queryField"):
        return query_field
    made = draft.options.flag("enableAutoIndexQueryNames")
    return _made_name(use, use.field) if made else None


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Add the index to its model."""
    if use.field is None:
        return draft
    primary = primary_key_v2(draft.document, draft.document.objects[use.type_name])
    projection, include = _projection(use)
    index = Index(
        name=_index_name(use, use.field),
        fields=(use.field.name.value, *(use.texts("sortKeyFields") or ())),
        where=use.where,
        query_field=_query_field(use, draft),
        local=primary[0] == use.field.name.value
        and not draft.options.flag("secondaryKeyAsGSI"),
        projection=projection,
        include=include if projection == "INCLUDE" else (),
    )
    model = draft.model(use.type_name)
    return draft.with_model(replace(model, indexes=(*model.indexes, index)))


INDEX = Directive("index", SDL, check, apply)
