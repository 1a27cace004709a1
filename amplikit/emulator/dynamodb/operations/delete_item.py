"""``DeleteItem``."""

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
from amplikit.emulator.dynamodb.writing import write_answer
from amplikit.store.interface import DeleteRequest
from amplikit.store.refusals import Invalid

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "DeleteItemInput",
    (
        RETURN_CAPACITY,
        TABLE,
        RETURN_VALUES,
        RETURN_METRICS,
        key(),
        CONDITIONAL_OPERATOR,
        EXPECTED,
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
    key_ = parameters.item("Key") or {}
    if parameters.text("ReturnValues") not in (None, "ALL_OLD", "NONE"):
        raise Invalid(words.PUT_RETURN_VALUES)
    old_condition = legacy.expected(parameters)
    condition = read_expressions(parameters).condition or old_condition
    request = DeleteRequest(parameters.required("TableName"), key_, condition)
    return write_answer(call, call.store.delete(request), key_)


OPERATION = Operation("DeleteItem", _SHAPE, on_table("DeleteItem"), _run, writes=True)
