"""Fields that hold the items of another model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.blueprint.api import RuleOperation, Transformer
from amplikit.blueprint.operation_kinds import MUTATION_OF
from amplikit.blueprint.operations import (
    Const,
    Function,
    GetItem,
    Join,
    KeyCondition,
    Mark,
    Pending,
    Query,
    Ref,
    Resolver,
    ReturnIf,
)
from amplikit.planner.field_guards import decide, guard, is_guarded, left_out
from amplikit.planner.keys import COMPOSITE_SEPARATOR, attribute, stored_name
from amplikit.planner.reads import (
    NEXT_TOKEN,
    page_limit,
    read_authorization,
    user_filter,
)
from amplikit.planner.renames import rename_asked, rename_result
from amplikit.planner.writes import MUTATION_MARK

if TYPE_CHECKING:
    from amplikit.blueprint.api import Field, Relation
    from amplikit.blueprint.operations import Operation, Request, Value
    from amplikit.planner.access import Access

__all__ = ["relation_resolver"]

_EMPTY_PAGE = Const({"items": []})


def relation_resolver(
    parent: Access, child: Access, field: Field, relation: Relation
) -> Resolver:
    """Return the resolver of a relation: the field's rules decide, then the child's.

    v1 puts the answer of a field with rules of its own in place of the relation's
    where there are subscriptions: the field is null for everybody.
    """
    coordinate = f"{parent.model.name}.{field.name}"
    guarded = is_guarded(parent, field)
    own: tuple[Operation, ...] = (decide(parent, field),) if guarded else ()
    if guarded and parent.api.transformer is Transformer.V1 and parent.redacts:
        return guard(parent, field)
    absent = _EMPTY_PAGE if relation.many else Const(None)
    # A page of an empty key is DynamoDB's refusal; one item of it is just not there.
    missing = tuple(
        ReturnIf(f"source.{source}", absent, blank=not relation.many)
        for _, source in relation.keys
    )
    request = _many(child, relation) if relation.many else _one(child, relation)
    # The transformer looks for old names behind a list only if its own model has one.
    renamed = not relation.many or parent.model.stored_as is not None
    to_stored: tuple[Operation, ...] = rename_asked(child) if renamed else ()
    to_field: tuple[Operation, ...] = rename_result(child) if renamed else ()
    operation = RuleOperation.LIST if relation.many else RuleOperation.GET
    check = read_authorization(child, operation, single=not relation.many)
    if child.api.transformer is Transformer.V1:
        data = Function(field.name, (*own, *missing), request, check)
        return Resolver(coordinate, (data,))
    mark = MUTATION_MARK[Transformer.V2]
    blanked: tuple[Operation, ...] = ()
    if (guarded and parent.redacts) or _blanked(parent, child, field):
        blanked = (left_out(parent, absent, spares_above=guarded),)
    # A model without rules is closed to who comes from one with rules; the relations
    # between two models without rules are open.
    closed = parent.protected and not child.protected
    required: tuple[Operation, ...] = (child.required(),) if closed else ()
    before = (*required, *own, *check, *blanked, *to_stored, *missing)
    after = (Mark(mark, Ref(f"source.{mark}")), *to_field)
    data = Function(field.name, before, request, after)
    return Resolver(coordinate, (data,))


def _key(
    child: Access, relation: Relation
) -> tuple[tuple[str, Value], tuple[str, Value] | None]:
    """Return the partition key, and the whole sort key where the source fixes it."""
    partition, *rest = (
        (stored_name(child.model, name), Ref(f"source.{source}"))
        for name, source in relation.keys
    )
    # Of a list by references, v2 puts even a single sort key into a text: DynamoDB
    # refuses it where the key is a number.
    if len(rest) <= 1 and not (rest and _lists_by_references(child, relation)):
        return partition, rest[0] if rest else None
    name = COMPOSITE_SEPARATOR.join(name for name, _ in rest)
    return partition, (name, Join(tuple(v for _, v in rest), COMPOSITE_SEPARATOR))


def _lists_by_references(child: Access, relation: Relation) -> bool:
    made = {index.name for index in child.model.indexes if index.made}
    fields = (child.model.field(name) for name, _ in relation.keys)
    return (
        relation.many
        and relation.index in made
        and all(field is not None and field.declared for field in fields)
    )


def _one(child: Access, relation: Relation) -> Request:
    partition, fixed = _key(child, relation)
    if child.api.transformer is Transformer.V1:
        return GetItem(child.model.table, (partition, *((fixed,) if fixed else ())))
    return Query(
        child.model.table,
        index=relation.index,
        partition=partition,
        fixed=fixed,
        where=Pending(),
        limit=Const(None),
        single=True,
    )


def _many(child: Access, relation: Relation) -> Request:
    partition, fixed = _key(child, relation)
    sort = None
    if relation.sort_field is not None:
        stored = attribute(child.model, relation.sort_field).name
        sort = KeyCondition(stored, relation.sort_field)
    return Query(
        child.model.table,
        index=relation.index,
        partition=partition,
        fixed=fixed,
        sort=sort,
        where=user_filter(child),
        descending=Ref("args.sortDirection"),
        limit=page_limit(relation.limit),
        next_token=NEXT_TOKEN,
    )


def _blanked(parent: Access, child: Access, field: Field) -> bool:
    """Whether a mutation's result leaves the relation out (v2).

    Subscribers would see it: so always, unless both models are read by the same
    static roles.
    """
    if field.type.required or not (parent.protected and child.protected):
        return False
    subscribed = any(op.kind in MUTATION_OF for op in parent.model.operations)
    readers = parent.static_readers()
    same = readers is not None and readers == child.static_readers()
    return subscribed and not same
