"""Filters of lists, conditions of mutations, filters of subscriptions.

Source: as for mutation_inputs; and amplify-graphql-relational-transformer,
graphql-auth-transformer, amplify-graphql-auth-transformer for what they change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import (
    OperationKind,
    Provider,
    Strategy,
    Transformer,
)
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.compiler.added_fields import made_keys, timestamps_of, uses_of_index
from amplikit.compiler.document import fields_of
from amplikit.compiler.helper_inputs import enum_inputs
from amplikit.compiler.naming import pascal_case
from amplikit.compiler.sdl import Argument, Definition, argument_of
from amplikit.compiler.sync import DELETED
from amplikit.compiler.type_nodes import SCALARS, base_name, is_list, type_ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import FieldDefinitionNode

    from amplikit.blueprint.api import AuthRule, Model, TypeRef
    from amplikit.compiler.draft import Draft

__all__ = [
    "condition_name",
    "enum_comparisons",
    "filter_name",
    "has_condition",
    "has_filter",
    "has_list",
    "is_paged",
    "is_sorted",
    "model_filters",
    "page_filter_name",
    "subscription_filter_name",
]

_MUTATIONS = frozenset(MUTATION_OF.values())


def filter_name(draft: Draft, model: str) -> str:
    """Return the input of a model's lists; only v2 upper-cases the model."""
    return _name(draft, model, "FilterInput")


def page_filter_name(model: str) -> str:
    """Return the filter of index queries and relations, never upper-cased."""
    return f"Model{model}FilterInput"


def condition_name(draft: Draft, model: str) -> str:
    """Return the input of the conditions of a model's mutations."""
    return _name(draft, model, "ConditionInput")


def _name(draft: Draft, model: str, end: str) -> str:
    if draft.options.transformer is Transformer.V1:
        return f"Model{model}{end}"
    return pascal_case("Model", model, end)


def subscription_filter_name(model: str) -> str:
    """Return the input of the filters of a model's subscriptions (v2)."""
    return pascal_case("ModelSubscription", model, "FilterInput")


def has_filter(draft: Draft, model: Model) -> bool:
    """Whether something lists the model."""
    return has_list(model) or is_paged(draft, model)


def has_list(model: Model) -> bool:
    """Whether the model has a list query, or is synced."""
    return _has(model, OperationKind.LIST) or _has(model, OperationKind.SYNC)


def is_paged(draft: Draft, model: Model) -> bool:
    """Whether an index query or a relation lists the model."""
    queried = any(index.query_field for index in model.indexes)
    return queried or model.name in draft.listed


def is_sorted(draft: Draft, model: Model) -> bool:
    """Whether something lists the model in an order; syncing has none."""
    return _has(model, OperationKind.LIST) or is_paged(draft, model)


def has_condition(model: Model) -> bool:
    """Whether the model has mutations."""
    return any(operation.kind in _MUTATIONS for operation in model.operations)


def _has(model: Model, kind: OperationKind) -> bool:
    return any(operation.kind is kind for operation in model.operations)


def model_filters(draft: Draft, model: Model) -> Iterator[Definition]:
    """Yield the inputs by which a model's items are selected."""
    first = draft.options.transformer is Transformer.V1
    make = _filters_v1 if first else _filters_v2
    yield from make(draft, model)


def enum_comparisons(draft: Draft, model: Model) -> Iterator[Definition]:
    """Yield what the filters of a model compare its enums with."""
    first = draft.options.transformer is Transformer.V1
    listed, changed = has_filter(draft, model), has_condition(model)
    watched = not first and any(
        operation.kind in MUTATION_OF for operation in model.operations
    )
    if listed or changed or watched:
        for field in draft.document.all_fields(model.name):
            enum = base_name(field.type)
            if draft.document.is_enum(enum):
                yield enum_inputs(
                    enum, is_list=_is_enum_list(draft, type_ref(field.type))
                )


def _filters_v1(draft: Draft, model: Model) -> Iterator[Definition]:
    fields = _compared(draft, fields_of(draft.document.objects[model.name]))
    name = filter_name(draft, model.name)
    if has_filter(draft, model) or name in draft.document.inputs:
        inputs = _base_inputs(draft, name, {**fields, **_joins(name)})
        yield Definition(name, "input", inputs=tuple(inputs.values()))
    name = condition_name(draft, model.name)
    if has_condition(model) or name in draft.document.inputs:
        removed = {"id", *(model.key if model.custom_key else ())}
        removed |= _rule_fields(model.rules or ())
        inputs = _base_inputs(draft, name, {**fields, **_joins(name)})
        kept = (value for key, value in inputs.items() if key not in removed)
        yield Definition(name, "input", inputs=tuple(kept))


def _rule_fields(rules: tuple[AuthRule, ...]) -> set[str]:
    """Return the fields that decide who may write: no condition may ask for them."""
    found = {rule.owner_field for rule in rules if rule.allow is Strategy.OWNER}
    for rule in rules:
        if rule.allow is Strategy.GROUPS:
            found.add(rule.groups_field or "groups")
    return found


def _filters_v2(draft: Draft, model: Model) -> Iterator[Definition]:
    name, page = filter_name(draft, model.name), page_filter_name(model.name)
    listed = has_list(model) or (name == page and is_paged(draft, model))
    if listed or name in draft.document.inputs:
        fields = {
            **_listed_fields(draft, model),
            **_page_joins(model, name, listed=has_list(model)),
        }
        inputs = _base_inputs(draft, name, fields)
        for key, type_name in draft.filter_keys.get(model.name, {}).items():
            text = f"Model{SCALARS.get(type_name, type_name)}Input"
            inputs.setdefault(key, Argument(key, text))
        yield _with_owners(model, name, inputs)
    if name != page and is_paged(draft, model):
        fields = _page_compared(draft, model)
        inputs = _base_inputs(
            draft, page, {**fields, **_page_joins(model, page, listed=False)}
        )
        yield Definition(page, "input", inputs=tuple(inputs.values()))
    name = condition_name(draft, model.name)
    if has_condition(model) or name in draft.document.inputs:
        yield _condition_v2(draft, model, name)
    name = subscription_filter_name(model.name)
    watched = any(operation.kind in MUTATION_OF for operation in model.operations)
    if watched or name in draft.document.inputs:
        yield _subscription_filter(draft, model, name)


def _listed_fields(draft: Draft, model: Model) -> dict[str, str]:
    """Return what a list filter compares; a list query knows the added fields too."""
    if has_list(model):
        declared = _compared(draft, draft.document.all_fields(model.name))
        return {**declared, **_automatic_fields(draft, model)}
    return _page_compared(draft, model)


def _page_compared(draft: Draft, model: Model) -> dict[str, str]:
    """Return what the filter of a page compares, which no list query has made (v2).

    An index compares every list of an enum as a list, a relation none: but only with
    inputs that are there.
    """
    queried = any(index.query_field for index in model.indexes)
    nodes = fields_of(draft.document.objects[model.name])
    enums = [node for node in nodes if draft.document.is_enum(base_name(node.type))]
    defined = _enum_input_names(draft) if enums else set[str]()
    compared = _compared(draft, nodes)
    for node in enums:
        end = "ListInput" if queried and is_list(node.type) else "Input"
        name = f"Model{base_name(node.type)}{end}"
        if name in defined:
            compared[node.name.value] = name
    return compared


def _enum_input_names(draft: Draft) -> set[str]:
    return {
        made.name
        for model in draft.models.values()
        for made in enum_comparisons(draft, model)
    }


def _automatic_fields(draft: Draft, model: Model) -> dict[str, str]:
    """Return ``id`` and the timestamps where nobody declared them."""
    declared = {node.name.value for node in draft.document.all_fields(model.name)}
    automatic = {"id": "ModelIDInput"}
    for name in timestamps_of(draft, model.name):
        automatic[name] = "ModelStringInput"
    return {name: text for name, text in automatic.items() if name not in declared}


def _condition_v2(draft: Draft, model: Model, name: str) -> Definition:
    fields = _compared(draft, draft.document.all_fields(model.name))
    if fields.get("id") == "ModelIDInput":
        del fields["id"]
    fields |= _joins_v2(model, name)
    for timestamp in timestamps_of(draft, model.name):
        fields.setdefault(timestamp, "ModelStringInput")
    inputs = _base_inputs(draft, name, fields)
    if name != f"Model{model.name}ConditionInput":
        # The key transformer looks for the name as it is, and finds nothing.
        return _completed(draft, model, name, inputs)
    removed = set(model.key) | {"id"} if model.custom_key else set[str]()
    if any(uses_of_index(draft, model.name)):
        removed.add("id")
    inputs = {key: value for key, value in inputs.items() if key not in removed}
    return _completed(draft, model, name, inputs)


def _subscription_filter(draft: Draft, model: Model, name: str) -> Definition:
    """Return AppSync's own filter; fields that rules compare are not the caller's."""
    fields = {}
    for node in draft.document.all_fields(model.name):
        base = base_name(node.type)
        if _is_comparable(draft, base):
            scalar = SCALARS.get(base, "String")
            fields[node.name.value] = f"ModelSubscription{scalar}Input"
    for key, text in _automatic_fields(draft, model).items():
        fields[key] = text.replace("Model", "ModelSubscription", 1)
    joins = _joins_v2(model, name)
    del joins["not"]
    inputs = _base_inputs(draft, name, {**fields, **joins})
    for key, type_name in draft.subscription_keys.get(model.name, {}).items():
        text = f"ModelSubscription{SCALARS.get(type_name, 'String')}Input"
        inputs.setdefault(key, Argument(key, text))
    for rule in _rules(model):
        if rule.provider not in {Provider.USER_POOLS, Provider.OIDC}:
            continue
        if rule.allow is Strategy.OWNER:
            inputs.pop(rule.owner_field, None)
        elif rule.groups_field is not None:
            inputs.pop(rule.groups_field, None)
    return _with_owners(model, name, inputs)


def _completed(
    draft: Draft, model: Model, name: str, inputs: dict[str, Argument]
) -> Definition:
    """Return an input with the made-up keys and the owners in it."""
    for field in made_keys(draft, model):
        text = _comparison(draft, field.type)
        inputs.setdefault(field.name, Argument(field.name, text))
    return _with_owners(model, name, inputs)


def _with_owners(model: Model, name: str, inputs: dict[str, Argument]) -> Definition:
    for rule in _rules(model):
        if rule.allow is Strategy.OWNER:
            owner = Argument(rule.owner_field, "ModelStringInput")
            inputs.setdefault(rule.owner_field, owner)
    return Definition(name, "input", inputs=tuple(inputs.values()))


def _rules(model: Model) -> Iterator[AuthRule]:
    yield from model.rules or ()
    for field in model.fields:
        yield from field.rules or ()


def _compared(draft: Draft, nodes: Iterable[FieldDefinitionNode]) -> dict[str, str]:
    return {
        node.name.value: _comparison(draft, type_ref(node.type))
        for node in nodes
        if _is_comparable(draft, base_name(node.type))
    }


def _is_comparable(draft: Draft, name: str) -> bool:
    return name in SCALARS or draft.document.is_enum(name)


def _comparison(draft: Draft, ref: TypeRef) -> str:
    if draft.document.is_enum(ref.name) and _is_enum_list(draft, ref):
        return f"Model{ref.name}ListInput"
    return f"Model{SCALARS.get(ref.name, ref.name)}Input"


def _is_enum_list(draft: Draft, ref: TypeRef) -> bool:
    """Whether a list of an enum is compared as a list; v2 overlooks required ones."""
    first = draft.options.transformer is Transformer.V1
    return ref.is_list and (first or not ref.required)


def _joins(name: str) -> dict[str, str]:
    return {"and": f"[{name}]", "or": f"[{name}]", "not": name}


def _joins_v2(model: Model, name: str) -> dict[str, str]:
    return _joins(name) | ({DELETED: "ModelBooleanInput"} if model.synced else {})


def _page_joins(model: Model, name: str, *, listed: bool) -> dict[str, str]:
    """Return what a page's filter ends with; an index query does not ask for more."""
    queried = any(index.query_field for index in model.indexes)
    if queried and not listed:
        return _joins(name)
    return _joins_v2(model, name)


def _base_inputs(
    draft: Draft, name: str, generated: dict[str, str]
) -> dict[str, Argument]:
    """Return what is generated, or what the reader declared under that name."""
    own = draft.document.inputs.get(name)
    if own is None:
        return {key: Argument(key, text) for key, text in generated.items()}
    return {node.name.value: argument_of(node) for node in own.fields or ()}
