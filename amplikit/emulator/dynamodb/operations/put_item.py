"""``PutItem``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import legacy, words
from amplikit.emulator.dynamodb.expressions import (
    check_mixture,
    read_expressions,
)
from amplikit.emulator.dynamodb.members import (
    CONDITION_EXPRESSION,
    CONDITIONAL_OPERATOR,
    EXPECTED,
    NAMES,
    ON_CHECK_FAILURE,
    RETURN_CAPACITY,
    RETURN_METRICS,
    RETURN_VALUES,
    TABLE,
    VALUES,
    key,
)
from amplikit.emulator.dynamodb.operation import Operation, on_table
from amplikit.emulator.dynamodb.shapes import Structure
from amplikit.emulator.dynamodb.writing import check_item_size, write_answer
from amplikit.store.interface import PutRequest
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "PutItemInput",
    (
        RETURN_CAPACITY,
        TABLE,
        key("Item"),
        CONDITIONAL_OPERATOR,
        EXPECTED,
        RETURN_VALUES,
        RETURN_METRICS,
        CONDITION_EXPRESSION,
        VALUES,
        NAMES,
        ON_CHECK_FAILURE,
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    check_mixture(
        parameters, ("ConditionExpression",), ("Expected", "ConditionalOperator")
    )
    item = parameters.item("Item") or {}
    wanted = parameters.text("ReturnValues") or "NONE"
    if wanted not in ("ALL_OLD", "NONE"):
        raise Invalid(words.PUT_RETURN_VALUES)
    check_item_size(item)
    old_condition = legacy.expected(parameters)
    condition = read_expressions(parameters).condition or old_condition
    request = PutRequest(parameters.required("TableName"), item, condition)
    written = call.store.put(request)
    return write_answer(call, written, item)


OPERATION = Operation("PutItem", _SHAPE, on_table("PutItem"), _run, writes=True)
