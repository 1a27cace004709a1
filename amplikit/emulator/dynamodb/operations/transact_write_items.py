"""``TransactWriteItems``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import words
from amplikit.emulator.dynamodb.answers import failed, metrics_by_table
from amplikit.emulator.dynamodb.capacity import Consumed, consumption, written
from amplikit.emulator.dynamodb.expressions import check_mixture, read_expressions
from amplikit.emulator.dynamodb.members import (
    CONDITION_EXPRESSION,
    NAMES,
    ON_CHECK_FAILURE,
    RETURN_CAPACITY,
    RETURN_METRICS,
    TABLE,
    VALUES,
    key,
)
from amplikit.emulator.dynamodb.operation import Operation
from amplikit.emulator.dynamodb.shapes import ListOf, Member, Structure, Text
from amplikit.emulator.dynamodb.states import states
from amplikit.emulator.dynamodb.writing import check_item_size
from amplikit.store.interface import (
    CheckRequest,
    DeleteRequest,
    PutRequest,
    Refused,
    TransactionCanceled,
    UpdateRequest,
)
from amplikit.store.refusals import Invalid
from amplikit.store.updates import Update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amplikit.blueprint.resources import Table
    from amplikit.emulator.dynamodb.account import Account
    from amplikit.emulator.dynamodb.operation import Access, Answer, Call
    from amplikit.emulator.dynamodb.parameters import Parameters
    from amplikit.store.interface import Item, TransactionItem

__all__ = ["OPERATION"]

_COMMON = (TABLE, CONDITION_EXPRESSION, NAMES, VALUES, ON_CHECK_FAILURE)
_UPDATE = Member("UpdateExpression", Text(), required=True)
_CHECKED = replace(CONDITION_EXPRESSION, required=True)
_ACTIONS = {
    "ConditionCheck": (key(), TABLE, _CHECKED, NAMES, VALUES, ON_CHECK_FAILURE),
    "Put": (key("Item"), *_COMMON),
    "Delete": (key(), *_COMMON),
    "Update": (key(), _UPDATE, *_COMMON),
}
_RIGHTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
}
_SHAPE = Structure(
    "TransactWriteItemsInput",
    (
        Member(
            "TransactItems",
            ListOf(
                Structure(
                    "TransactWriteItem",
                    tuple(
                        Member(name, Structure(name, members, is_member=True))
                        for name, members in _ACTIONS.items()
                    ),
                ),
                fewest=1,
                most=100,
            ),
            required=True,
        ),
        RETURN_CAPACITY,
        RETURN_METRICS,
        Member("ClientRequestToken", Text(shortest=1, longest=36)),
    ),
)


def _actions(parameters: Parameters) -> Iterator[tuple[str, Parameters]]:
    for each in parameters.structures("TransactItems"):
        for name in each.members():
            action = each.structure(name)
            if action is not None:
                yield name, action


def _needs(parameters: Parameters, account: Account) -> Iterable[Access]:
    for name, action in _actions(parameters):
        yield _RIGHTS[name], account.table(action.required("TableName"))


def _run(call: Call) -> Answer:
    parameters = call.parameters
    if any(len(each.members()) != 1 for each in parameters.structures("TransactItems")):
        raise Invalid(words.ONE_ACTION)
    actions = tuple(_actions(parameters))
    items = tuple(_item(name, action) for name, action in actions)
    wanted = parameters.text("ReturnConsumedCapacity")
    tables = {each.name: each for each in call.store.tables()}
    befores = states(call, tables, items) if wanted not in (None, "NONE") else ()
    done = call.store.transact_write(items, parameters.text("ClientRequestToken"))
    match done:
        case Refused():
            return failed(done)
        case TransactionCanceled(reasons):
            return failed(
                TransactionCanceled(
                    tuple(
                        reason
                        if action.text("ReturnValuesOnConditionCheckFailure")
                        == "ALL_OLD"
                        else replace(reason, item=None)
                        for reason, (_, action) in zip(reasons, actions, strict=True)
                    )
                )
            )
    answer: dict[str, object] = {}
    if befores:
        afters = states(call, tables, items)
        answer["ConsumedCapacity"] = consumption(
            wanted, _consumed(tables, items, befores, afters)
        )
    metrics = metrics_by_table(call.parameters, tables, items)
    if metrics:
        answer["ItemCollectionMetrics"] = metrics
    return answer


def _item(name: str, action: Parameters) -> TransactionItem:
    expressions = ["ConditionExpression"]
    if name == "Update":
        expressions.insert(0, "UpdateExpression")
    check_mixture(action, tuple(expressions), ())
    table = action.required("TableName")
    given = action.item("Item" if name == "Put" else "Key") or {}
    if name == "Put":
        check_item_size(given)
    read = read_expressions(action)
    match name:
        case "Put":
            return PutRequest(table, given, read.condition)
        case "Update":
            return UpdateRequest(table, given, read.update or Update(), read.condition)
        case "Delete":
            return DeleteRequest(table, given, read.condition)
        case _:
            if read.condition is None:
                raise AssertionError("a required condition is missing")
            return CheckRequest(table, given, read.condition)


def _consumed(
    tables: dict[str, Table],
    items: tuple[TransactionItem, ...],
    befores: tuple[Item | None, ...],
    afters: tuple[Item | None, ...],
) -> Iterator[Consumed]:
    for each, before, after in zip(items, befores, afters, strict=True):
        if each.table in tables:
            yield written(tables[each.table], before, after, in_transaction=True)


OPERATION = Operation(
    "TransactWriteItems", _SHAPE, _needs, _run, is_quick=False, writes=True
)
