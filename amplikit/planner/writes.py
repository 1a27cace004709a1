"""create, update and delete."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operations import (
    AllOf,
    Authorize,
    CallerFilter,
    CheckVersion,
    CompositeKey,
    Const,
    Defaults,
    DeleteItem,
    Exists,
    FieldGuard,
    Function,
    GetItem,
    Local,
    Made,
    Mark,
    Outcome,
    Pending,
    PutItem,
    Resolver,
    UpdateItem,
    Validate,
    When,
)
from amplikit.planner.keys import joined_name, key_values
from amplikit.planner.renames import rename_input, rename_result

if TYPE_CHECKING:
    from amplikit.blueprint.api import Model
    from amplikit.blueprint.operations import Operation, Predicate, Value
    from amplikit.planner.access import Access

__all__ = ["MUTATION_MARK", "create_resolver", "delete_resolver", "update_resolver"]

MUTATION_MARK = {Transformer.V1: "operation", Transformer.V2: "__operation"}
"""The hidden value by which field resolvers know that a mutation answered."""

_INPUT = "args.input"


def create_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``createX``: PutItem where nothing is yet."""
    model = access.model
    first = access.api.transformer is Transformer.V1
    defaults = Defaults(_create_defaults(access), to="input" if first else "stash")
    composites = _composites(access, "creating")
    checked = _authorize_input(access)
    before: tuple[Operation, ...] = (
        (defaults, *checked, *composites, *_first_version(model))
        if first
        else (
            defaults,
            *_written_defaults(model, field),
            *composites,
            *checked,
            access.required(),
            *_validations(model, f"create{model.name}", field),
            *rename_input(access),
        )
    )
    key = key_values(model, "values")
    request = PutItem(
        model.table,
        key,
        condition=AllOf(
            (
                *(Exists(name, wanted=False) for name, _ in key),
                CallerFilter("args.condition"),
            )
        ),
        typename=model.name,
        sparse=frozenset() if first else _declared_partitions(model),
    )
    after = (*_marks(access, RuleOperation.CREATE), *rename_result(access))
    data = Function(field, before, request, after)
    return Resolver(f"Mutation.{field}", (data,))


def update_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``updateX``.

    v1 puts the owner and group checks into the write condition; v2 reads the item
    first and decides on it.
    """
    model = access.model
    key = key_values(model, _INPUT)
    composites = _composites(access, "updating")
    exists = tuple(Exists(name) for name, _ in key)
    if access.api.transformer is Transformer.V1:
        request = UpdateItem(
            model.table,
            key,
            condition=AllOf((Pending(), *exists, CallerFilter("args.condition"))),
            null_is_error=_required_fields(model),
            typename=model.name,
        )
        before = (
            *_authorize_write(access, RuleOperation.UPDATE),
            *composites,
            *_checked_version(model, counts=True),
            Defaults(_updated(model), to="input"),
        )
        data = Function(field, before, request, _marks(access, RuleOperation.UPDATE))
        return Resolver(f"Mutation.{field}", (data,))
    defaults = Defaults(_updated(model), to="stash")
    check = _fetch_and_authorize(access, RuleOperation.UPDATE, (defaults, *composites))
    request = UpdateItem(
        model.table, key, condition=AllOf((*exists, CallerFilter("args.condition")))
    )
    data = Function(
        field,
        (
            access.required(),
            *_validations(model, f"update{model.name}", field),
            *rename_input(access),
        ),
        request,
        (*_marks(access, RuleOperation.UPDATE), *rename_result(access)),
    )
    return Resolver(f"Mutation.{field}", (*check, data))


def delete_resolver(access: Access, field: str) -> Resolver:
    """Return the resolver of ``deleteX``."""
    model = access.model
    key = key_values(model, _INPUT)
    exists = tuple(Exists(name) for name, _ in key)
    asked = CallerFilter("args.condition")
    if access.api.transformer is Transformer.V1:
        condition: Predicate = AllOf((Pending(), *exists, asked))
        before = (
            *_authorize_write(access, RuleOperation.DELETE),
            *_checked_version(model, counts=False),
        )
        request = DeleteItem(model.table, key, condition)
        data = Function(field, before, request, _marks(access, RuleOperation.DELETE))
        return Resolver(f"Mutation.{field}", (data,))
    check = _fetch_and_authorize(access, RuleOperation.DELETE, ())
    request = DeleteItem(model.table, key, AllOf((*exists, asked)))
    data = Function(
        field,
        (access.required(), *rename_input(access)),
        request,
        (*_marks(access, RuleOperation.DELETE), *rename_result(access)),
    )
    return Resolver(f"Mutation.{field}", (*check, data))


def _first_version(model: Model) -> tuple[Operation, ...]:
    if model.version is None:
        return ()
    return (Defaults(((model.version.field, Const(1)),), to="over"),)


def _checked_version(model: Model, *, counts: bool) -> tuple[Operation, ...]:
    if model.version is None:
        return ()
    return (CheckVersion(model.version.field, model.version.argument, counts=counts),)


def _create_defaults(access: Access) -> tuple[tuple[str, Value], ...]:
    model = access.model
    values: list[tuple[str, Value]] = []
    if _made_id(access):
        values.append(("id", Made("uuid")))
    values += [
        (name, Made("now")) for name in (model.created_at, model.updated_at) if name
    ]
    return tuple(values)


def _written_defaults(model: Model, field: str) -> tuple[Defaults, ...]:
    """Return what @default stores; the transformer fills in ``createX`` alone."""
    values = tuple(
        (known.name, Const(_plain_default(known.type.name, known.default)))
        for known in model.fields
        if known.default is not None
    )
    named = field == f"create{model.name[:1].upper()}{model.name[1:]}"
    return (Defaults(values, to="input"),) if values and named else ()


def _plain_default(type_name: str, text: str) -> object:
    match type_name:
        case "Int" | "AWSTimestamp":
            return int(text)
        case "Float":
            return Decimal(text.strip())
        case "Boolean":
            return text == "true"
        case "AWSJSON":
            return json.loads(text, parse_float=Decimal)
        case _:
            return text


def _validations(model: Model, looked_for: str, field: str) -> tuple[Validate, ...]:
    """Return what @validate checks; the transformer knows one name of a mutation."""
    if field != looked_for:
        return ()
    return tuple(
        Validate(known.name, validation)
        for known in model.fields
        for validation in known.validations
    )


def _declared_partitions(model: Model) -> frozenset[str]:
    """Return the partition keys of the indexes that @index makes, not relations."""
    return frozenset(index.fields[0] for index in model.indexes if not index.made)


def _made_id(access: Access) -> bool:
    """Whether create makes an id: v2 for String, too."""
    field = access.model.field("id")
    if field is None:
        return False
    made = {"ID"} if access.api.transformer is Transformer.V1 else {"ID", "String"}
    return field.type.name in made and not field.type.is_list


def _updated(model: Model) -> tuple[tuple[str, Value], ...]:
    return ((model.updated_at, Made("now")),) if model.updated_at else ()


def _required_fields(model: Model) -> frozenset[str]:
    return frozenset(
        field.name
        for field in model.fields
        if field.declared and field.type.required and field.name != "id"
    )


def _composites(access: Access, doing: str) -> tuple[CompositeKey, ...]:
    """Return the composite sort keys that a write must store."""
    model = access.model
    directive = "@key" if access.api.transformer is Transformer.V1 else "@index"
    keys = []
    if len(model.key) > 2:  # noqa: PLR2004 - a partition key and two or more parts
        keys.append(_composite(access, model.key[1:], ""))
    keys += [
        _composite(
            access,
            index.fields[1:],
            f"When {doing} any part of the composite sort key for "
            f"{'global secondary index' if index.made else directive} "
            f"'{index.name}', you must provide all fields for the key. "
            "Missing key: '{}'.",
        )
        for index in model.indexes
        if len(index.fields) > 2  # noqa: PLR2004 - as above
        # Amplify stores no key of several parts that it has made up itself.
        and not (index.made and _made_up(model, index.fields))
    ]
    return tuple(keys)


def _made_up(model: Model, names: tuple[str, ...]) -> bool:
    fields = (model.field(name) for name in names)
    return not all(field is not None and field.declared for field in fields)


def _composite(access: Access, parts: tuple[str, ...], on_partial: str) -> CompositeKey:
    return CompositeKey(
        attribute=joined_name(access.model, parts),
        parts=parts,
        sees_defaults=access.api.transformer is Transformer.V2,
        on_partial=on_partial,
    )


def _authorize_input(access: Access) -> tuple[Operation, ...]:
    if not access.protected:
        return ()
    first = access.api.transformer is Transformer.V1
    decide = Authorize(
        model=access.model.name,
        operation=RuleOperation.CREATE.value,
        grants=access.grants(RuleOperation.CREATE),
        when=When.INPUT,
        unmatched=Outcome.ALLOW if first else Outcome.DENY,
        fill_when_static=first
        or access.api.flag("populateOwnerFieldForStaticGroupAuth", default=True),
        written=access.written,
    )
    if first:
        return (*_guarded_fields(access, RuleOperation.CREATE, When.INPUT), decide)
    return (decide, FieldGuard())


def _authorize_write(access: Access, operation: RuleOperation) -> tuple[Operation, ...]:
    """Return v1's checks of an update or delete, which end in the write condition."""
    if not access.protected:
        return ()
    decide = Authorize(
        model=access.model.name,
        operation=operation.value,
        grants=access.grants(operation),
        when=When.WRITE,
        unmatched=Outcome.ALLOW,
        written=access.written,
    )
    if operation is RuleOperation.DELETE:
        return (decide,)
    emptied = _guarded_fields(access, RuleOperation.DELETE, When.WRITE)
    return (*emptied, *_guarded_fields(access, operation, When.WRITE), decide)


def _guarded_fields(
    access: Access, operation: RuleOperation, when: When
) -> tuple[Operation, ...]:
    """Return v1's checks for the fields of an input that have rules of their own.

    Setting a field to null is its deletion.
    """
    return tuple(
        Authorize(
            model=access.model.name,
            operation=f"{operation.value} {field.name}",
            grants=access.field_grants(field, operation),
            when=when,
            unmatched=Outcome.ALLOW,
            given=field.name,
            given_null=operation is RuleOperation.DELETE,
            written=access.field_written(field),
        )
        for field in access.model.fields
        if field.rules is not None
        and any(operation in rule.operations for rule in field.rules)
    )


def _fetch_and_authorize(
    access: Access, operation: RuleOperation, before: tuple[Operation, ...]
) -> tuple[Function, ...]:
    """Return v2's first function: read the item, then decide on it."""
    if not access.protected:
        return (Function("init", before, Local()),) if before else ()
    decide = Authorize(
        model=access.model.name,
        operation=operation.value,
        grants=access.grants(operation),
        when=When.FETCHED,
        partial=access.partial(operation),
        written=access.written,
    )
    guard = (FieldGuard(),) if operation is RuleOperation.UPDATE else ()
    fetch = GetItem(access.model.table, key_values(access.model, _INPUT))
    return (Function("auth", before, fetch, (decide, *guard)),)


def _marks(access: Access, operation: RuleOperation) -> tuple[Operation, ...]:
    """Return the mark by which field resolvers blank a mutation's result.

    v1 sets it where a field rule guards this operation, and subscribers could see more.
    """
    if access.api.transformer is Transformer.V1 and not (
        access.redacts
        and any(
            operation in rule.operations
            for field in access.model.fields
            for rule in field.rules or ()
        )
    ):
        return ()
    name = MUTATION_MARK[access.api.transformer]
    return (Mark(name, Const("Mutation")),)
