"""``UpdateItem``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amplikit.emulator.dynamodb import legacy
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
from amplikit.emulator.dynamodb.shapes import MapOf, Member, Structure, Text, Value
from amplikit.emulator.dynamodb.writing import write_answer
from amplikit.store.interface import Refused, UpdateRequest
from amplikit.store.updates import Update

if TYPE_CHECKING:
    from amplikit.emulator.dynamodb.operation import Answer, Call

__all__ = ["OPERATION"]

_SHAPE = Structure(
    "UpdateItemInput",
    (
        RETURN_CAPACITY,
        TABLE,
        RETURN_METRICS,
        RETURN_VALUES,
        key(),
        CONDITIONAL_OPERATOR,
        EXPECTED,
        Member(
            "AttributeUpdates",
            MapOf(
                Structure(
                    "AttributeValueUpdate",
                    (
                        Member("Action", Text(("ADD", "DELETE", "PUT"))),
                        Member("Value", Value(is_member=True)),
                    ),
                ),
                "com.amazonaws.dynamodb.v20120810.AttributeValueUpdate",
            ),
        ),
        CONDITION_EXPRESSION,
        Member("UpdateExpression", Text()),
        VALUES,
        NAMES,
        ON_CHECK_FAILURE,
    ),
)


def _run(call: Call) -> Answer:
    parameters = call.parameters
    check_mixture(
        parameters,
        ("UpdateExpression", "ConditionExpression"),
        ("AttributeUpdates", "Expected", "ConditionalOperator"),
    )
    key_ = parameters.item("Key") or {}
    old_update = legacy.attribute_updates(parameters)
    old_condition = legacy.expected(parameters)
    read = read_expressions(parameters)
    request = UpdateRequest(
        parameters.required("TableName"),
        key_,
        read.update or old_update or Update(),
        read.condition or old_condition,
    )
    written = call.store.update(request)
    if old_update and isinstance(written, Refused):
        written = legacy.reworded(written)
    return write_answer(call, written, key_, request.update)


OPERATION = Operation("UpdateItem", _SHAPE, on_table("UpdateItem"), _run, writes=True)
