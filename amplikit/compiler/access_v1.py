"""v1: which modes a model's rules let in, operation by operation.

Source: graphql-auth-transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import NamedTypeNode

from amplikit.blueprint.api import OperationKind, RuleOperation
from amplikit.blueprint.operation_kinds import MUTATION_OF, ROOT_OF
from amplikit.compiler.access import Access, mode_directives
from amplikit.compiler.document import fields_of, find_directive, remembered
from amplikit.compiler.root_fields import returned_type
from amplikit.compiler.rules import meant, written_rules
from amplikit.compiler.type_nodes import base_name, is_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import FieldDefinitionNode, ObjectTypeDefinitionNode

    from amplikit.blueprint.api import AuthRule, Model, Provider
    from amplikit.compiler.document import Document
    from amplikit.compiler.draft import Draft

__all__ = ["access_v1"]

# A rule written with `read` guards what reads by a key or through a relation.
_READ = RuleOperation.LISTEN
_LIKE_READ = frozenset({OperationKind.SYNC, OperationKind.SEARCH})
_GUARDED = (
    OperationKind.GET,
    OperationKind.LIST,
    OperationKind.CREATE,
    OperationKind.UPDATE,
    OperationKind.DELETE,
)


def access_v1(draft: Draft) -> Access:
    """Return the directives that v1 prints."""
    access = Access()
    for node in draft.document.objects.values():
        model = draft.models.get(node.name.value)
        if model is not None and model.rules is not None:
            _of_model(draft, access, model, node)
        for field in fields_of(node):
            rules = _field_rules(draft, field)
            if rules:
                _of_field(draft, access, node, field, rules)
    return access


def _field_rules(draft: Draft, field: FieldDefinitionNode) -> tuple[AuthRule, ...]:
    directive = find_directive(field, "auth")
    if directive is None:
        return ()
    written = written_rules(directive, draft.document)
    return tuple(meant(rule, draft.options.transformer) for rule in written)


def _providers(
    rules: Iterable[AuthRule], operation: RuleOperation
) -> tuple[Provider, ...]:
    return tuple(rule.provider for rule in rules if operation in rule.operations)


def _of_model(
    draft: Draft, access: Access, model: Model, node: ObjectTypeDefinitionNode
) -> None:
    rules = model.rules or ()
    default = draft.options.auth.default
    every = [rule.provider for rule in rules]
    access.add(model.name, mode_directives(every, default))
    nested = mode_directives(every, default, with_default=True)
    for name in _nested_types(draft, node):
        access.add(name, nested)
        if nested:
            # v1 means to ask whether IAM is among them, and does not.
            access.open_types[name] = None
    for operation in model.operations:
        if operation.kind in MUTATION_OF:
            continue
        asked = RuleOperation(operation.kind)
        extra = False
        if operation.kind in _LIKE_READ:
            asked = _READ
            extra = _has_default(model, RuleOperation.LIST, draft)
        providers = _providers(rules, asked)
        found = mode_directives(providers, default, with_default=extra)
        access.add(f"{ROOT_OF[operation.kind]}.{operation.field}", found)
        access.add(returned_type(draft, model.name, operation.kind), found)
    _of_readers(
        draft, access, model, mode_directives(_providers(rules, _READ), default)
    )
    _of_subscriptions(draft, access, model)


def _of_readers(
    draft: Draft, access: Access, model: Model, found: tuple[str, ...]
) -> None:
    """Add the directives of index queries and of the fields that lead to the model."""
    connection = f"Model{model.name}Connection"
    kinds = {operation.kind for operation in model.operations}
    for index in model.indexes:
        if index.query_field and OperationKind.LIST in kinds:
            access.add(f"Query.{index.query_field}", found)
            access.add(connection, found)
    for place, field in _leading_to(draft.document).get(model.name, ()):
        access.add(place, found)
        if is_list(field.type):
            access.add(connection, found)
        elif isinstance(field.type, NamedTypeNode):
            access.add(model.name, found)


@remembered
def _leading_to(
    document: Document,
) -> dict[str, list[tuple[str, FieldDefinitionNode]]]:
    """Return the fields with @connection by the type that they hold."""
    found: dict[str, list[tuple[str, FieldDefinitionNode]]] = {}
    for node in document.objects.values():
        for field in fields_of(node):
            if find_directive(field, "connection"):
                place = f"{node.name.value}.{field.name.value}"
                found.setdefault(base_name(field.type), []).append((place, field))
    return found


def _of_subscriptions(draft: Draft, access: Access, model: Model) -> None:
    rules = model.rules or ()
    if model.public_subscriptions:
        return
    default = draft.options.auth.default
    readers = _providers(rules, _READ)
    with_default = any(
        rule.provider in readers or RuleOperation.GET in rule.operations
        for rule in rules
        if mode_directives((rule.provider,), default) == ()
    )
    found = mode_directives(readers, default, with_default=with_default)
    made = {operation.kind for operation in model.operations}
    for operation in model.operations:
        mutation = MUTATION_OF.get(operation.kind)
        if mutation is not None and mutation in made:
            access.add(f"Subscription.{operation.field}", found)


def _nested_types(draft: Draft, node: ObjectTypeDefinitionNode) -> set[str]:
    """Return the object types without @model that can be reached from a model."""
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        for field in fields_of(waiting.pop()):
            name = base_name(field.type)
            target = draft.document.objects.get(name)
            if target and name not in draft.document.models and name not in seen:
                seen.add(name)
                waiting.append(target)
    return seen


def _of_field(
    draft: Draft,
    access: Access,
    node: ObjectTypeDefinitionNode,
    field: FieldDefinitionNode,
    rules: tuple[AuthRule, ...],
) -> None:
    """Add what a field's own rules add to it, its type, and the model's operations."""
    default = draft.options.auth.default
    name = node.name.value
    place = f"{name}.{field.name.value}"
    every = [rule.provider for rule in rules]
    if not draft.document.is_root(name):
        model = draft.models.get(name)
        type_rules = model.rules if model else None
        own = type_rules is None or any(
            mode_directives((rule.provider,), default) == () for rule in type_rules
        )
        access.add(name, mode_directives(every, default, with_default=own))
    model = draft.models.get(name)
    if model is None:
        access.add(place, mode_directives(every, default))
        return
    made = {operation.kind: operation.field for operation in model.operations}
    readers = mode_directives(_providers(rules, _READ), default)
    access.add(place, readers)
    for kind in _GUARDED:
        reads = kind in {OperationKind.GET, OperationKind.LIST}
        operation = _READ if reads else RuleOperation(kind)
        # v1 looks for the update resolver here, and protects the delete mutation.
        needed = OperationKind.UPDATE if kind is OperationKind.DELETE else kind
        providers = _providers(rules, operation)
        found = mode_directives(providers, default)
        if not found or needed not in made:
            continue
        if kind is OperationKind.CREATE:
            access.add(place, found)
        if kind not in made:
            continue
        keeps_default = kind not in {OperationKind.UPDATE, OperationKind.DELETE}
        if keeps_default and _has_default(model, RuleOperation(kind), draft):
            found = mode_directives(providers, default, with_default=True)
        access.add(f"{ROOT_OF[kind]}.{made[kind]}", found)
        access.add(returned_type(draft, model.name, kind), found)


def _has_default(model: Model, operation: RuleOperation, draft: Draft) -> bool:
    """Whether the model's own rules let the API's default mode do this."""
    default = draft.options.auth.default
    return any(
        operation in rule.operations
        and mode_directives((rule.provider,), default) == ()
        for rule in model.rules or ()
    )
