"""v2: which modes the roles of a model let in, operation by operation.

Source: amplify-graphql-auth-transformer; for models without rules, the flags of the
API and amplify-graphql-model-transformer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import OperationKind, Provider, RuleOperation, Strategy
from amplikit.blueprint.modes import AuthMode
from amplikit.blueprint.operation_kinds import MUTATION_OF, ROOT_OF
from amplikit.compiler.access import Access, mode_directives
from amplikit.compiler.document import find_directive
from amplikit.compiler.role_matrix import matrix_of
from amplikit.compiler.root_fields import connection_name, page_name, returned_type
from amplikit.compiler.rules import meant, written_rules
from amplikit.compiler.search import AGGREGATE_TYPES
from amplikit.compiler.type_nodes import base_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.blueprint.access_matrix import MatrixRole
    from amplikit.blueprint.api import Model
    from amplikit.compiler.draft import Draft

__all__ = ["access_v2"]


def access_v2(draft: Draft) -> Access:
    """Return the directives that v2 prints."""
    access = Access()
    for model in draft.models.values():
        if find_directive(draft.document.objects[model.name], "auth") is None:
            _of_flags(draft, access, model)
    if _open_to_iam(draft):
        _of_custom_types(draft, access)
    _of_aggregates(draft, access)
    seen: dict[str, set[str]] = {}
    for model in draft.models.values():
        roles = matrix_of(draft, model)
        if roles is not None:
            _of_model(draft, access, model, roles)
            _nested(draft, access, model.name, _providers(draft, roles), seen)
    for node in draft.document.objects.values():
        if node.name.value not in draft.models:
            _of_plain_fields(draft, access, node.name.value)
    return access


def _open_to_iam(draft: Draft) -> bool:
    flag = draft.options.flag
    return flag("sandboxModeEnabled") or flag("enableIamAccess")


def _flag_directives(draft: Draft) -> tuple[str, ...]:
    """Return what a model without rules gets when the API is open to somebody."""
    sandbox = draft.options.flag("sandboxModeEnabled")
    iam = draft.options.flag("enableIamAccess")
    default = draft.options.auth.default
    if sandbox and iam:
        return ("@aws_api_key", "@aws_iam")
    if sandbox and default is not AuthMode.API_KEY:
        return ("@aws_api_key",)
    if iam and default is not AuthMode.IAM:
        return ("@aws_iam",)
    return ()


def _of_flags(draft: Draft, access: Access, model: Model) -> None:
    found = _flag_directives(draft)
    access.add(model.name, found)
    for name in _plain_types(draft, model.name):
        access.add(name, found)
    for operation in model.operations:
        access.add(f"{ROOT_OF[operation.kind]}.{operation.field}", found)
        if operation.kind in {OperationKind.LIST, OperationKind.SYNC}:
            access.add(connection_name(draft, model.name), found)
    for index in model.indexes:
        if index.query_field:
            access.add(f"Query.{index.query_field}", found)


def _of_aggregates(draft: Draft, access: Access) -> None:
    """Let in on the results of aggregates whom some searchable model lets in."""
    default = draft.options.auth.default
    providers: list[Provider] = []
    for model in draft.models.values():
        roles = matrix_of(draft, model)
        node = draft.document.objects[model.name]
        if roles is not None and find_directive(node, "searchable"):
            providers += _providers(draft, roles)
    found = mode_directives(providers, default)
    if draft.options.flag("sandboxModeEnabled") and default is not AuthMode.API_KEY:
        found = (*found, "@aws_api_key")
    for name in AGGREGATE_TYPES:
        access.add(name, found)


def _plain_types(draft: Draft, model: str) -> set[str]:
    seen: set[str] = set()
    waiting = [model]
    while waiting:
        for field in draft.document.all_fields(waiting.pop()):
            target = base_name(field.type)
            plain = target in draft.document.objects and target not in draft.models
            if plain and target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _of_custom_types(draft: Draft, access: Access) -> None:
    """IAM that is let in generally is let into custom operations and types as well."""
    for name in draft.document.objects:
        if name in draft.models:
            continue
        access.add(name, ("@aws_iam",))
        if draft.document.is_root(name):
            for field in draft.document.all_fields(name):
                access.add(f"{name}.{field.name.value}", ("@aws_iam",))


def _providers(draft: Draft, roles: tuple[MatrixRole, ...]) -> tuple[Provider, ...]:
    found = tuple(dict.fromkeys(role.rule.provider for role in roles))
    if _admins(draft) or draft.options.flag("enableIamAccess"):
        return (*found, Provider.IDENTITY_POOL)
    return found


def _admins(draft: Draft) -> bool:
    has_iam = AuthMode.IAM in draft.options.auth.modes
    return has_iam and bool(draft.options.admin_roles)


def _keeps_default(draft: Draft) -> bool:
    """Whether a fully denied operation names the default mode beside IAM."""
    opened = _admins(draft) or draft.options.flag("enableIamAccess")
    return opened and draft.options.auth.default is not AuthMode.IAM


def _directives(
    draft: Draft, roles: tuple[MatrixRole, ...], *, with_default: bool = False
) -> tuple[str, ...]:
    return mode_directives(
        _providers(draft, roles), draft.options.auth.default, with_default=with_default
    )


def _of_model(
    draft: Draft, access: Access, model: Model, roles: tuple[MatrixRole, ...]
) -> None:
    none = not _providers(draft, roles)
    access.add(
        model.name,
        _directives(draft, roles, with_default=none and _keeps_default(draft)),
    )
    for place, operation, returned in _guarded(draft, model):
        everywhere = operation is RuleOperation.DELETE
        able = tuple(
            role for role in roles if role.may(operation, everywhere=everywhere)
        )
        with_default = not able and _keeps_default(draft)
        found = _directives(draft, able, with_default=with_default)
        access.add(place, found)
        access.add(returned, found)


def _guarded(draft: Draft, model: Model) -> Iterator[tuple[str, RuleOperation, str]]:
    """Yield each generated field, the operation that it is, and what it returns."""
    for operation in model.operations:
        place = f"{ROOT_OF[operation.kind]}.{operation.field}"
        if operation.kind in MUTATION_OF:
            if not model.public_subscriptions:
                yield place, RuleOperation.LISTEN, model.name
            continue
        returned = returned_type(draft, model.name, operation.kind)
        yield place, RuleOperation(operation.kind), returned
    for index in model.indexes:
        if index.query_field:
            for read in (RuleOperation.LIST, RuleOperation.GET):
                yield f"Query.{index.query_field}", read, page_name(model.name)


def _nested(
    draft: Draft,
    access: Access,
    name: str,
    providers: tuple[Provider, ...],
    seen: dict[str, set[str]],
) -> None:
    """Pass a model's modes on to the types without @model that it leads to.

    The first model decides alone; a type seen before gets the default mode as well.
    """
    default = draft.options.auth.default
    waiting = [name]
    while waiting:
        for target in _held_types(draft, waiting.pop()):
            again = target in seen
            found = set(mode_directives(providers, default, with_default=again))
            found -= seen.setdefault(target, set())
            seen[target] |= found
            if found or not again:
                access.add(target, sorted(found))
                waiting.append(target)
            if not again and ("@aws_iam" in found or default is AuthMode.IAM):
                access.open_types[target] = None


def _held_types(draft: Draft, name: str) -> list[str]:
    """Return the printed types of a type's fields that are objects but no models."""
    model = draft.models.get(name)
    held: list[str] = []
    for field in draft.document.all_fields(name):
        target = base_name(field.type)
        known = model.field(field.name.value) if model else None
        if known and known.relation and known.relation.many:
            held.append(page_name(target))
        elif target in draft.document.objects and target not in draft.models:
            held.append(target)
    return held


def _of_plain_fields(draft: Draft, access: Access, name: str) -> None:
    """Add the directives of rules on fields of types that are no models."""
    for field in draft.document.all_fields(name):
        directive = find_directive(field, "auth")
        if directive is None:
            continue
        rules = [
            meant(rule, draft.options.transformer)
            for rule in written_rules(directive, draft.document)
        ]
        providers = [
            rule.provider
            for rule in rules
            if rule.allow is not Strategy.OWNER and rule.groups_field is None
        ]
        if _admins(draft) or draft.options.flag("enableIamAccess"):
            providers.append(Provider.IDENTITY_POOL)
        found = mode_directives(providers, draft.options.auth.default)
        access.add(f"{name}.{field.name.value}", found)
