"""``@model``: a type whose items are stored, with its operations.

Source: graphql-dynamodb-transformer (v1), amplify-graphql-model-transformer (v2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import Field, Model, OperationKind, Transformer, TypeRef
from amplikit.blueprint.operation_kinds import MUTATION_OF, ROOT_OF
from amplikit.compiler.access import written_modes
from amplikit.compiler.document import fields_of, find_field
from amplikit.compiler.naming import is_name
from amplikit.compiler.operations import model_operations, subscription_level
from amplikit.compiler.rejection import invalid_name, rejection
from amplikit.compiler.sync import sync_fields
from amplikit.compiler.type_nodes import base_name, is_list, type_ref
from amplikit.compiler.use import Directive, uses
from amplikit.errors import AmplifyError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amplikit.compiler.draft import Draft
    from amplikit.compiler.options import CompileOptions
    from amplikit.compiler.use import DirectiveUse
    from amplikit.errors import Where

__all__ = ["MODEL", "duplicate_operation", "repeated_operations", "timestamp_names"]

SDL = """
directive @model(
  queries: ModelQueryMap
  mutations: ModelMutationMap
  subscriptions: ModelSubscriptionMap
  timestamps: TimestampConfiguration
) on OBJECT
input ModelMutationMap { create: String update: String delete: String }
input ModelQueryMap { get: String list: String }
input ModelSubscriptionMap {
  onCreate: [String]
  onUpdate: [String]
  onDelete: [String]
  level: ModelSubscriptionLevel
}
enum ModelSubscriptionLevel { off public on }
input TimestampConfiguration { createdAt: String updatedAt: String }
"""

_AUTO_POPULATED = ("AWSDateTime", "String")
_REQUIRED_ID = TypeRef("ID", "ID!", required=True)
_REQUIRED_TIMESTAMP = TypeRef("AWSDateTime", "AWSDateTime!", required=True)


def check(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with a use of @model."""
    name = use.type_name
    if draft.document.is_root(name) and (
        draft.options.transformer is Transformer.V2
        or draft.options.flag("validateTypeNameReservedWords")
    ):
        yield rejection(
            "reserved-type-name",
            message=f"'{name}' is the name of a root type and cannot be a model.",
            hint="Give the model another name.",
            where=use.where,
            amplify=f"'{name}' is a reserved type name and currently in use within the "
            "default schema element.",
        )
    yield from _automatic_lists(use, draft)
    if draft.options.transformer is Transformer.V2:
        yield from _repeated_subscriptions(use, draft.options)
    else:
        yield from _bare_subscriptions(use)
    for argument, written in _written_names(use, draft.options):
        if not is_name(written):
            yield invalid_name(written, use.where_of(argument))


def _automatic_lists(use: DirectiveUse, draft: Draft) -> Iterator[Problem]:
    """Yield fields that are filled in and are lists.

    The transformers stumble over them while they make inputs, v1 those of a create and
    v2 of an update as well.
    """
    second = draft.options.transformer is Transformer.V2
    kinds = {operation.kind for operation in model_operations(use, draft.options)}
    filled = {OperationKind.CREATE, *((OperationKind.UPDATE,) if second else ())}
    changed = not kinds.isdisjoint(filled)
    timestamps = ("createdAt", "updatedAt") if second else timestamp_names(use)
    text = "Cannot read properties of undefined (reading 'value')"
    for name in dict.fromkeys(("id", *(timestamps if changed else ()))):
        node = find_field(use.type, name) if name else None
        if node is None or not is_list(node.type):
            continue
        related = base_name(node.type) in draft.document.models
        if related and (second or name != "id"):
            continue
        fails = changed and not related
        yield Problem(
            "automatic-field-is-a-list",
            f"'{use.type_name}.{name}' is a list, but one value is filled in.",
            f"Make {name} a single value, or call the field otherwise.",
            draft.document.places.of(node),
            amplify=AmplifyError("TypeError", text) if fails else None,
        )


def _bare_subscriptions(use: DirectiveUse) -> Iterator[Problem]:
    """Yield names without brackets: v1 takes a text for the list of its letters."""
    ruled = any(
        other.type_name == use.type_name for other in uses(use.document, "auth")
    )
    for kind, name in (use.mapping("subscriptions") or {}).items():
        if kind not in MUTATION_OF or not isinstance(name, str):
            continue
        text = f"directiveArguments.subscriptions.{kind}.forEach is not a function"
        yield Problem(
            "subscriptions-not-a-list",
            f"The name '{name}' of {kind} on '{use.type_name}' has no brackets.",
            f'Write {kind}: ["{name}"].',
            use.where_of("subscriptions"),
            amplify=AmplifyError("TypeError", text) if ruled else None,
        )


def repeated_operations(draft: Draft) -> Iterator[Problem]:
    """Yield the operations that v1 finds taken, before it looks at anything else."""
    taken = {
        root: {node.name.value for node in draft.document.all_fields(root)}
        for root in ROOT_OF.values()
    }
    for use in uses(draft.document, MODEL.name):
        names: dict[str, set[str]] = {root: set() for root in taken}
        for operation in model_operations(use, draft.options):
            root = ROOT_OF[operation.kind]
            # Subscriptions of one name are one, of several mutations.
            again = operation.field in names[root] and operation.kind not in MUTATION_OF
            if operation.field in taken[root] or again:
                yield duplicate_operation(root, operation.field, use.where)
            names[root].add(operation.field)
        for root, found in names.items():
            taken[root] |= found


def duplicate_operation(root: str, name: str, where: Where | None) -> Problem:
    """Return the refusal of a generated operation whose name is taken."""
    text = f"Object type extension '{root}' cannot redeclare field {name}"
    return Problem(
        "duplicate-operation",
        f"'{root}.{name}' is there twice.",
        "Rename one of them; @model, @key and @index take other names.",
        where,
        amplify=AmplifyError("Error", text),
    )


def _repeated_subscriptions(
    use: DirectiveUse, options: CompileOptions
) -> Iterator[Problem]:
    names = [
        operation.field
        for operation in model_operations(use, options)
        if operation.kind in MUTATION_OF
    ]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield rejection(
                "repeated-subscription",
                message=f"'{use.type_name}' has two subscriptions called '{name}'.",
                hint="Give each its own name; v1 alone joins them.",
                where=use.where_of("subscriptions"),
                amplify="A resolver for typeName Subscription fieldName: "
                f"{name} already exists",
                kind="Error",
            )


def _written_names(
    use: DirectiveUse, options: CompileOptions
) -> Iterator[tuple[str, str]]:
    for operation in model_operations(use, options):
        yield _argument_of(operation.kind), operation.field
    for name in timestamp_names(use):
        if name is not None:
            yield "timestamps", name


def _argument_of(kind: str) -> str:
    if kind in {"get", "list"}:
        return "queries"
    return "subscriptions" if kind.startswith("on") else "mutations"


def apply(use: DirectiveUse, draft: Draft) -> Draft:
    """Add the model with its declared and automatic fields, and its operations."""
    first = draft.options.transformer is Transformer.V1
    written = fields_of(use.type) if first else draft.document.all_fields(use.type_name)
    fields = [
        Field(node.name.value, type_ref(node.type), draft.document.places.of(node))
        for node in written
    ]
    names = {field.name for field in fields}
    if "id" not in names:
        added = Field("id", _REQUIRED_ID, use.where, declared=False)
        fields.insert(0 if first else len(fields), added)
    created_at, updated_at = timestamp_names(use)
    for name in (created_at, updated_at):
        if name is not None and name not in names:
            names.add(name)
            fields.append(Field(name, _REQUIRED_TIMESTAMP, use.where, declared=False))
    synced = draft.options.synced
    if synced:
        added_fields = sync_fields(use.where)
        fields += (field for field in added_fields if field.name not in names)
    model = Model(
        name=use.type_name,
        fields=tuple(fields),
        key=("id",),
        where=draft.document.places.of(use.type.name),
        operations=model_operations(use, draft.options),
        created_at=_populated(use, created_at),
        updated_at=_populated(use, updated_at),
        public_subscriptions=subscription_level(use) == "public",
        synced=synced,
        modes=written_modes(use.type),
    )
    for name in dict.fromkeys((created_at, updated_at)):
        if name is not None and _populated(use, name) is None:
            draft = draft.with_warning(_not_populated(use, name, first=first))
    return draft.with_model(model)


def timestamp_names(use: DirectiveUse) -> tuple[str | None, str | None]:
    """Return what the two timestamps are called; None for one that is switched off."""
    if use.is_null("timestamps"):
        return None, None
    written = use.mapping("timestamps") or {}
    created_at = written.get("createdAt", "createdAt")
    updated_at = written.get("updatedAt", "updatedAt")
    return (
        created_at if isinstance(created_at, str) else None,
        updated_at if isinstance(updated_at, str) else None,
    )


def _populated(use: DirectiveUse, name: str | None) -> str | None:
    """Return the timestamp's name if the transformer fills it in."""
    declared = find_field(use.type, name) if name else None
    if declared and base_name(declared.type) not in _AUTO_POPULATED:
        return None
    return name


def _not_populated(use: DirectiveUse, name: str, *, first: bool) -> Problem:
    declared = find_field(use.type, name)
    kind = base_name(declared.type) if declared else ""
    place = f"{use.type_name}.{name}"
    text = f"type {place} is not of String or AWSDateTime. Auto population is not "
    text += "supported"
    if first:
        text = (
            f"{place} is of type {kind}. To support auto population change the type to "
            "AWSDateTime or String"
        )
    return Problem(
        "timestamp-not-populated",
        f"'{use.type_name}.{name}' is neither AWSDateTime nor String: nobody sets it.",
        "Make it AWSDateTime, or set it in every mutation.",
        use.where,
        "warning",
        AmplifyError("Warning", text),
    )


MODEL = Directive("model", SDL, check, apply)
