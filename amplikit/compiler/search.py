"""What ``@searchable`` prints: a query with its filter, sort, pages and aggregates.

Source: graphql-elasticsearch-transformer (v1), amplify-graphql-searchable-transformer
(v2), their definitions.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Strategy, Transformer
from amplikit.compiler.document import fields_of
from amplikit.compiler.sdl import Argument, Definition, OutputField
from amplikit.compiler.type_nodes import BUILT_IN_SCALARS, SCALARS, base_name
from amplikit.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import Model
    from amplikit.compiler.access import Access
    from amplikit.compiler.draft import Draft

__all__ = [
    "AGGREGATE_TYPES",
    "is_searched",
    "search_connection",
    "search_definitions",
    "search_field",
    "search_problems",
]

_ORDER = ("ne", "gt", "lt", "gte", "lte", "eq")
_MATCHES = (
    "match",
    "matchPhrase",
    "matchPhrasePrefix",
    "multiMatch",
    "exists",
    "wildcard",
    "regexp",
)
_NOT_VALUES = frozenset({"true", "false", "null"})
_RESULT = "SearchableAggregateResult"
_SCALAR = "SearchableAggregateScalarResult"
_BUCKETS = "SearchableAggregateBucketResult"
_BUCKET = "SearchableAggregateBucketResultItem"
_ANY = "SearchableAggregateGenericResult"
AGGREGATE_TYPES = (_RESULT, _SCALAR, _BUCKETS, _BUCKET)


def is_searched(model: Model) -> bool:
    """Whether the model has a search query."""
    return any(one.kind is OperationKind.SEARCH for one in model.operations)


def search_connection(model: str) -> str:
    """Return what a search query returns; no name here is ever upper-cased."""
    return f"Searchable{model}Connection"


def search_field(draft: Draft, model: Model, name: str) -> OutputField:
    """Return the search query."""
    begin = f"Searchable{model.name}"
    first = draft.options.transformer is Transformer.V1
    sort = f"{begin}SortInput"
    arguments = [
        Argument("filter", f"{begin}FilterInput"),
        Argument("sort", sort if first else f"[{sort}]"),
        Argument("limit", "Int"),
        Argument("nextToken", "String"),
        Argument("from", "Int"),
    ]
    if not first:
        arguments.append(Argument("aggregates", f"[{begin}AggregationInput]"))
    return OutputField(name, search_connection(model.name), tuple(arguments))


def search_definitions(draft: Draft, access: Access) -> Iterator[Definition]:
    """Yield what the search queries need; the reader's own types stand instead."""
    for made in _definitions(draft, access):
        if made.name not in draft.document.types:
            yield made


def _definitions(draft: Draft, access: Access) -> Iterator[Definition]:
    models = [model for model in draft.models.values() if is_searched(model)]
    if not models:
        return
    first = draft.options.transformer is Transformer.V1
    yield from _comparisons()
    yield Definition("SearchableSortDirection", "enum", values=("asc", "desc"))
    if not first:
        yield from _aggregates(access)
    for model in models:
        yield _connection(access, model, first=first)
        yield from _inputs(draft, model)


def _comparisons() -> Iterator[Definition]:
    for scalar in BUILT_IN_SCALARS:
        names = (*_ORDER, *_MATCHES) if scalar in {"String", "ID"} else _ORDER
        inputs = [
            Argument(name, "Boolean" if name == "exists" else scalar)
            for name in (("eq", "ne") if scalar == "Boolean" else names)
        ]
        if scalar != "Boolean":
            inputs.append(Argument("range", f"[{scalar}]"))
        name = f"Searchable{scalar}FilterInput"
        yield Definition(name, "input", inputs=tuple(inputs))


def _connection(access: Access, model: Model, *, first: bool) -> Definition:
    fields = [
        OutputField("items", f"[{model.name}]!"),
        OutputField("nextToken", "String"),
        OutputField("total", "Int"),
    ]
    if not first:
        fields.append(OutputField("aggregateItems", f"[{_RESULT}]!"))
    name = search_connection(model.name)
    return Definition(name, fields=tuple(fields), directives=access.of(name))


def _aggregates(access: Access) -> Iterator[Definition]:
    parts = {
        _RESULT: (OutputField("name", "String!"), OutputField("result", _ANY)),
        _SCALAR: (OutputField("value", "Float!"),),
        _BUCKETS: (OutputField("buckets", f"[{_BUCKET}]"),),
        _BUCKET: (OutputField("key", "String!"), OutputField("doc_count", "Int!")),
    }
    for name, fields in parts.items():
        yield Definition(name, fields=fields, directives=access.of(name))
    yield Definition(_ANY, "", verbatim=f"union {_ANY} = {_SCALAR} | {_BUCKETS}")
    kinds = ("terms", "avg", "min", "max", "sum", "cardinality")
    yield Definition("SearchableAggregateType", "enum", values=kinds)


def _inputs(draft: Draft, model: Model) -> Iterator[Definition]:
    begin = f"Searchable{model.name}"
    name = f"{begin}FilterInput"
    found = dict(_searched(draft, model))
    filters = {
        field: f"Searchable{SCALARS.get(base, 'String')}FilterInput"
        for field, base in found.items()
    }
    filters |= {"and": f"[{name}]", "or": f"[{name}]", "not": name}
    yield _input(name, filters)
    sortable = tuple(field for field, base in found.items() if base in SCALARS)
    yield Definition(f"{begin}SortableFields", "enum", values=sortable)
    direction = "SearchableSortDirection"
    yield _input(
        f"{begin}SortInput",
        {"field": f"{begin}SortableFields", "direction": direction},
    )
    if draft.options.transformer is Transformer.V1:
        return
    yield Definition(f"{begin}AggregateField", "enum", values=tuple(found))
    yield _input(
        f"{begin}AggregationInput",
        {
            "name": "String!",
            "type": "SearchableAggregateType!",
            "field": f"{begin}AggregateField!",
        },
    )


def _input(name: str, fields: dict[str, str]) -> Definition:
    inputs = tuple(Argument(field, text) for field, text in fields.items())
    return Definition(name, "input", inputs=inputs)


def _searched(draft: Draft, model: Model) -> Iterator[tuple[str, str]]:
    """Yield the fields that can be searched; v2 alone knows enums and added fields."""
    if draft.options.transformer is Transformer.V1:
        for node in fields_of(draft.document.objects[model.name]):
            if base_name(node.type) in SCALARS:
                yield node.name.value, base_name(node.type)
        return
    rules = [*(model.rules or ())]
    for field in model.fields:
        rules += field.rules or ()
    owners = {rule.owner_field for rule in rules if rule.allow is Strategy.OWNER}
    for field in model.fields:
        base = field.type.name
        if base not in SCALARS and not draft.document.is_enum(base):
            continue
        if field.declared or field.name not in owners:
            yield field.name, base


def search_problems(draft: Draft) -> Iterator[Problem]:
    """Yield models whose fields make no enum to sort by."""
    for model in draft.models.values():
        if not is_searched(model):
            continue
        found = dict(_searched(draft, model))
        if not any(base in SCALARS for base in found.values()):
            yield Problem(
                "nothing-to-search",
                f"'{model.name}' has no field that a search could sort by, and AppSync "
                "refuses the schema.",
                "Declare a field that is a scalar, such as id.",
                model.where,
            )
        for name in sorted(found.keys() & _NOT_VALUES):
            field = model.field(name)
            yield Problem(
                "reserved-field-name",
                f"'{model.name}.{name}' cannot be a value of the enum to sort by.",
                "Rename the field.",
                field.where if field else model.where,
            )
