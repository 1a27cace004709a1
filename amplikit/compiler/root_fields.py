"""The generated fields of Query, Mutation and Subscription.

Source: as for mutation_inputs; the key transformers for the arguments of keys, the auth
transformers for the owner arguments of subscriptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import (
    OperationKind,
    Provider,
    RuleOperation,
    Strategy,
    Transformer,
)
from amplikit.blueprint.operation_kinds import MUTATION_OF, ROOT_OF
from amplikit.compiler.filters import (
    condition_name,
    filter_name,
    page_filter_name,
    subscription_filter_name,
)
from amplikit.compiler.naming import upper_first
from amplikit.compiler.plural import plural
from amplikit.compiler.role_matrix import matrix_of
from amplikit.compiler.rules import type_rules
from amplikit.compiler.sdl import Argument, OutputField
from amplikit.compiler.search import search_connection, search_field
from amplikit.compiler.sort_keys import sort_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.api import AuthRule, Index, Model
    from amplikit.compiler.draft import Draft

__all__ = [
    "PAGE_ARGUMENTS",
    "SORT_DIRECTION_ARGUMENT",
    "connection_name",
    "page_name",
    "returned_type",
    "root_fields",
    "subscribing_owners_v1",
]

PAGE_ARGUMENTS = (Argument("limit", "Int"), Argument("nextToken", "String"))
SORT_DIRECTION_ARGUMENT = Argument("sortDirection", "ModelSortDirection")
_LAST_SYNC = Argument("lastSync", "AWSTimestamp")


def connection_name(draft: Draft, model: str) -> str:
    """Return what a list query returns; only v2 upper-cases the model's name there."""
    first = draft.options.transformer is Transformer.V1
    return page_name(model if first else upper_first(model))


def returned_type(draft: Draft, model: str, kind: OperationKind) -> str:
    """Return the name of what an operation returns."""
    if kind in {OperationKind.LIST, OperationKind.SYNC}:
        return connection_name(draft, model)
    return search_connection(model) if kind is OperationKind.SEARCH else model


def page_name(model: str) -> str:
    """Return what index queries and relations return."""
    return f"Model{model}Connection"


def root_fields(draft: Draft, model: Model) -> Iterator[tuple[str, OutputField]]:
    """Yield what a model adds to the root types, each with its root type."""
    made = {operation.kind: operation.field for operation in model.operations}
    for operation in model.operations:
        root = ROOT_OF[operation.kind]
        match operation.kind:
            case OperationKind.GET:
                arguments = _get_arguments(model)
                yield root, OutputField(operation.field, model.name, arguments)
            case OperationKind.LIST:
                connection = connection_name(draft, model.name)
                arguments = _list_arguments(draft, model, operation.field)
                yield root, OutputField(operation.field, connection, arguments)
            case OperationKind.SYNC:
                arguments = (*_plain_arguments(draft, model), _LAST_SYNC)
                connection = connection_name(draft, model.name)
                yield root, OutputField(operation.field, connection, arguments)
            case OperationKind.SEARCH:
                yield root, search_field(draft, model, operation.field)
            case OperationKind.CREATE | OperationKind.UPDATE | OperationKind.DELETE:
                arguments = _mutation_arguments(draft, model, operation.kind)
                yield root, OutputField(operation.field, model.name, arguments)
            case _:
                continue
    yield from _subscriptions(draft, model, made)
    for index in model.indexes:
        if index.query_field:
            connection = page_name(model.name)
            arguments = _index_arguments(draft, model, index)
            yield "Query", OutputField(index.query_field, connection, arguments)


def _get_arguments(model: Model) -> tuple[Argument, ...]:
    if not model.custom_key:
        return (Argument("id", "ID!"),)
    return tuple(Argument(name, f"{model.key_type(name)}!") for name in model.key)


def _sort(
    model: Model, fields: tuple[str, ...], index: str | None
) -> tuple[Argument, ...]:
    if len(fields) == 1:
        return ()
    types = tuple(model.key_type(name) for name in fields[1:])
    name, type_name = sort_argument(model.name, index, fields[1:], types)
    return (Argument(name, type_name),)


def _plain_arguments(draft: Draft, model: Model) -> tuple[Argument, ...]:
    return (Argument("filter", filter_name(draft, model.name)), *PAGE_ARGUMENTS)


def _list_arguments(draft: Draft, model: Model, name: str) -> tuple[Argument, ...]:
    plain = _plain_arguments(draft, model)
    if not model.custom_key or _is_overlooked(draft, model, name):
        return plain
    partition = Argument(model.key[0], model.key_type(model.key[0]))
    sort = _sort(model, model.key, None)
    return (partition, *sort, *plain, SORT_DIRECTION_ARGUMENT)


def _is_overlooked(draft: Draft, model: Model, name: str) -> bool:
    """Whether the keys look in vain for the list query of a type like ``x`` (v2).

    A plural has the case of its word: ``listXes`` is made, ``listXES`` looked for.
    """
    made = upper_first(plural(model.name))
    second = draft.options.transformer is Transformer.V2
    return second and name == f"list{made}" and made != plural(upper_first(model.name))


def _index_arguments(draft: Draft, model: Model, index: Index) -> tuple[Argument, ...]:
    required = "!" if draft.options.transformer is Transformer.V2 else ""
    name = index.fields[0]
    return (
        Argument(name, model.key_type(name) + required),
        *_sort(model, index.fields, index.name),
        SORT_DIRECTION_ARGUMENT,
        Argument("filter", page_filter_name(model.name)),
        *PAGE_ARGUMENTS,
    )


def _mutation_arguments(
    draft: Draft, model: Model, kind: OperationKind
) -> tuple[Argument, ...]:
    name = f"{upper_first(kind)}{upper_first(model.name)}Input!"
    condition = condition_name(draft, model.name)
    return (Argument("input", name), Argument("condition", condition))


def _subscriptions(
    draft: Draft, model: Model, made: dict[OperationKind, str]
) -> Iterator[tuple[str, OutputField]]:
    """Yield the subscriptions; one that is named twice listens to both mutations."""
    triggers: dict[str, list[str]] = {}
    for operation in model.operations:
        if operation.kind in MUTATION_OF:
            known = triggers.setdefault(operation.field, [])
            mutation = made.get(MUTATION_OF[operation.kind])
            if mutation is not None:
                known.append(mutation)
    for name, mutations in triggers.items():
        listed = ", ".join(f'"{mutation}"' for mutation in mutations)
        directive = f"@aws_subscribe(mutations: [{listed}])"
        arguments = _subscription_arguments(draft, model, triggered=bool(mutations))
        field = OutputField(name, model.name, arguments, (directive,))
        yield "Subscription", field


def _subscription_arguments(
    draft: Draft, model: Model, *, triggered: bool
) -> tuple[Argument, ...]:
    if draft.options.transformer is Transformer.V1:
        open_to_all = model.public_subscriptions or not triggered
        return () if open_to_all else _owner_arguments_v1(draft, model)
    arguments = {"filter": subscription_filter_name(model.name)}
    if not model.public_subscriptions:
        for role in matrix_of(draft, model) or ():
            field = model.field(role.owner_field) if role.owner_field else None
            is_list = field is not None and field.type.is_list
            if role.owner_field and role.may(RuleOperation.LISTEN) and not is_list:
                arguments.setdefault(role.owner_field, "String")
    return tuple(Argument(name, text) for name, text in arguments.items())


def subscribing_owners_v1(model: Model) -> tuple[AuthRule, ...]:
    """Return the rules whose owners a subscriber names; none if some read them all."""
    rules = _listening(model)
    unfiltered = any(
        rule.provider is Provider.USER_POOLS
        and rule.allow in {Strategy.PRIVATE, Strategy.PUBLIC}
        for rule in rules
    )
    if unfiltered or model.public_subscriptions:
        return ()
    return tuple(rule for rule in rules if rule.allow is Strategy.OWNER)


def _listening(model: Model) -> list[AuthRule]:
    return [
        rule for rule in model.rules or () if RuleOperation.LISTEN in rule.operations
    ]


def _owner_arguments_v1(draft: Draft, model: Model) -> tuple[Argument, ...]:
    owners = subscribing_owners_v1(model)
    if not owners:
        return ()
    rules = _listening(model)
    static = any(
        rule.allow is Strategy.GROUPS and rule.groups_field is None for rule in rules
    )
    # A groups rule that names nothing counts as static here, and nowhere else.
    unnamed = {
        rule.where
        for rule in type_rules(draft.document, model.name)
        if rule.allow is Strategy.GROUPS and not rule.text("groupsField")
    }
    others = any(
        rule.allow in {Strategy.PRIVATE, Strategy.PUBLIC} or rule.where in unnamed
        for rule in rules
    )
    optional = len(owners) > 1 or static or others
    text = "String" if optional else "String!"
    names = dict.fromkeys(rule.owner_field for rule in owners)
    return tuple(Argument(name, text) for name in names)
